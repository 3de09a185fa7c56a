import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyFolder, modelFolder } from '../testing/model-folders.ts';
import { readModelFolder } from './read-model-folder.ts';

describe('a model folder', () => {
  it('is read as diffusers writes it', async () => {
    const folder = await readModelFolder(await modelFolder(['tiny-sd']));
    expect(folder).toMatchObject({
      scheduler: 'pndm',
      vaeScaleFactor: 8,
      latentScale: 0.18215,
      latentChannels: 4,
      sizeMultiple: 16,
      defaults: { width: 64, height: 64 },
      notes: [],
    });
    expect(folder.nativeSizes).toBeUndefined();
  });

  it('may have a scheduler that Python saved with a number JSON cannot hold', async () => {
    expect(await readModelFolder(await modelFolder(['tiny-sd', 'dpm-solver']))).toMatchObject({
      scheduler: 'dpm++_2m',
      schedulerConfig: { lambda_min_clipped: -Infinity },
      notes: [],
    });
  });

  it('may lack the configurations of its networks, as old exports do', async () => {
    const path = await modelFolder(['tiny-sd'], {
      'unet/config.json': undefined,
      'vae_decoder/config.json': undefined,
    });
    expect(await readModelFolder(path)).toMatchObject({
      vaeScaleFactor: 8,
      latentScale: 0.18215,
      sizeMultiple: 8,
      defaults: { width: 512, height: 512 },
    });
  });

  it('gets Euler, and says so, where its own scheduler is unknown', async () => {
    const path = await modelFolder(['tiny-sd'], {
      'scheduler/scheduler_config.json': { _class_name: 'UniPCMultistepScheduler' },
    });
    expect(await readModelFolder(path)).toMatchObject({
      scheduler: 'euler',
      notes: [expect.stringMatching(/UniPCMultistepScheduler, is not implemented here; Euler is used/)],
    });
  });

  it('tells of its native sizes, default size, guidance and words in endpoint.json', async () => {
    const path = await modelFolder(['tiny-sd'], {
      'endpoint.json': {
        nativeSizes: [
          [64, 64],
          [96, 48],
        ],
        defaults: { guidanceScale: 5, inferenceSteps: 20 },
        guidanceInterval: [0.25, 1],
        vocabulary: ['a', 'red'],
      },
    });
    expect(await readModelFolder(path)).toMatchObject({
      nativeSizes: [
        { width: 64, height: 64 },
        { width: 96, height: 48 },
      ],
      defaults: { width: 512, height: 512, guidanceScale: 5, inferenceSteps: 20 },
      guidedTimesteps: [250, 1000],
      vocabulary: ['a', 'red'],
    });
  });
});

describe('a folder that cannot be served', () => {
  const index = (value: object): Readonly<Record<string, unknown>> => ({ 'model_index.json': value });
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
    ['no model_index.json', { 'model_index.json': undefined }, /is no diffusers model: it has no model_index\.json/],
    [
      'Stable Diffusion XL',
      index({ _class_name: 'StableDiffusionXLPipeline' }),
      /is Stable Diffusion XL \(StableDiffusionXLPipeline\)/,
    ],
    ['optimum’s XL', index({ _class_name: 'ORTStableDiffusionXLPipeline' }), /is Stable Diffusion XL/],
    [
      'XL under a plain name',
      index({ _class_name: 'StableDiffusionPipeline', text_encoder_2: [] }),
      /is Stable Diffusion XL/,
    ],
    ['XL by its UNet', { 'unet/config.json': { addition_embed_type: 'text_time' } }, /is Stable Diffusion XL/],
    ['Stable Diffusion 3', index({ _class_name: 'StableDiffusion3Pipeline' }), /is Stable Diffusion 3/],
    ['Flux', index({ _class_name: 'FluxPipeline' }), /is Flux \(FluxPipeline\)/],
    [
      'another transformer',
      index({ _class_name: 'PixArtAlphaPipeline', transformer: [] }),
      /is a diffusion transformer/,
    ],
    [
      'another task',
      index({ _class_name: 'StableDiffusionInpaintPipeline' }),
      /is a StableDiffusionInpaintPipeline, which makes no image/,
    ],
    ['a UNet for inpainting', { 'unet/config.json': { in_channels: 9 } }, /takes 9 channels, as inpainting/],
    ['no UNet', { 'unet/model.onnx': undefined }, /is incomplete: unet\/model\.onnx is missing/],
    ['no text encoder', { text_encoder: undefined }, /text_encoder\/model\.onnx is missing/],
    ['no decoder', { vae_decoder: undefined }, /vae_decoder\/model\.onnx is missing/],
    [
      'a Git LFS pointer',
      { 'unet/model.onnx': 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 3438\n' },
      /unet\/model\.onnx is a Git LFS pointer.*git lfs pull/,
    ],
    [
      'weights for PyTorch',
      { 'unet/model.onnx': undefined, 'unet/diffusion_pytorch_model.safetensors': '' },
      /has weights for PyTorch, not ONNX\. Export it first: optimum-cli export onnx/,
    ],
    ['no scheduler', { scheduler: undefined }, /scheduler\/scheduler_config\.json is missing/],
    ['no tokenizer', { tokenizer: undefined }, /tokenizer\/tokenizer\.json \(or .*\) is missing/],
    ['half a tokenizer', { 'tokenizer/merges.txt': undefined }, /tokenizer\/tokenizer\.json \(or .*\) is missing/],
    ['a broken configuration', { 'model_index.json': '{"_class_name": "Stab' }, /model_index\.json is not valid JSON/],
    ['a configuration that is a list', { 'model_index.json': '[]' }, /must hold a JSON object/],
    [
      'a wrong endpoint.json',
      { 'endpoint.json': { nativeSizes: [[100, 8]] } },
      /endpoint\.json cannot be used: nativeSizes/,
    ],
    [
      'guidance that ends before it begins',
      { 'endpoint.json': { guidanceInterval: [0.9, 0.2] } },
      /endpoint\.json cannot be used: guidanceInterval: The lower end must be below the upper/,
    ],
  ];
  it.each(cases)('is refused with the reason: %s', async (_case, files, message) => {
    const path = await modelFolder(['tiny-sd'], files);
    await expect(readModelFolder(path)).rejects.toThrow(message);
  });

  it('is refused where there is none', async () => {
    const folder = await emptyFolder();
    await expect(readModelFolder(join(folder, 'nowhere'))).rejects.toThrow(/nowhere does not exist/);
    await writeFile(join(folder, 'model.safetensors'), '');
    await expect(readModelFolder(join(folder, 'model.safetensors'))).rejects.toThrow(/is a file, not a folder/);
  });
});
