import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** An address that leads to one server and later to another, as a name in DNS does; connections that are open stay where they are. */
export interface MovableAddress {
  readonly port: number;
  /** Where new connections go, from now on. */
  target: number;
}

/** Leads to a port of this machine; gone when the test ends. */
export async function movableAddress(target: number): Promise<MovableAddress> {
  const sockets = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(address.target, '127.0.0.1');
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = { port: (server.address() as AddressInfo).port, target };
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return address;
}
