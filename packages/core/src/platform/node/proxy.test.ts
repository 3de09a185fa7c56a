import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { ProxyAgent } from 'undici';
import { expect, it } from 'vitest';
import { endpointServer } from '../../testing/endpoint-server.ts';
import { createImageClient } from './create-image-client.ts';

/** A proxy on loopback that makes tunnels, as those of companies do. */
async function tunnelProxy(): Promise<{ readonly url: string; readonly tunnels: readonly string[] } & AsyncDisposable> {
  const tunnels: string[] = [];
  const server = createServer().on('connect', (request, socket) => {
    tunnels.push(String(request.url));
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    [Symbol.asyncDispose]: async () => {
      server.close().closeAllConnections();
    },
  };
}

it('reaches the endpoint through a proxy that the caller’s dispatcher names', async () => {
  await using server = await endpointServer();
  await using proxy = await tunnelProxy();
  const dispatcher = new ProxyAgent({ uri: proxy.url, proxyTunnel: true });
  const client = createImageClient({ endpoint: server.url, dispatcher });
  await client.waitUntilReady();
  expect(await client.generate({ prompt: 'x' })).toMatchObject({ mediaType: 'image/png' });
  expect(proxy.tunnels[0]).toBe(new URL(server.url).host);
  await dispatcher.close();
});

it('says that a proxy could not be reached', async () => {
  await using server = await endpointServer();
  const dispatcher = new ProxyAgent({ uri: 'http://127.0.0.1:9', proxyTunnel: true });
  const client = createImageClient({ endpoint: server.url, dispatcher, retry: { max: 0 } });
  await expect(client.generate({ prompt: 'x' })).rejects.toMatchObject({
    code: 'network',
    message: expect.stringContaining('ECONNREFUSED'),
    attempts: [{ mayHaveRun: false }],
  });
  expect(server.posts).toEqual([]);
  await dispatcher.close();
});
