import { createImageClient, ImageError } from '@tintype/core';

const client = createImageClient({
  // Without an endpoint of your own: the gateway that `start` runs, which speaks the same contract.
  endpoint: process.env.TINTYPE_ENDPOINT_URL ?? 'http://127.0.0.1:4000/predict',
  token: process.env.TINTYPE_ENDPOINT_TOKEN,
});

const image = await client.generate({ prompt: 'a fox in the snow at night', width: 512, height: 512 });
console.log(image.mediaType, image.width, image.height, image.bytes.length, image.warnings);

await client.save({ prompt: 'a sailboat on the sea at sunset' }, 'sailboat.png');

try {
  await client.generate({ prompt: 'a fox', width: 500 });
} catch (error) {
  if (ImageError.isInstance(error)) console.log(error.code, error.message, error.hint);
}
await client.close();
