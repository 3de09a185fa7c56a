/** The endpoint that the environment names. */
export interface EndpointTarget {
  readonly url: string;
  readonly token: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads `TINTYPE_ENDPOINT_URL` and `TINTYPE_ENDPOINT_TOKEN`; the latter falls back to `HF_TOKEN`. */
export function endpointTarget(environment: Environment): EndpointTarget | undefined {
  const url = given(environment['TINTYPE_ENDPOINT_URL']);
  if (url === undefined) return undefined;
  return { url, token: given(environment['TINTYPE_ENDPOINT_TOKEN']) ?? given(environment['HF_TOKEN']) };
}

function given(value: string | undefined): string | undefined {
  const text = value?.trim();
  return text === '' ? undefined : text;
}
