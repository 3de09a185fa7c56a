import { base64Of, pngBytes } from '@tintype/png-like';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Agent } from 'undici';
import { expect, it } from 'vitest';
import { testCertificate } from '../../testing/test-certificate.ts';
import { createImageClient } from './create-image-client.ts';

/** An endpoint that takes only callers with a certificate that it knows. */
async function guardedEndpoint(): Promise<
  { readonly url: string; readonly callers: readonly string[] } & AsyncDisposable
> {
  const callers: string[] = [];
  const options = { ...testCertificate, ca: testCertificate.cert, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    callers.push(String(subject.CN));
    request.resume().on('end', () => response.end(`{"image":"${base64Of(pngBytes())}"}`));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    callers,
    [Symbol.asyncDispose]: async () => {
      server.close().closeAllConnections();
    },
  };
}

it('shows the client certificate that the caller’s agent holds', async () => {
  await using endpoint = await guardedEndpoint();
  const dispatcher = new Agent({ connect: { ...testCertificate, ca: testCertificate.cert } });
  const client = createImageClient({ endpoint: endpoint.url, dispatcher });
  expect(await client.generate({ prompt: 'x' })).toMatchObject({ mediaType: 'image/png' });
  expect(endpoint.callers).toEqual(['tintype test']);
  await dispatcher.close();
});

it('sends nothing to an endpoint whose certificate is not trusted, and says so', async () => {
  await using endpoint = await guardedEndpoint();
  await using client = createImageClient({ endpoint: endpoint.url, retry: { max: 0 } });
  await expect(client.generate({ prompt: 'x' })).rejects.toMatchObject({
    code: 'network',
    message: expect.stringContaining('could not be reached (DEPTH_ZERO_SELF_SIGNED_CERT)'),
    hint: expect.stringContaining('The certificate is not trusted'),
    attempts: [{ mayHaveRun: false }],
  });
  expect(endpoint.callers).toEqual([]);
});
