import { UsageError } from '../output/exit-codes.ts';

/** Says in words what Node says in codes when an address cannot be listened on. */
export function listenProblem(error: unknown, port: number | undefined, host: string | undefined): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  switch (error.code) {
    case 'EADDRINUSE':
      return new UsageError(
        `Port ${port} is taken by another program.`,
        'Choose another with --port, or stop that program.',
      );
    case 'EACCES':
      return new UsageError(`Port ${port} is not for ordinary users.`, 'Choose one from 1024 up with --port.');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UsageError(`${host} is not an address of this machine.`, 'Leave --host out for 127.0.0.1.');
    default:
      return error;
  }
}
