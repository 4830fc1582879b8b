// The Rust library through its own binding: one line of JSON {file, texts} in, one with seconds of the best round and the ids out.
import { Tokenizer } from 'tokenizers';
import { createInterface } from 'node:readline';

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const { file, texts, rounds } = JSON.parse(line);
  const tokenizer = Tokenizer.fromFile(file);
  tokenizer.disableTruncation();
  tokenizer.disablePadding();
  let seconds = Infinity;
  let encodings;
  for (let round = 0; round < rounds; round++) {
    encodings = [];
    const start = performance.now();
    for (const text of texts) encodings.push(await tokenizer.encode(text, null, { addSpecialTokens: false }));
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  console.log(JSON.stringify({ seconds, ids: encodings.map((encoding) => encoding.getIds()) }));
}
