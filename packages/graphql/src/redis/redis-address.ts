import { option, wrong, type OptionProblem } from '../gateway/configuration-error.ts';

/** What is wrong with the address of a Redis; `undefined` when nothing is. Never holds its password. */
export function redisUrlProblem(text: string): OptionProblem | undefined {
  const url = URL.parse(text);
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    return wrong`${option('redisUrl')} must read redis://host:6379/0, or rediss://user:password@host:6380/0 with TLS. What it reads now is not shown, since it may hold a password.`;
  }
  if (!/^\/?\d*$/.test(url.pathname)) {
    return wrong`${option('redisUrl')} names the database ${JSON.stringify(url.pathname.slice(1))}; it must be a number, as in redis://host:6379/0.`;
  }
  return undefined;
}

/** The address without user and password, for messages and logs. */
export function shownRedisUrl(text: string): string {
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
