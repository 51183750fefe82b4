// options.js: what the benches can be told · in: command line · out: options, or a refusal in one line · next: bench.js
import { parseArgs } from 'node:util';
import { tasks } from './tasks.js';

export const TASKS = Object.keys(tasks), EXTRAS = ['start', 'memory'];
const PEERS = ['sklearn', 'numpy', 'torch', 'jax-js', 'tfjs', 'brain.js'], BROWSERS = ['chromium', 'firefox'];

/** Words of a list with commas; all there are if none are given. @param {string} option @param {string | undefined} text @param {string[]} known */
function choice(option, text, known) {
  const words = text === undefined ? known : text === 'none' ? [] : text.split(',').map((word) => word.trim());
  const strange = words.find((word) => !known.includes(word));
  if (strange !== undefined) throw new RangeError(`--${option} has ${strange}; there are ${known.join(', ')}`);
  return words;
}

/** @param {string} option @param {string} text @param {number} least */
function amount(option, text, least) {
  const value = Number(text);
  if (!(value >= least)) throw new RangeError(`--${option} is ${text}; it must be a number from ${least}`);
  return value;
}

/** @param {string[]} names of tasks and extras that there are */
function readOptions(names) {
  const text = { type: /** @type {const} */ ('string') };
  const { values } = parseArgs({ options: {
    tasks: text, peers: text, browsers: text, repeat: { ...text, default: '5' }, seconds: { ...text, default: '30' },
    threads: { ...text, default: '1' }, node: { ...text, default: process.execPath }, json: text,
  } });
  const { tasks: wanted, peers, browsers, repeat, seconds, threads, node, json } = values;
  return {
    names: choice('tasks', wanted, names), peers: choice('peers', peers, PEERS), browsers: choice('browsers', browsers, BROWSERS),
    repeat: amount('repeat', repeat, 1), seconds: amount('seconds', seconds, 0), threads: amount('threads', threads, 1), node, json,
  };
}

/** @typedef {ReturnType<typeof readOptions>} Options */

/**
 * Runs a bench with the options of the command line; a wrong one is said in one line, with exit code 2.
 * @param {string[]} names of tasks @param {(options: Options) => Promise<void>} main
 */
export async function run(names, main) {
  try {
    await main(readOptions(names));
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    if (!(error instanceof RangeError || String(code).startsWith('ERR_PARSE_ARGS'))) throw error;
    console.error(message);
    process.exitCode = 2;
  }
}
