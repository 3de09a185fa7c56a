import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';

/** The credential's Endpoint URL, checked: a pasted address easily loses its beginning. */
export async function readEndpointUrl(context: IExecuteFunctions, itemIndex: number): Promise<string> {
  const { url } = await context.getCredentials<{ url: string }>('tintypeApi', itemIndex);
  const trimmed = url.trim();
  if (/^https?:\/\/[^/]/i.test(trimmed) && URL.canParse(trimmed)) return trimmed;
  throw new NodeOperationError(
    context.getNode(),
    `Endpoint URL must begin with https:// or http:// and name a host; got ${JSON.stringify(url)}.`,
    {
      itemIndex,
      description: 'Open the Tintype credential and copy the Endpoint URL whole from the page of the endpoint.',
    },
  );
}
