// logistic.js: 20,000 × 30 logistic regression without penalty, ours and scikit-learn's by turns · in: made numbers · out: medians in ms · next: ../../README.md
//
//   node tests/bench/logistic.js [rounds]     PYTHON=… another interpreter; without scikit-learn only ours
//
// Each until its largest gradient of the mean loss is below 1e-4. core: wf_logistic_* alone, on rows that are there already, as
// scikit-learn has them; newton: the same by the other solver; fit: LogisticRegression.fit as a caller has it. All on one core.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogisticRegression } from 'wasmfit';
import { engineReady } from '../../src/js/engine.js';
import { Random } from '../../src/js/draws.js';

const ROWS = 20_000, COLS = 30, TOLERANCE = 1e-4, rounds = Number(process.argv[2] ?? 25);
const engine = await engineReady('linear'), { exports } = engine, random = new Random(8);
const weights = Float64Array.from({ length: COLS }, () => 0.5 * random.normal());
const x = Float64Array.from({ length: ROWS * COLS }, () => random.normal());
const y = Int32Array.from({ length: ROWS }, (_, i) => Number(random.uniform() < 1 / (1 + Math.exp(-weights.reduce((sum, w, j) => sum + w * x[i * COLS + j], 0.3)))));

const script = `
import sys, time
import numpy as np
from sklearn.linear_model import LogisticRegression
X, y = np.fromfile(sys.argv[1]).reshape(${ROWS}, ${COLS}), np.fromfile(sys.argv[2], dtype=np.int32)
for line in sys.stdin:
    start = time.perf_counter()
    model = LogisticRegression(penalty=None, tol=${TOLERANCE}).fit(X, y)
    elapsed = time.perf_counter() - start
    print(elapsed * 1e3, -model.predict_log_proba(X)[np.arange(${ROWS}), y].mean(), flush=True)
`;

/** scikit-learn on the same numbers: a fit as [ms, loss], and its end. @param {string} folder */
async function scikit(folder) {
  const python = [process.env.PYTHON, 'python3', '/usr/bin/python3'].find((name) => name && spawnSync(name, ['-c', 'import sklearn']).status === 0);
  if (!python) return undefined;
  const files = ['x', 'y'].map((name) => join(folder, name));
  await Promise.all([writeFile(files[0], x), writeFile(files[1], y)]);
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };
  const child = spawn(python, ['-c', script, ...files], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    fit: async () => (child.stdin.write('\n'), String((await lines.next()).value).split(' ').map(Number)),
    end: () => child.stdin.end(),
  };
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1].toFixed(1).padStart(6);
/** @type {Record<'core' | 'newton' | 'fit' | 'scikit', number[]>} */
const times = { core: [], newton: [], fit: [], scikit: [] };
/** @type {Record<string, number>} */
const loss = {};

const px = engine.copyIn(x, 'X'), py = engine.copyIn(y, 'y'), out = engine.alloc((COLS + 6) * 8, 'the result');

/** @param {'core' | 'newton'} name @param {number} solver */
function core(name, solver) {
  const before = performance.now();
  const logistic = exports.wf_logistic_new(px, 0, py, 0, ROWS, COLS, 1, 1, 0, 0, solver);
  const converged = exports.wf_logistic_run(logistic, TOLERANCE, 100) === 1;
  exports.wf_logistic_solution(out, out + COLS * 8, out + COLS * 8 + 8, logistic);
  times[name].push(performance.now() - before);
  exports.wf_logistic_free(logistic);
  loss[name] = converged ? -engine.readF64(out + COLS * 8 + 8, 2)[1] / ROWS : NaN;
}

const folder = await mkdtemp(join(tmpdir(), 'logistic-'));
const other = await scikit(folder);
const model = new LogisticRegression({ penalty: 'none', tolerance: TOLERANCE });
for (let round = 0; round < rounds; round++) {
  core('core', 0);
  core('newton', 1);
  const before = performance.now();
  await model.fit({ data: x, rows: ROWS, cols: COLS }, y, { worker: false });
  times.fit.push(performance.now() - before);
  if (!other) continue;
  const [ms, theirs] = await other.fit();
  times.scikit.push(ms);
  loss.scikit = theirs;
}
other?.end();
await rm(folder, { recursive: true });

console.log(`${ROWS} × ${COLS}, medians of ${rounds}:   core ${median(times.core)} ms   newton ${median(times.newton)} ms   fit ${median(times.fit)} ms`
  + (other ? `   scikit-learn ${median(times.scikit)} ms` : '   scikit-learn: not here'));
console.log(`mean loss:   ${Object.entries(loss).map(([name, value]) => `${name} ${value.toFixed(8)}`).join('   ')}`);
