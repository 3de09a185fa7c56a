// The entries of @tintype/core from CommonJS.
const { createImageClient, ImageError } = require('@tintype/core');
const { requestFields } = require('@tintype/core/contract');
const portable = require('@tintype/core/portable');
const { tintype } = require('@tintype/core/ai-sdk');

const client = createImageClient({ endpoint: process.argv[2] });
client
  .generate({ prompt: 'a red circle', width: 500 })
  .catch((error) => error)
  .then(async (error) => {
    await client.close();
    const isOurs = ImageError.isInstance(error) && error.code;
    const entries = [requestFields, portable.createImageClient, tintype].map((entry) => typeof entry);
    console.log(JSON.stringify([isOurs, ...entries]));
  });
