// A BERT encoder under @huggingface/transformers, as its users call it: one JSON list of texts a line in, one JSON object a line out.
import { env, pipeline } from '@huggingface/transformers';
import { createInterface } from 'node:readline';

const [models, name, dtype, threads] = process.argv.slice(2);
const batch = 32;
env.allowRemoteModels = false;
env.localModelPath = models;
const embed = await pipeline('feature-extraction', name, { dtype, session_options: { intraOpNumThreads: Number(threads) } });
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const texts = JSON.parse(line);
  const order = texts.map((_, i) => i).sort((a, b) => texts[b].length - texts[a].length);
  const vectors = new Array(texts.length);
  const cpu = process.cpuUsage();
  const start = performance.now();
  for (let i = 0; i < order.length; i += batch) {
    const part = order.slice(i, i + batch);
    const result = await embed(part.map((index) => texts[index]), { pooling: 'mean', normalize: true });
    const width = result.dims[1];
    part.forEach((index, row) => { vectors[index] = Array.from(result.data.subarray(row * width, (row + 1) * width)); });
  }
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  console.log(JSON.stringify({ seconds, processor: (used.user + used.system) / 1e6, vectors }));
}
