import { expect, inject, it } from 'vitest';
import { causesOfCodes, endpointThat, leaksIn, prompt, token } from '../../conformance/src/echoing-endpoint.ts';
import { loadNode } from './testing/run-node.ts';

const node = loadNode(inject('packed'));

it.each(causesOfCodes)('says %s with the fields of its panel, and without the token', async (code, behave) => {
  const endpoint = await endpointThat(behave, 'model');
  const { items } = await node.run({
    url: endpoint.url,
    accessToken: token,
    continueOnFail: true,
    parameters: {
      prompt,
      width: 64,
      height: 64,
      options: { maxRetries: 0, waitForColdStart: false, timeout: 1 },
    },
  });
  await endpoint.close();
  const json = items[0]?.json;
  expect(json).toMatchObject({ details: { code } });
  const text = JSON.stringify(json);
  expect(text).not.toMatch(/timeout\.|TINTYPE_|--timeout|gateway's operator/);
  if (code === 'unauthorized') expect(text).toContain('Check the Access Token in the Tintype credential:');
  if (code === 'timeout') expect(text).toContain('Allow more time with the option Timeout.');
  if (code === 'endpoint_unavailable') expect(text).toContain('the option Wait for a Cold Start');
  expect(leaksIn(text)).toEqual([]);
});
