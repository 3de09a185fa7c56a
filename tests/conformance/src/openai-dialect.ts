const ours = '{"image":';
const theirs = '{"data":[{"b64_json":';

/** A fetch that dresses the contract's answers as OpenAI's, byte by byte as they come, for clients that know only those. */
export const openAiDialect: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init);
  if (answer.body === null || answer.status !== 200) return answer;
  const decoder = new TextDecoder('latin1');
  let isFirst = true;
  let isImage = false;
  let length = 0;
  const dressed = answer.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const text = decoder.decode(chunk, { stream: true });
        if (isFirst) isImage = text.startsWith(ours);
        controller.enqueue(Buffer.from(isFirst && isImage ? theirs + text.slice(ours.length) : text, 'latin1'));
        isFirst = false;
        length += text.length;
      },
      flush(controller) {
        if (isImage && length > 0) controller.enqueue(Buffer.from(']}'));
      },
    }),
  );
  const headers = new Headers(answer.headers);
  headers.delete('content-length');
  return new Response(dressed, { status: answer.status, headers });
};
