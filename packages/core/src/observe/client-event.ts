/** What every event has. */
export interface ClientEventBase {
  /** Which call of this client, counted from 1. */
  readonly call: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What a client tells while it works. Never holds the token or the prompt. */
export type ClientEvent =
  /** All places are taken; so many calls come before this one, those under way among them. */
  | (ClientEventBase & { readonly type: 'queued'; readonly ahead: number })
  /** A POST begins. */
  | (ClientEventBase & { readonly type: 'sending'; readonly attempt: number })
  /** The endpoint is starting or full. */
  | (ClientEventBase & {
      readonly type: 'waiting';
      /** When it first responded so in this call, in milliseconds since 1970. */
      readonly since: number;
      /** Its last HTTP status. */
      readonly status: number;
      /** Its last words, shortened. */
      readonly response: string;
      readonly nextInMs: number;
    })
  /** A POST failed and will be repeated. */
  | (ClientEventBase & {
      readonly type: 'repeating';
      /** The number of the coming POST. */
      readonly attempt: number;
      readonly inMs: number;
      readonly why: string;
      /** Whether the failed one may have made, and billed, the image. */
      readonly mayHaveRun: boolean;
    })
  /** The image's first bytes are here. */
  | (ClientEventBase & {
      readonly type: 'receiving';
      readonly mediaType: string;
      readonly width: number | undefined;
      readonly height: number | undefined;
    })
  | (ClientEventBase & { readonly type: 'finished'; readonly durationMs: number; readonly attempts: number })
  | (ClientEventBase & {
      readonly type: 'failed';
      readonly durationMs: number;
      readonly attempts: number;
      /** The error's code; `unknown` for an error that is not Tintype's. */
      readonly code: string;
    });

type WithoutBase<Event> = Event extends ClientEventBase ? Omit<Event, keyof ClientEventBase> : never;

/** An event as the code that raises it knows it. */
export type EventFacts = WithoutBase<ClientEvent>;
