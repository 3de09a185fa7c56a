/**
 * The guidance scale as a vector, for consistency models that were distilled with it: `get_guidance_scale_embedding` of
 * diffusers, after google-research/vdm `model_vdm.py`. Its first half are sines, its second half cosines.
 *
 * @param length - the UNet's `time_cond_proj_dim`, usually 256
 */
export function guidanceEmbedding(guidanceScale: number, length: number): Float32Array {
  const half = Math.floor(length / 2);
  const embedding = new Float32Array(length);
  for (let index = 0; index < half; index++) {
    const angle = (guidanceScale - 1) * 1000 * Math.exp((-Math.log(10_000) * index) / (half - 1));
    embedding[index] = Math.sin(angle);
    embedding[index + half] = Math.cos(angle);
  }
  return embedding;
}
