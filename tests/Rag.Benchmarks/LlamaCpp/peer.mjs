// llama.cpp under node-llama-cpp: one JSON question a line in, one JSON object with seconds a line out.
import { getLlama } from 'node-llama-cpp';
import { createInterface } from 'node:readline';

const [path, threads, most] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, progressLogs: false, logLevel: 'error', maxThreads: Number(threads) });
const model = await llama.loadModel({ modelPath: path, gpuLayers: 0 });
const contexts = {};
for (const flash of [false, true]) {
  contexts[flash] = await model.createContext({ contextSize: Number(most), batchSize: 512, flashAttention: flash, threads: { ideal: Number(threads), min: Number(threads) } });
  contexts[flash].only = contexts[flash].getSequence();
}

const options = { temperature: 0, yieldEogToken: true };
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const { flash, kept, tokens, answer } = JSON.parse(line);
  const sequence = contexts[flash].only;
  // The first "kept" tokens stay as they are; "tokens" are then computed, and "answer" more chosen one by one.
  if (sequence.nextTokenIndex > kept) {
    await sequence.eraseContextTokenRanges([{ start: kept, end: sequence.nextTokenIndex }]);
  }
  if (sequence.nextTokenIndex !== kept) {
    throw new Error(`${sequence.nextTokenIndex} tokens are kept, not ${kept}`);
  }
  const begun = process.cpuUsage();
  const start = performance.now();
  let first = 0;
  let used;
  let given = 0;
  for await (const _ of sequence.evaluate(tokens, options)) {
    if (!first) {
      first = performance.now();
      used = process.cpuUsage(begun);
    }
    if (given++ === answer) break;
  }
  const end = performance.now();
  const all = process.cpuUsage(begun);
  const promptProcessor = (used.user + used.system) / 1e6;
  console.log(JSON.stringify({ prompt: (first - start) / 1000, answer: (end - first) / 1000, promptProcessor, answerProcessor: (all.user + all.system) / 1e6 - promptProcessor }));
}
