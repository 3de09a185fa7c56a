/** What a receiver throws to end an answer of which it has all that it wants. */
export class EnoughRead extends Error {
  override readonly name = 'EnoughRead';
}
