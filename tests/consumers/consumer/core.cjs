// Every entry and document of @tintype/core from CommonJS.
const { createImageClient, ImageError } = require('@tintype/core');
const { requestFields } = require('@tintype/core/contract');
const portable = require('@tintype/core/portable');
const { tintype } = require('@tintype/core/ai-sdk');
const { openapi } = require('@tintype/core/openapi.json');
const { $schema } = require('@tintype/core/request.schema.json');

const client = createImageClient({ endpoint: process.argv[2] });
void client
  .generate({ prompt: 'a red circle', width: 500 })
  .catch((error) => error)
  .then(async (error) => {
    await client.close();
    const code = ImageError.isInstance(error) && error.code;
    const entries = [requestFields, portable.createImageClient, tintype, openapi, $schema];
    process.stdout.write(JSON.stringify({ code, entries: entries.map((entry) => typeof entry) }));
  });
