interface EventBase {
  /** Which call of this client, counted from 1. */
  readonly call: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What a client tells while it works. Never holds the token or the prompt. */
export type ClientEvent =
  /** All places are taken; so many calls come before this one, those under way among them. */
  | (EventBase & { readonly type: 'queued'; readonly ahead: number })
  /** A POST begins. */
  | (EventBase & { readonly type: 'sending'; readonly attempt: number })
  /** The endpoint is starting or full. */
  | (EventBase & {
      readonly type: 'waiting';
      /** When it first answered so in this call, in milliseconds since 1970. */
      readonly since: number;
      /** Its last HTTP status. */
      readonly status: number;
      /** Its last words, shortened. */
      readonly answer: string;
      readonly nextInMs: number;
    })
  /** A POST failed and will be repeated. */
  | (EventBase & {
      readonly type: 'repeating';
      /** The number of the coming POST. */
      readonly attempt: number;
      readonly inMs: number;
      readonly why: string;
      /** Whether the failed one may have made, and billed, the picture. */
      readonly mayHaveRun: boolean;
    })
  /** The picture's first bytes are here. */
  | (EventBase & {
      readonly type: 'receiving';
      readonly mediaType: string;
      readonly width: number | undefined;
      readonly height: number | undefined;
    })
  | (EventBase & { readonly type: 'finished'; readonly durationMs: number; readonly attempts: number })
  | (EventBase & {
      readonly type: 'failed';
      readonly durationMs: number;
      readonly attempts: number;
      /** The error's code; `unknown` for an error that is not Tintype's. */
      readonly code: string;
    });

type WithoutBase<Event> = Event extends EventBase ? Omit<Event, keyof EventBase> : never;

/** An event as the code that raises it knows it. */
export type EventFacts = WithoutBase<ClientEvent>;
