#!/usr/bin/env node
// main.js: the command `wasmfit`: which part does the work, how it ends · in: arguments · out: exit code · next: options.js
//
// Exit codes: 0 done; 1 the data, a file or the training failed; 2 wrong usage; 130 interrupted, the model so far is written.
// Results go to standard output; progress, notes and errors (one line) to standard error.
import { readFileSync } from 'node:fs';
import { nearest, show } from '../js/errors.js';
import { printable, refusal, usage } from './errors.js';
import { HELP } from './help.js';
import { parsePredict, parseTrain } from './options.js';
import { predict } from './predict.js';
import { describeTechniques } from './techniques.js';
import { train } from './train.js';

/** @type {Map<string, (args: string[]) => Promise<number>>} */
const COMMANDS = new Map([
  ['train', (args) => train(parseTrain(args))],
  ['predict', (args) => predict(parsePredict(args))],
]);

const version = () => JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;

/** @param {string[]} args @returns {Promise<number>} exit code */
async function main(args) {
  const [name, ...rest] = args;
  const asked = rest.slice(0, [...rest, '--'].indexOf('--'));
  const command = name === 'help' ? rest[0] ?? '' : name;
  if (name === '--version' || name === '-V') {
    console.log(version());
  } else if (name === 'help' && command === 'training') {
    console.log(describeTechniques());
  } else if (name === '--help' || name === '-h' || (name === 'help' && !COMMANDS.has(command))) {
    console.log(HELP.all);
  } else if (COMMANDS.has(command) && (name === 'help' || asked.includes('--help') || asked.includes('-h'))) {
    console.log(command === 'train' ? HELP.train : HELP.predict);
  } else {
    const run = COMMANDS.get(name);
    if (run) return run(rest);
    if (name === undefined) throw usage('a command is missing: train or predict', 'see wasmfit --help');
    const guess = nearest(name, [...COMMANDS.keys(), '--help', '--version']);
    throw usage(`${show(name)} is no command`, guess ? `did you mean ${guess}?` : 'there are train and predict; see wasmfit --help');
  }
  return 0;
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code === 'EPIPE') process.exit(); // whoever was reading has had enough
    throw error;
  });
}

const args = process.argv.slice(2);
try {
  process.exitCode = await main(args);
} catch (error) {
  const { exit, code, message, hint } = refusal(error);
  if (args.includes('--json')) console.error(JSON.stringify({ error: { code, message, hint } }));
  else console.error(printable(`wasmfit: ${message}${hint === undefined ? '' : `; ${hint}`}`));
  process.exitCode = exit;
}
