// idx.test.js: IDX files · in: src/js/idx.js · out: test results · next: files.test.js
import test from 'node:test';
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { readIdx } from '../../src/js/idx.js';

/**
 * @param {number} type
 * @param {number[]} shape
 * @param {number[]} body
 */
const idx = (type, shape, body) => Uint8Array.from([0, 0, type, shape.length, ...shape.flatMap((n) => [n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]), ...body]);

/**
 * @param {unknown} bytes
 * @param {string} message
 */
const refuses = (bytes, message) => assert.rejects(readIdx(bytes), { name: 'WasmfitError', code: 'BAD_IDX', message: `the file is not an IDX file: ${message}` });

test('Every type is read with its highest byte first', async () => {
  const cases = [
    [0x08, [255, 1], Uint8Array.of(255, 1)], [0x09, [255, 1], Int8Array.of(-1, 1)], [0x0b, [255, 254, 1, 0], Int16Array.of(-2, 256)],
    [0x0c, [128, 0, 0, 0, 0, 0, 1, 0], Int32Array.of(-2147483648, 256)], [0x0d, [63, 192, 0, 0, 255, 128, 0, 0], Float32Array.of(1.5, -Infinity)],
    [0x0e, [63, 248, 0, 0, 0, 0, 0, 0, 192, 0, 0, 0, 0, 0, 0, 0], Float64Array.of(1.5, -2)],
  ];
  for (const [type, body, data] of cases) assert.deepEqual(await readIdx(idx(type, [2], body)), { shape: [2], data });
});

test('Any number of dimensions is read, also empty ones', async () => {
  assert.deepEqual((await readIdx(idx(8, [2, 1, 3], [1, 2, 3, 4, 5, 6]))).shape, [2, 1, 3]);
  assert.deepEqual(await readIdx(idx(8, [0, 28], [])), { shape: [0, 28], data: new Uint8Array(0) });
});

test('Bytes, buffers, parts of buffers, Blobs and gzip give the same', async () => {
  const bytes = idx(0x0b, [2], [0, 1, 0, 2]);
  const part = Uint8Array.from([9, ...bytes, 9]).subarray(1, -1);
  for (const source of [bytes, bytes.buffer, part, Buffer.from(bytes), new Blob([bytes]), gzipSync(bytes), new Blob([gzipSync(bytes)])]) {
    assert.deepEqual(await readIdx(source), { shape: [2], data: Int16Array.of(1, 2) });
  }
});

test('Gzip data of many pieces is put together in order', async () => {
  const body = Array.from({ length: 300_000 }, (_, i) => (i * i) % 251);
  const { data } = await readIdx(gzipSync(idx(8, [300_000], body)));
  assert.ok(data.every((value, i) => value === body[i]));
});

test('The data is a copy', async () => {
  const bytes = idx(8, [2], [1, 2]);
  const { data } = await readIdx(bytes);
  data[0] = 9;
  assert.equal(bytes[8], 1);
});

test('Every wrong byte of the header is refused as such', async () => {
  await refuses(new Uint8Array(0), 'it has 0 bytes; the header alone has 4 or more');
  await refuses(Uint8Array.of(1, 0, 8, 1), 'byte 0 is 0x01; it must be 0');
  await refuses(Uint8Array.of(0, 7, 8, 1), 'byte 1 is 0x07; it must be 0');
  await refuses(Uint8Array.of(0, 0, 10, 1), 'byte 2, the type, is 0x0a; it must be one of 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e');
  await refuses(Uint8Array.of(0, 0, 8, 0), 'byte 3, the number of dimensions, is 0; there must be at least one');
  await refuses(Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1), 'it has 8 bytes; a header with 2 dimensions has 12');
  await refuses(new TextEncoder().encode('<!DOCTYPE html>'), 'byte 0 is 0x3c; it must be 0');
});

test('A length that is not that of the dimensions is refused with both, before anything is allocated', async () => {
  await refuses(idx(8, [3], [1, 2]), 'it has 10 bytes; 3 values of 1 byte and the header make 11');
  await refuses(idx(0x0c, [1, 1], [1, 2, 3, 4, 5]), 'it has 17 bytes; 1 × 1 values of 4 bytes and the header make 16');
  await refuses(idx(8, [0x40000000, 4], []), 'it has 12 bytes; 1073741824 × 4 values of 1 byte and the header make 4294967308');
  const wraps = idx(8, [4294967295, 4294967295, 4294967295], []);
  await refuses(wraps, `it has 16 bytes; 4294967295 × 4294967295 × 4294967295 values of 1 byte and the header make ${4294967295 ** 3 + 16}`);
});

test('Gzip data that is cut, changed or larger than its header says is refused', async () => {
  const packed = gzipSync(idx(8, [1000], new Array(1000).fill(0).map((_, i) => (i * i) % 251)));
  for (let length = 2; length < packed.length; length += 7) await refuses(packed.subarray(0, length), 'its gzip data is damaged or cut short');
  const changed = Uint8Array.from(packed);
  changed[changed.length - 6] ^= 1;
  await refuses(changed, 'its gzip data is damaged or cut short');
  await refuses(gzipSync(idx(8, [4], new Array(3e6).fill(0))), 'it unpacks to more than the 12 bytes that its header announces');
});

test('Cut at any byte, a file is refused', async () => {
  const bytes = idx(0x0d, [2, 2], new Array(16).fill(1));
  for (let length = 0; length < bytes.length; length++) await assert.rejects(readIdx(bytes.subarray(0, length)), { code: 'BAD_IDX' });
});

test('What is no bytes is refused', async () => {
  for (const source of [null, undefined, 'abc', [0, 0, 8, 1], {}, new Float32Array(4)]) {
    await assert.rejects(readIdx(source), { name: 'TypeError', message: /^readIdx needs a Uint8Array, an ArrayBuffer or a Blob, not / });
  }
});
