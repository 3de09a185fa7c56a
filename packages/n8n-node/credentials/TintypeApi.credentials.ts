import type {
  IAuthenticateGeneric,
  IAuthenticateRuleResponseCode,
  Icon,
  ICredentialTestRequest,
  ICredentialType,
  INodeProperties,
} from 'n8n-workflow';

const asleep =
  'The endpoint is asleep or starting, so the token could not be checked yet. Wake it with the Wake Up operation of the Tintype node, or just save: the node waits for it.';

const responseCode = (value: number, message: string): IAuthenticateRuleResponseCode => ({
  type: 'responseCode',
  properties: { value, message },
});

export class TintypeApi implements ICredentialType {
  name = 'tintypeApi';

  displayName = 'Tintype API';

  icon: Icon = { light: 'file:../icons/tintype.svg', dark: 'file:../icons/tintype.dark.svg' };

  documentationUrl = 'https://github.com/tintype/tintype/tree/main/packages/n8n-node#credentials';

  properties: INodeProperties[] = [
    {
      displayName: 'Endpoint URL',
      name: 'url',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. https://abc123.us-east-1.aws.endpoints.huggingface.cloud',
      description: 'The address of your inference endpoint, as its page shows it. It begins with https://.',
    },
    {
      displayName: 'Access Token',
      name: 'accessToken',
      type: 'string',
      typeOptions: { password: true },
      required: true,
      default: '',
      placeholder: 'e.g. hf_…',
      description: 'A Hugging Face token that may call the endpoint',
    },
  ];

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { Authorization: '=Bearer {{$credentials.accessToken}}' } },
  };

  // The health route makes no image, so the test costs nothing. It stands beside `/predict`, where the URL names that.
  test: ICredentialTestRequest = {
    request: {
      baseURL: '={{$credentials.url.trim().replace(/\\/+$/, "").replace(/\\/predict$/, "")}}',
      url: '/health',
    },
    rules: [
      responseCode(401, 'Token refused: paste an Access Token that may call this endpoint.'),
      responseCode(403, 'Token refused: this Access Token may not call this endpoint.'),
      responseCode(404, 'Nothing answers at this Endpoint URL: copy it again from the page of your endpoint.'),
      responseCode(502, asleep),
      responseCode(503, asleep),
    ],
  };
}
