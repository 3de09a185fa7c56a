import { pino, type Logger } from 'pino';
import type { GatewayOptions } from './gateway-options.ts';

/** Log lines on stderr: results belong on stdout. */
export function createLog(log: GatewayOptions['log'] = 'silent'): Logger {
  switch (log) {
    case 'silent': {
      return pino({ enabled: false });
    }
    case 'json': {
      return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: false }));
    }
    default: {
      return log;
    }
  }
}
