import type { RequestFieldName, requestFields } from './request-fields.ts';

type Fields = typeof requestFields;
type ValueOf<Declaration> = Declaration extends { readonly type: 'string' } ? string : number;
type NamesWhere<Fact> = { [Name in keyof Fields]: Fields[Name] extends Fact ? Name : never }[keyof Fields];
type RequiredName = NamesWhere<{ readonly required: true }>;
type DefaultedName = NamesWhere<{ readonly default: number }>;

// `Pick` first: a mapped type over it keeps the declaration's doc comments for the reader's editor.
type RequiredFields = { readonly [Name in keyof Pick<Fields, RequiredName>]: ValueOf<Fields[Name]> };
type OptionalFields = {
  readonly [Name in keyof Omit<Fields, RequiredName>]?: ValueOf<Fields[Name]> | null | undefined;
};
type DefaultedFields = { readonly [Name in keyof Pick<Fields, DefaultedName>]: ValueOf<Fields[Name]> };

/** Members for handlers with more fields, by their names on the wire, such as `{ seed: 7 }`. */
export type ExtraFields = Readonly<Record<string, unknown>>;

/**
 * An image as a caller asks for it. An optional field may be left out, `undefined` or `null`; all three mean the default.
 *
 * @example
 * const request: ImageRequest = { prompt: 'a fox in the snow at night', width: 256, height: 256 };
 */
export interface ImageRequest extends RequiredFields, OptionalFields {
  /** Sent beside the six fields, whose names it may not take. */
  readonly extra?: ExtraFields | null | undefined;
}

/** A request whose every field is known and valid: what is sent, shown and recorded. */
export interface ResolvedRequest extends RequiredFields, DefaultedFields {
  /** Absent where there is none. */
  readonly negativePrompt?: string;
  /** Empty where there are none. */
  readonly extra: ExtraFields;
  /** The fields that the caller or the client's `defaults` gave; the others hold the contract's defaults. */
  readonly given: readonly RequestFieldName[];
}
