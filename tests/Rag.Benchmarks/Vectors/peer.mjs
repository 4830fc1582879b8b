// hnswlib-node or usearch, as their users call them: one JSON object a line in, one out. Vectors come in files of little-endian floats.
import { createRequire } from 'node:module';
import { readFileSync, unlinkSync } from 'node:fs';
import { createInterface } from 'node:readline';
import v8 from 'node:v8';
import vm from 'node:vm';

const [engine, type, scratch] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const library = require(engine === 'hnswlib' ? 'hnswlib-node' : 'usearch');
v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');
let index, settings, saved;

function read(path) {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function memory() {
  collect();
  return process.memoryUsage().rss;
}

function create(ef) {
  return new library.Index({
    metric: 'ip', quantization: type, dimensions: settings.dimensions, connectivity: settings.m,
    expansion_add: settings.efConstruction, expansion_search: ef, multi: false });
}

function build(question) {
  settings = question;
  const { dimensions, rows, m, efConstruction, threads } = question;
  const vectors = read(question.file);
  const before = memory();
  const start = process.hrtime.bigint();
  if (engine === 'hnswlib') {
    index = new library.HierarchicalNSW('ip', dimensions);
    index.initIndex(rows, m, efConstruction, 100);
    for (let i = 0; i < rows; i++) {
      index.addPoint(Array.from(vectors.subarray(i * dimensions, (i + 1) * dimensions)), i);
    }
  } else {
    index = create(64);
    index.add(BigUint64Array.from({ length: rows }, (_, i) => BigInt(i)), vectors, threads);
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const bytes = memory() - before;
  if (engine !== 'hnswlib') {
    saved = `${scratch}/usearch-${type}.index`;
    index.save(saved);
  }
  return { seconds, bytes, vectors: vectors.length };
}

function search({ file, ef, top, threads }) {
  const vectors = read(file);
  const dimensions = settings.dimensions;
  const count = vectors.length / dimensions;
  let ids;
  let start;
  if (engine === 'hnswlib') {
    index.setEf(ef);
    const queries = Array.from({ length: count }, (_, i) => Array.from(vectors.subarray(i * dimensions, (i + 1) * dimensions)));
    start = process.hrtime.bigint();
    ids = queries.map(query => index.searchKnn(query, top).neighbors);
  } else {
    if (settings.ef !== ef) {
      // The binding takes this setting only when an index is made.
      index = create(ef);
      index.load(saved);
      settings.ef = ef;
      index.search(vectors.subarray(0, dimensions), top, 1);
    }
    start = process.hrtime.bigint();
    const found = index.search(vectors, top, threads);
    ids = Array.from({ length: count }, (_, i) => Array.from(found.keys.subarray(i * top, (i + 1) * top), Number));
  }
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, ids };
}

console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  console.log(JSON.stringify(question.op === 'build' ? build(question) : search(question)));
}
if (saved) {
  unlinkSync(saved);
}
