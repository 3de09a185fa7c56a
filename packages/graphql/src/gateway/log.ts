import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
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
    case 'pretty': {
      const colorize = process.stderr.isTTY && (process.env['NO_COLOR'] ?? '') === '';
      return pino({ base: null }, pretty({ destination: 2, colorize, translateTime: 'SYS:HH:MM:ss', sync: true }));
    }
    default: {
      return log;
    }
  }
}
