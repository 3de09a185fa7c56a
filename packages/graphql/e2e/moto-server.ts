import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';
import type { S3ImageStoreOptions } from '../src/s3/s3-image-store.ts';

/** The rights that the README names, and no others. */
const policy = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::images' },
    {
      Effect: 'Allow',
      Action: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'],
      Resource: 'arn:aws:s3:::images/*',
    },
  ],
};

/** How often it may be asked before it looks at signatures and rights. */
const setUpCalls = 4;

/**
 * A real moto server with one user and one bucket. Where it checks signatures and rights, it
 * cannot serve signed addresses: it stumbles over a signature that is not in a header.
 */
export async function motoServer({ checks }: { readonly checks: boolean }): Promise<S3ImageStoreOptions> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const moto = spawn(String(process.env['PYTHON']), ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    env: { ...process.env, ...(checks ? { INITIAL_NO_AUTH_ACTION_COUNT: String(setUpCalls) } : {}) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(async () => {
    const ended = once(moto, 'close');
    moto.kill();
    await ended;
  });
  let said = '';
  for await (const piece of moto.stderr) {
    said += String(piece);
    if (said.includes('Running on')) break;
  }
  if (!said.includes('Running on')) throw new Error(`moto did not start. Its output: ${said}`);
  moto.stderr.resume();

  const ask = async (service: string, path: string, init: RequestInit): Promise<string> => {
    const authorization = `AWS4-HMAC-SHA256 Credential=setup/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=none`;
    const answer = await fetch(`${endpoint}${path}`, { ...init, headers: { authorization } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`moto answered ${answer.status} while it was being set up: ${text}`);
    return text;
  };
  const iam = async (action: Record<string, string>): Promise<string> =>
    ask('iam', '/', {
      method: 'POST',
      body: new URLSearchParams({ Version: '2010-05-08', UserName: 'gateway', ...action }),
    });
  await ask('s3', '/images', { method: 'PUT' });
  await iam({ Action: 'CreateUser' });
  await iam({ Action: 'PutUserPolicy', PolicyName: 'images', PolicyDocument: JSON.stringify(policy) });
  const key = await iam({ Action: 'CreateAccessKey' });
  const [, accessKeyId = ''] = /<AccessKeyId>(.+)<\/AccessKeyId>/.exec(key) ?? [];
  const [, secretAccessKey = ''] = /<SecretAccessKey>(.+)<\/SecretAccessKey>/.exec(key) ?? [];
  return { url: 's3://images/shop', endpoint, region: 'us-east-1', credentials: { accessKeyId, secretAccessKey } };
}
