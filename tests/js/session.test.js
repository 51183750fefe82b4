// session.test.js: what a session in another thread tells, and when · in: a fit that counts · out: test results · next: run.test.js
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { REPORT_FIELDS, RUNNING } from '../../src/js/fields.js';
import { Session } from '../../src/js/session.js';

/** Slices of so many epochs, without end. @param {number} epochs @param {boolean} remote */
function begin(epochs, remote) {
  const seen = { slices: 0, freed: 0 };
  /** @type {any[]} */
  const events = [];
  const fit = {
    run: () => { seen.slices++; return RUNNING; }, takeReports: () => new Float64Array(epochs * REPORT_FIELDS), setLearningRate() {},
    state: () => /** @type {any} */ ({}), free: () => { seen.freed++; },
  };
  const session = new Session(/** @type {any} */ (null), /** @type {any} */ ({}), () => fit, (event) => events.push(event), remote);
  const told = () => events.filter(({ type }) => type === 'reports').map(({ values }) => values.length / REPORT_FIELDS);
  return { session, seen, events, told, ended: session.start() };
}

/** Until it trains no more. @param {{ slices: number }} seen */
async function rest(seen) {
  for (let before = -1; before !== seen.slices; await delay(40)) before = seen.slices;
}

test('reports to another thread go one at a time, each after the last was taken, and none is lost', async () => {
  const { session, seen, events, told, ended } = begin(1, true);
  await rest(seen);
  assert.deepEqual(told(), [1]);
  session.receive({ type: 'taken' });
  await rest(seen);
  assert.equal(told().length, 2);
  session.receive({ type: 'stop' });
  await ended;
  assert.equal(told().reduce((sum, count) => sum + count, 0), seen.slices);
  assert.deepEqual([events.at(-1).type, events.at(-1).stopped, seen.freed], ['end', 'stopped', 1]);
});

test('training waits while too many epochs wait to be taken, and goes on, stops or pauses as told', async () => {
  const { session, seen, told, ended } = begin(1000, true);
  await rest(seen);
  assert.deepEqual([told(), seen.slices], [[1000], 6], 'one told, five behind it');
  session.receive({ type: 'taken' });
  await rest(seen);
  assert.deepEqual([told(), seen.slices], [[1000, 6000], 12]);
  session.receive({ type: 'pause' });
  await rest(seen);
  assert.deepEqual(told(), [1000, 6000, 5000], 'a pause holds none back');
  session.receive({ type: 'stop' });
  await ended;
  assert.equal(seen.slices, 12);
});

test('reports in the same thread need not be taken', async () => {
  const { session, told, ended } = begin(1, false);
  for (const start = performance.now(); told().length < 3; await delay(10)) assert.ok(performance.now() - start < 10_000, 'no third report in 10 s');
  session.receive({ type: 'stop' });
  await ended;
});
