// contestants.js: who can take part: ours, and every peer that is installed · in: a Node, threads · out: names, seats · next: contest.js
//
// JavaScript peers are looked for in build/peers, where `make bench-peers` puts them, Python's in $PYTHON, python3, /usr/bin/python3.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { tasks } from './tasks.js';

/** @typedef {import('./seat.js').Round} Round */
/** A process or page that holds the data of a task.
 * @typedef {{ round: (ms: number) => Promise<Round>, check: () => Promise<{ loss: number, iterations?: number }>, end: () => unknown }} Seat */
/** group: what --peers calls it; sameWork: does exactly what the task says, from its weights; open: a seat for a task that it does.
 * @typedef {{ name: string, group: string, version: string, sameWork: boolean, does: (task: string) => boolean,
 *   open: (task: string) => Promise<Seat> }} Contestant */

const path = (/** @type {string} */ from) => fileURLToPath(new URL(from, import.meta.url));
const packages = path('../../build/peers/node_modules/');

/** The JavaScript ones: its script in peers, what prepare gets as variant, its package, the tasks it does (all if none are named).
 * Ours in 8 bits predicts the same rows by other weights, so that its loss is another. */
const SCRIPTS = [
  { name: 'ours exact', group: 'ours', peer: 'ours', variant: 'exact' },
  { name: 'ours fast', group: 'ours', peer: 'ours', variant: 'fast', only: ['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T9a', 'T9b'] },
  { name: 'ours int8', group: 'ours', peer: 'ours', variant: 'int8', only: ['T9a'], sameWork: false },
  { name: 'jax-js', group: 'jax-js', peer: 'jax', npm: '@jax-js/jax' },
  { name: 'tfjs layers', group: 'tfjs', peer: 'tfjs', variant: 'layers', npm: '@tensorflow/tfjs' },
  { name: 'tfjs loop', group: 'tfjs', peer: 'tfjs', variant: 'loop', npm: '@tensorflow/tfjs', only: ['T1', 'T2', 'T3', 'T4', 'T5', 'T6'] },
  { name: 'brain.js', group: 'brain.js', peer: 'brain', npm: 'brain.js', only: ['T2', 'T3', 'T9b'], sameWork: false, browser: false },
];

/** The Python ones. */
const MODULES = [
  { name: 'sklearn', peer: 'with_sklearn', debian: 'python3-sklearn' },
  { name: 'numpy', peer: 'with_numpy', debian: 'python3-numpy' },
  { name: 'torch', peer: 'with_torch', debian: 'python3-torch' },
];

/**
 * A process that answers a line with a line; what else it prints is noise of libraries.
 * @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Seat>}
 */
async function openProcess(command, args, env = {}) {
  const child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, ...env } });
  const ended = new Promise((resolve) => { child.on('close', resolve).on('error', resolve); });
  let complaint = '';
  child.stderr.on('data', (chunk) => { complaint = (complaint + chunk).slice(-1000); });
  child.stdin.on('error', () => {}); // it has ended, which its next answer says
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    for (;;) {
      const { value = '', done } = await lines.next();
      const said = value.startsWith('{') && JSON.parse(value);
      if (done || said.failed) throw new Error(said.failed ?? (complaint.trim().split('\n').pop() || `${command} ended`));
      if (said) return said;
    }
  };
  const ask = (/** @type {string} */ line) => (child.stdin.write(`${line}\n`), answer());
  await answer();
  return { round: (ms) => ask(`round ${ms}`), check: () => ask('check'), end: () => (child.kill('SIGKILL'), ended) }; // at once: engines have been seen to wait for ever in their own end
}

/**
 * Ours and the wanted JavaScript peers whose packages are there.
 * @param {string[]} peers groups @param {boolean} [browser] those that run in a browser
 */
export function findScripts(peers, browser = false) {
  const wanted = SCRIPTS.filter((script) => (script.group === 'ours' || peers.includes(script.group)) && !(browser && script.browser === false));
  const here = wanted.filter(({ npm }) => !npm || existsSync(`${packages}${npm}`));
  return {
    scripts: here.map(({ npm, variant = '', only, sameWork = true, ...script }) => ({
      ...script, variant, sameWork, does: (/** @type {string} */ task) => !only || only.includes(task),
      version: npm ? String(JSON.parse(readFileSync(`${packages}${npm}/package.json`, 'utf8')).version) : '',
    })),
    absent: [...new Set(wanted.filter((script) => !here.includes(script)).map(({ group }) => `${group} (make bench-peers)`))],
  };
}

/** An interpreter that has the module, and its version. @param {string} module */
function findPython(module) {
  for (const python of [process.env.PYTHON || 'python3', 'python3', '/usr/bin/python3']) {
    const { status, stdout } = spawnSync(python, ['-c', `import numpy, ${module}; print(${module}.__version__)`], { encoding: 'utf8' });
    if (status === 0) return { python, version: stdout.trim() };
  }
  return null;
}

/**
 * Ours and the wanted peers that are here.
 * @param {{ peers: string[], node: string, threads: number }} options peers: groups; node: runs all JavaScript; threads: of BLAS and PyTorch
 * @returns {{ contestants: Contestant[], absent: string[] }} absent: those that are not, with what brings them
 */
export function findContestants({ peers, node, threads }) {
  const { scripts, absent } = findScripts(peers);
  const env = { OMP_NUM_THREADS: `${threads}`, OPENBLAS_NUM_THREADS: `${threads}`, MKL_NUM_THREADS: `${threads}`, PYTHONDONTWRITEBYTECODE: '1' };
  const modules = MODULES.filter(({ name }) => peers.includes(name)).flatMap(({ name, peer, debian }) => {
    const found = findPython(name);
    if (!found) absent.push(`${name} (a python3 with it; Debian: ${debian})`);
    return found ? [{
      name, group: name, version: found.version, sameWork: true, does: () => true,
      open: (/** @type {string} */ task) => openProcess(found.python, [path(`peers/${peer}.py`), JSON.stringify(tasks[task])], env),
    }] : [];
  });
  const own = scripts.map(({ peer, variant, ...script }) => ({
    ...script, open: (/** @type {string} */ task) => openProcess(node, [path('seat.js'), peer, variant, task]),
  }));
  const ours = own.filter(({ group }) => group === 'ours');
  return { contestants: [...ours, ...modules, ...own.slice(ours.length)], absent };
}
