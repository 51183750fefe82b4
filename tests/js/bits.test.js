// bits.test.js: the same seed gives the same bits in the native build, in Node's main thread and in a worker · next: network.test.js
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { trainingHashes } from './bits.js';

const file = await readFile(new URL('../fixtures/training-hashes.txt', import.meta.url), 'utf8');
const expected = file.trim().split('\n').map((line) => line.split(' ')[0]);

test('weights after 50 epochs are those of the native build', async () => {
  assert.deepEqual(await trainingHashes(), expected);
});

test('a worker trains to the same bits', async () => {
  assert.deepEqual(await trainingHashes({ worker: true }), expected);
});
