/** What those ask who look after the process, every few seconds: neither traced nor, while all is well, in the log. */
export const upkeepPaths: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);
