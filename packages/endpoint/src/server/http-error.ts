/** A response other than an image. The message goes out as `{"error": message}`: what is wrong and what to do. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }

  /** Of what the checks that this endpoint shares with other servers refuse. */
  static of({ status, message, hint }: { readonly status: number; readonly message: string; readonly hint: string }) {
    return new HttpError(status, `${message} ${hint}`);
  }
}
