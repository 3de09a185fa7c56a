// A Redis as production has it, with its append-only file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { reportTo } from './child-process.ts';

const probe = createServer().listen(0, '127.0.0.1');
await once(probe, 'listening');
const { port } = probe.address() as AddressInfo;
probe.close();
await once(probe, 'close');

const directory = mkdtempSync(join(tmpdir(), 'tintype-bench-redis-'));
const options = { port, dir: directory, bind: '127.0.0.1', appendonly: 'yes', save: '' };
const redis = spawn(
  'redis-server',
  Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
  { stdio: 'ignore' },
);
process.on('exit', () => redis.kill('SIGKILL'));
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit());

for (;;) {
  const socket = connect(port, '127.0.0.1');
  const isThere = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).then(
    ([error]) => error === undefined,
    () => false,
  );
  socket.destroy();
  if (isThere) break;
  await sleep(20);
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: fields 14 and 15, in hundredths of a second. */
function redisCpuMs(): number {
  const fields = readFileSync(`/proc/${redis.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

reportTo(`redis://127.0.0.1:${port}/0`, redisCpuMs);
