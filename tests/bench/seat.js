// seat.js: one who takes part: fits when told to and says how long it took · in: a peer, a task · out: times, loss · next: peers/ours.js
//
//   node tests/bench/seat.js PEER VARIANT TASK     a line on stdin 'round MS' or 'check', a line of JSON on stdout for it; { failed } ends it
//
// In a browser the same by import: sit(…) gives { round, check }.
import { loadData, tasks } from './tasks.js';

const node = typeof process === 'object' && Boolean(process.versions?.node);

/** @param {string} file of build/bench @returns {Promise<Float32Array>} */
async function read(file) {
  const url = new URL(`../../build/bench/${file}`, import.meta.url);
  if (!node) return new Float32Array(await (await fetch(url)).arrayBuffer());
  const { buffer, byteOffset, byteLength } = await (await import('node:fs/promises')).readFile(url);
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** Processor time of this process in seconds; undefined in a browser. */
function processorTime() {
  if (!node) return undefined;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/**
 * @param {string} peer a file of peers @param {string} variant @param {import('./tasks.js').Task} task
 * @returns {Promise<{ round: (ms: number) => Promise<Round>, check: () => Promise<{ loss: number }> }>}
 */
export async function sit(peer, variant, task) {
  const { prepare } = await import(new URL(`./peers/${peer}.js`, import.meta.url).href);
  const { fit, check, drop = () => {} } = await prepare(task, await loadData(task, read), variant);
  /** @type {any} */
  let fitted;
  return {
    /** Fits for at least so long and at least once. */
    async round(ms) {
      const cpu = processorTime(), start = performance.now();
      let fits = 0, now = start, first = 0;
      do {
        if (fitted !== undefined) drop(fitted);
        fitted = await fit();
        now = performance.now();
        if (fits++ === 0) first = (now - start) / 1e3;
      } while (now - start < ms);
      const used = processorTime();
      return { seconds: (now - start) / 1e3 / fits, cpu: cpu === undefined || used === undefined ? null : (used - cpu) / fits, first, fits };
    },
    check: async () => check(fitted),
  };
}

/** Seconds a fit, wall and processor (all threads), the first fit of the round, how many there were.
 * @typedef {{ seconds: number, cpu: number | null, first: number, fits: number }} Round */

/** @param {unknown} answer */
const tell = (answer) => console.log(JSON.stringify(answer));

/** @param {string} peer @param {string} variant @param {string} name of the task */
async function serve(peer, variant, name) {
  const { createInterface } = await import('node:readline');
  const seat = await sit(peer, variant, tasks[name]);
  tell({}); // ready
  for await (const line of createInterface({ input: process.stdin })) {
    const [what, ms] = line.split(' ');
    tell(what === 'round' ? await seat.round(Number(ms)) : await seat.check());
  }
}

if (node && process.argv[1] && import.meta.url === (await import('node:url')).pathToFileURL(process.argv[1]).href) {
  const [peer, variant, name] = process.argv.slice(2);
  await serve(peer, variant, name).catch((error) => tell({ failed: error.hint ?? error.message }));
  process.exit(0); // libraries leave workers and timers behind
}
