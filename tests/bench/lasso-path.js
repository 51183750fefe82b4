// lasso-path.js: 100 alphas of the lasso, ours and scikit-learn's by turns · in: diabetes, 1000 × 500 made numbers · out: medians in ms · next: ../../README.md
//
//   node tests/bench/lasso-path.js [rounds]     PYTHON=… another interpreter; without scikit-learn only ours
//
// alphas from alpha_max down to a thousandth of it, evenly on the logarithm. Ours is timed with the copy into WebAssembly, centring and
// reading every solution; scikit-learn's lasso_path gets centred columns in its own order, and its own default tolerance, 1e-4.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datasets } from 'wasmfit';
import { engineReady } from '../../src/js/engine.js';
import { Random } from '../../src/js/draws.js';

/** @typedef {{ name: string, X: Float64Array, y: Float64Array, rows: number, cols: number }} Problem */
const ALPHAS = 100, rounds = Number(process.argv[2] ?? 15);
const engine = await engineReady('linear'), { exports } = engine;

/** As scikit-learn's make_regression: 50 of the columns count. @returns {Problem} */
function made(rows = 1000, cols = 500, noise = 10) {
  const random = new Random(0);
  const X = Float64Array.from({ length: rows * cols }, () => random.normal());
  const weights = Float64Array.from({ length: 50 }, () => 100 * random.uniform());
  const y = Float64Array.from({ length: rows }, (_, i) => weights.reduce((sum, w, j) => sum + w * X[i * cols + j], noise * random.normal()));
  return { name: `${rows} × ${cols}`, X, y, rows, cols };
}

/** @param {Problem} problem @param {number} tolerance */
function ours({ X, y, rows, cols }, tolerance) {
  let sweeps = 0, nonzero = 0;
  const before = performance.now();
  engine.scope((copy) => {
    const px = copy(X, 'X'), py = copy(y, 'y'), coef = copy(cols * 8, 'coef'), intercept = copy(8, 'intercept'), result = copy(40, 'result');
    const path = exports.wf_elastic_new(px, py, 0, rows, cols, 1, 1), most = exports.wf_elastic_alpha_max(path);
    for (let i = 0; i < ALPHAS; i++) {
      if (!exports.wf_elastic_run(path, most * 10 ** (-3 * i / (ALPHAS - 1)), tolerance, 1000)) throw new Error(`alpha ${i} does not converge`);
      exports.wf_elastic_solution(coef, intercept, result, path);
      engine.readF64(coef, cols);
      const [, , more, , count] = engine.readF64(result, 5);
      sweeps += more;
      nonzero = count;
    }
    exports.wf_elastic_free(path);
  });
  return { ms: performance.now() - before, sweeps, nonzero };
}

const script = `
import sys, time, warnings
import numpy as np
from sklearn.linear_model import lasso_path
warnings.filterwarnings('ignore')
for line in sys.stdin:
    file, rows, cols = line.split()
    data = np.fromfile(file).reshape(int(rows), int(cols) + 1)
    X, y = np.asfortranarray(data[:, :-1] - data[:, :-1].mean(0)), data[:, -1] - data[:, -1].mean()
    start = time.perf_counter()
    lasso_path(X, y, n_alphas=${ALPHAS}, eps=1e-3)
    print((time.perf_counter() - start) * 1e3, flush=True)
`;

/** @returns {{ time: (file: string, problem: Problem) => Promise<number>, end: () => void } | undefined} */
function scikit() {
  const python = [process.env.PYTHON, 'python3', '/usr/bin/python3'].find((name) => name && spawnSync(name, ['-c', 'import sklearn']).status === 0);
  if (!python) return undefined;
  const child = spawn(python, ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    time: async (file, { rows, cols }) => {
      child.stdin.write(`${file} ${rows} ${cols}\n`);
      return Number((await lines.next()).value);
    },
    end: () => child.stdin.end(),
  };
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1].toFixed(1).padStart(7);

const { X, y } = await datasets.load('diabetes');
const problems = [{ name: 'diabetes', X: /** @type {Float64Array} */ (X.data), y: Float64Array.from(/** @type {any} */ (y)), rows: X.rows, cols: X.cols }, made(), { ...made(1000, 500, 300), name: '1000 × 500, much noise' }];
const folder = await mkdtemp(join(tmpdir(), 'lasso-')), other = scikit();
if (!other) console.log('no python3 with scikit-learn here: only ours');
for (const problem of problems) {
  const { rows, cols } = problem, file = join(folder, 'data'), table = new Float64Array(rows * (cols + 1));
  for (let i = 0; i < rows; i++) table.set([...problem.X.subarray(i * cols, (i + 1) * cols), problem.y[i]], i * (cols + 1));
  await writeFile(file, table);
  /** @type {number[][]} */
  const times = [[], [], []];
  let last = ours(problem, 1e-4);
  for (let round = 0; round < rounds; round++) {
    times[0].push(ours(problem, 1e-4).ms);
    if (other) times[1].push(await other.time(file, problem));
    last = ours(problem, 1e-10);
    times[2].push(last.ms);
  }
  console.log(`${problem.name.padEnd(23)} ours ${median(times[0])} ms${other ? `   scikit-learn ${median(times[1])} ms` : ''}`
    + `   ours to all digits ${median(times[2])} ms   (${last.sweeps} sweeps, ${last.nonzero} columns at the end)`);
}
other?.end();
await rm(folder, { recursive: true });
