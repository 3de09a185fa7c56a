// The Inference API from JavaScript, as its documentation gives it. Node 20 or later, nothing to install.
import { writeFile } from 'node:fs/promises';

const response = await fetch(process.env.TINTYPE_ENDPOINT_URL, {
  method: 'POST',
  headers: {
    Authorization: `Bearer ${process.env.TINTYPE_ENDPOINT_TOKEN ?? ''}`,
    'Content-Type': 'application/json',
  },
  body: JSON.stringify({
    inputs: 'a fox in the snow at night',
    negative_prompt: 'moon',
    height: 512,
    width: 512,
    guidance_scale: 7.5,
    inference_steps: 25,
  }),
});
if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);

const { image } = await response.json();
await writeFile('image.png', Buffer.from(image, 'base64'));
console.log('image.png');
