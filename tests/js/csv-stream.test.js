// csv-stream.test.js: CSV files in pieces, with progress and cancelling · in: src/js/csv*.js · out: test results · next: idx.test.js
import test from 'node:test';
import assert from 'node:assert/strict';
import { readCsv, writeCsv } from '../../src/js/csv.js';

const LINES = 10000;
const text = `number,text,"a\r\nname"\r\n${Array.from({ length: LINES }, (_, i) => `${i / 8},"é ""${i % 7}"", 😀\r\nx",${i % 5 === 0 ? '' : -i}\r\n`).join('')}`;
const bytes = new TextEncoder().encode(text);

/** @param {number} size */
async function* pieces(size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('Every kind of source gives the same table, whatever its pieces', async () => {
  const whole = await readCsv(text);
  assert.deepEqual([whole.rows, whole.names, whole.missing.length], [LINES, ['number', 'text', 'a\nname'], LINES / 5]);
  assert.equal(whole.missing[1].line, 2 + 5 * 2 + 1);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 3)).subarray(3);
  shared.set(bytes);
  const sources = [bytes, bytes.buffer, new Blob([bytes]), new Blob([bytes]).stream(), Buffer.from(bytes), shared, pieces(61), pieces(4099), pieces(65536), pieces(1e9),
    [text.slice(0, 70000), text.slice(70000)]];
  for (const source of sources) {
    const table = await readCsv(source);
    assert.ok(writeCsv(table) === writeCsv(whole));
    assert.equal(JSON.stringify(table.missing), JSON.stringify(whole.missing));
  }
});

test('Progress is told after every piece and ends at the whole', async () => {
  for (const source of [new Blob([bytes]), bytes, text]) {
    const calls = [];
    await readCsv(source, { onProgress: (done, total) => calls.push([done, total]) });
    const size = typeof source === 'string' ? text.length : bytes.length;
    assert.ok(calls.length > 1);
    assert.deepEqual(calls.at(-1), [size, size]);
    assert.ok(calls.every(([done], i) => i === 0 || done > calls[i - 1][0]));
  }
  const totals = new Set();
  await readCsv(pieces(65536), { onProgress: (_, total) => totals.add(total) });
  assert.deepEqual([...totals], [undefined]);
});

/** A stream that gives one piece and then waits for ever. */
function endless() {
  const state = { cancelled: false };
  const stream = new ReadableStream({
    start: (controller) => controller.enqueue(bytes),
    cancel: () => { state.cancelled = true; },
  });
  return { state, stream };
}

test('An abort ends the reading with the signal\'s reason and closes the source', async () => {
  const reason = new Error('enough');
  await assert.rejects(readCsv(text, { signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  await assert.rejects(readCsv(text, { signal: controller.signal, onProgress: () => controller.abort(reason) }), reason);
  const waiting = new AbortController();
  const { state, stream } = endless();
  const reading = readCsv(stream, { signal: waiting.signal });
  setTimeout(() => waiting.abort(reason), 10);
  await assert.rejects(reading, reason);
  await new Promise((resolve) => { setTimeout(resolve, 1); });
  assert.equal(state.cancelled, true);
});

test('An error in the file or in the callback closes the source', async () => {
  const oops = new Error('oops');
  const first = endless();
  await assert.rejects(readCsv(first.stream, { onProgress: () => { throw oops; } }), oops);
  let closed = false;
  async function* broken() {
    try {
      for (;;) yield `a,b\n${'1,2\n1,2,3\n'.repeat(20000)}`;
    } finally {
      closed = true;
    }
  }
  await assert.rejects(readCsv(broken()), /line 3 has 3 fields, line 5 has 3 fields, .*, …; every row must have 2/);
  await new Promise((resolve) => { setTimeout(resolve, 1); });
  assert.deepEqual([first.state.cancelled, closed], [true, true]);
});

test('An error of the source is passed on', async () => {
  const oops = new Error('disk on fire');
  async function* failing() {
    yield 'a,b\n';
    throw oops;
  }
  await assert.rejects(readCsv(failing()), oops);
});

test('Sources and pieces of no known kind are refused', async () => {
  for (const source of [null, undefined, 5, {}, new Float64Array(2), new Map()]) {
    await assert.rejects(readCsv(source), { name: 'TypeError', message: /^readCsv: the source must be a string, a Uint8Array/ });
  }
  await assert.rejects(readCsv([5]), { name: 'TypeError', message: 'readCsv: the source gave 5; every piece must be a string or a Uint8Array' });
});

test('A quote that is never closed is refused after a megabyte, long before the end of the file', async () => {
  let given = 0;
  async function* long() {
    yield 'a,b\n1,"2\n';
    for (; given < 1e8; given += 65536) yield 'x'.repeat(65535) + '\n';
  }
  await assert.rejects(readCsv(long()), { code: 'BAD_CSV', message: 'a quote opened in line 2 never closes' });
  assert.ok(given < 3e6, `${given} characters were read`);
  await assert.rejects(readCsv(`a,b\n${',x'.repeat(600_000)}`), { code: 'BAD_CSV', message: /^line 2 is longer than 1048576 characters|^line 2 has 600001 fields/ });
});

test('The page gets a turn while a long text is read', async () => {
  let turns = 0;
  const timer = setInterval(() => { turns++; }, 1);
  await readCsv(`a,b,c\n${'1.25,2.5,3.75\n'.repeat(200_000)}`);
  clearInterval(timer);
  assert.ok(turns > 2, `${turns} turns`);
});

test('Numbers take 8 bytes each when they are many, and texts a code each', async () => {
  async function* rows() {
    yield 'n,t\n';
    for (let i = 0; i < 300_000; i += 1000) yield Array.from({ length: 1000 }, (_, k) => `${(i + k) / 3},a long category number ${k % 3}\n`).join('');
  }
  const table = await readCsv(rows());
  const part = table.part('t');
  assert.equal(table.rows, 300_000);
  assert.ok(table.part('n').kind === 'numeric' && table.part('n').values.buffer.byteLength === 8 * 300_000);
  assert.ok(part.kind === 'categorical' && part.codes.buffer.byteLength === 4 * 300_000 && part.categories.length === 3);
});
