/** A model folder that cannot be served, or a request the model itself cannot carry out. The message says what to do. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}
