import { ImageError } from './image-error.ts';

/** The error for a client or call that is set up wrongly: told before anything is sent. */
export function invalidOption(message: string, hint: string): ImageError {
  return new ImageError({ code: 'invalid_request', message, hint });
}
