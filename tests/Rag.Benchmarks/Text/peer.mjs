// MiniSearch (npm minisearch): an inverted index in memory, scored with BM25+. English stop words off, no prefix or fuzzy search.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import MiniSearch from 'minisearch';

const passages = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean).map((line, id) => ({ id, text: JSON.parse(line) }));
const before = process.memoryUsage().heapUsed;
const start = performance.now();
const index = new MiniSearch({ fields: ['text'] });
index.addAll(passages);
const build = (performance.now() - start) / 1000;
const bytes = process.memoryUsage().heapUsed - before;
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const { questions, top } = JSON.parse(line);
  const used = process.cpuUsage();
  const times = questions.map(question => {
    const begin = performance.now();
    index.search(question).slice(0, top);
    return performance.now() - begin;
  });
  const { user, system } = process.cpuUsage(used);
  console.log(JSON.stringify({ build, bytes, times, processor: (user + system) / 1000 / questions.length }));
}
