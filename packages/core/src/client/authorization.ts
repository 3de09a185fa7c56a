/** The header that shows the token; none where there is no token, or where the transport adds it itself. */
export function authorization(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
