// least-squares.js: 100,000 × 50 least squares, ours and scikit-learn's by turns · in: made numbers · out: medians in ms · next: ../../README.md
//
//   node tests/bench/least-squares.js [rounds]     PYTHON=… another interpreter; without scikit-learn only ours
//
// fit: LinearRegression.fit as a caller has it, with the check of every value and the copy into WebAssembly. core: wf_linear_fit alone, on
// rows that are there already, as scikit-learn has them. Both sides on one core. scikit-learn is
// as fast as the BLAS it is told to use, which is named.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LinearRegression } from 'wasmfit';
import { engineReady } from '../../src/js/engine.js';
import { Random } from '../../src/js/draws.js';

const ROWS = 100_000, COLS = 50, rounds = Number(process.argv[2] ?? 9);
const engine = await engineReady('linear'), { exports } = engine, random = new Random(0);
const x = Float64Array.from({ length: ROWS * COLS }, () => random.uniform() + random.uniform() - 1);
const weights = Float64Array.from({ length: COLS }, () => random.normal());
const y = Float64Array.from({ length: ROWS }, (_, i) => weights.reduce((sum, w, j) => sum + w * x[i * COLS + j], 1 + random.normal()));

const script = `
import os, sys, time
import numpy as np
from sklearn.linear_model import LinearRegression
X, y = np.fromfile(sys.argv[1]).reshape(${ROWS}, ${COLS}), np.fromfile(sys.argv[2])
files = {os.path.basename(os.path.realpath(line.split()[-1])) for line in open('/proc/self/maps') if 'blas' in line} if os.path.exists('/proc/self/maps') else ()
print(', '.join(sorted(file for file in files if file.startswith('lib'))) or 'BLAS unknown', flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    model = LinearRegression().fit(X, y)
    print((time.perf_counter() - start) * 1e3, model.coef_[0], flush=True)
`;

/** scikit-learn on the same numbers: the next line it says, and its end. @param {string} folder */
async function scikit(folder) {
  const python = [process.env.PYTHON, 'python3', '/usr/bin/python3'].find((name) => name && spawnSync(name, ['-c', 'import sklearn']).status === 0);
  if (!python) return undefined;
  const files = [x, y].map((_, i) => join(folder, `${i}`));
  await Promise.all([writeFile(files[0], x), writeFile(files[1], y)]);
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  const child = spawn(python, ['-c', script, ...files], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const says = async () => String((await lines.next()).value);
  return { blas: await says(), fit: () => (child.stdin.write('\n'), says()), end: () => child.stdin.end() };
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1].toFixed(1).padStart(7);
/** @type {Record<'fit' | 'core' | 'scikit', number[]>} */
const times = { fit: [], core: [], scikit: [] };

const folder = await mkdtemp(join(tmpdir(), 'least-squares-'));
const other = await scikit(folder);
const px = engine.copyIn(x, 'X'), py = engine.copyIn(y, 'y'), out = engine.alloc((COLS + 4) * 8, 'the result');
const model = new LinearRegression();
let theirs = NaN;
for (let round = 0; round < rounds; round++) {
  let before = performance.now();
  exports.wf_linear_fit(out, out + COLS * 8, out + COLS * 8 + 8, px, py, 0, ROWS, COLS, 1, 1);
  times.core.push(performance.now() - before);
  before = performance.now();
  await model.fit({ data: x, rows: ROWS, cols: COLS }, y, { worker: false });
  times.fit.push(performance.now() - before);
  if (!other) continue;
  const [ms, first] = (await other.fit()).split(' ').map(Number);
  times.scikit.push(ms);
  theirs = first;
}
other?.end();
await rm(folder, { recursive: true });

console.log(`${ROWS} × ${COLS}, medians of ${rounds}:   core ${median(times.core)} ms   fit ${median(times.fit)} ms`
  + (other ? `   scikit-learn ${median(times.scikit)} ms (${other.blas})` : '   scikit-learn: not here'));
if (other) console.log(`the first coefficient differs by ${Math.abs(theirs - engine.readF64(out, 1)[0]).toExponential(1)}`);
