// A collection into LangChain.js as its users do it: split, embed, hnswlib store; the vectors are given, so that only its own time counts.
import { Embeddings } from '@langchain/core/embeddings';
import { Document } from '@langchain/core/documents';
import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import { HNSWLib } from '@langchain/community/vectorstores/hnswlib';
import { createInterface } from 'node:readline';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [file, folder] = process.argv.slice(2);
const raw = readFileSync(file);
const all = new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4);
const version = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@langchain/core/package.json'))).version;
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const { texts, queries } = JSON.parse(line);
  const width = all.length / texts.length;
  const known = new Map(texts.map((text, i) => [text, Array.from(all.subarray(i * width, (i + 1) * width))]));
  let next = 0;
  class Given extends Embeddings {
    constructor() { super({}); }
    // A piece of a long text gets the vector of some text: what it costs does not depend on the numbers.
    async embedDocuments(list) { return list.map((text) => known.get(text) ?? known.get(texts[next++])); }
    async embedQuery(text) { return known.get(text); }
  }
  const start = performance.now();
  const splitter = new RecursiveCharacterTextSplitter({ chunkSize: 4000, chunkOverlap: 200 });
  const documents = await splitter.splitDocuments(texts.map((text, i) => new Document({ pageContent: text, metadata: { source: String(i) } })));
  const store = await HNSWLib.fromDocuments(documents, new Given());
  const own = (performance.now() - start) / 1000;
  const saving = performance.now();
  await store.save(folder);
  const persist = (performance.now() - saving) / 1000;
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  const times = [];
  for (let round = 0; round < 2; round++) {
    times.length = 0;
    for (const query of queries) {
      const began = performance.now();
      await store.similaritySearchVectorWithScore(query, 10);
      times.push(performance.now() - began);
    }
  }
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({ version, chunks: documents.length, own, persist, bytes, p50: times[times.length >> 1], p95: times[Math.floor(times.length * 0.95)] }));
}
