/** The thread that draws died in the middle of a picture, and another has been started. */
export class ThreadLostError extends Error {
  override readonly name = 'ThreadLostError';
}
