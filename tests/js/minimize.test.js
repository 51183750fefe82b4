// minimize.test.js: functions of one's own: PyTorch's iterates, known minima, and what goes wrong · next: gradient-check.test.js
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { minimize } from '../../src/js/index.js';
import { engineReady } from '../../src/js/engine.js';
import { extra, extraOptions, minimum, optimizerOf, quadratic, runs, slope, x0 } from './pytorch.js';

const valley = (/** @type {number[]} */ [p, q]) => (1 - p) ** 2 + 100 * (q - p * p) ** 2;
const valleySlope = (/** @type {number[]} */ [p, q]) => [-2 * (1 - p) - 400 * p * (q - p * p), 200 * (q - p * p)];

/** Every point, as a share of the greatest number of its row or of 1. @param {any} path @param {number[][]} expected */
function farthest({ data, rows, cols }, expected) {
  assert.equal(rows, expected.length);
  const shares = expected.map((row, r) => Math.max(...row.map((value, c) => Math.abs(data[r * cols + c] - value))) / Math.max(1, ...row.map(Math.abs)));
  assert.ok(shares.every(Number.isFinite));
  return Math.max(...shares);
}

describe("iterates on PyTorch's quadratic", () => {
  for (const [name, run] of Object.entries(runs)) {
    test(`${name}: all 50 are PyTorch's to 1e-12`, async () => {
      const { path, stopped, iterations, values, x } = await minimize(quadratic, x0, { gradient: slope, optimizer: optimizerOf(run), iterations: 50 });
      assert.deepEqual([stopped, iterations, values.length], ['iterations', 50, 51]);
      const off = farthest(path, run.x);
      assert.ok(off <= 1e-12, `off by ${off}`);
      assert.deepEqual([...x], [...path.data.slice(-5)]);
      assert.equal(values[50], quadratic(x));
    });
  }

  for (const [name, options] of Object.entries(extraOptions)) {
    test(`${name}: all 50 are PyTorch's to 1e-12`, async () => {
      const { path, learningRates, stopped } = await minimize(quadratic, x0, { gradient: slope, iterations: 50, ...options });
      const off = farthest(path, extra[name].x);
      assert.ok(off <= 1e-12, `off by ${off}`);
      assert.equal(stopped, 'iterations');
      assert.equal(learningRates.length, 50);
      extra[name].learningRate?.forEach((/** @type {number} */ rate, /** @type {number} */ t) => assert.ok(Math.abs(learningRates[t] - rate) < 1e-15, `rate ${t}`));
    });
  }

  test('nothing of the reference is left out', () => {
    assert.deepEqual(Object.keys(extraOptions), Object.keys(extra));
    assert.ok(Object.keys(runs).length === 21);
  });
});

describe('minima that are known', () => {
  for (const optimizer of ['lbfgs', 'conjugateGradient', 'newtonCG']) {
    for (const gradient of [undefined, true]) {
      const how = `${optimizer}, ${gradient ? 'its gradient' : 'differences'}`;
      const with_ = (/** @type {any} */ given) => ({ optimizer, ...gradient && { gradient: given } });

      test(`${how}: x² is 0 at 0, x² + x⁴ / 2 too, whatever the start`, async () => {
        for (const start of [3, -0.01, 1e4]) {
          for (const [f, given] of /** @type {const} */ ([[(/** @type {number} */ x) => x * x, (/** @type {number} */ x) => 2 * x], [(/** @type {number} */ x) => x * x + x ** 4 / 2, (/** @type {number} */ x) => 2 * x + 2 * x ** 3]])) {
            const { x, value, stopped } = await minimize(f, start, with_(given));
            assert.ok(typeof x === 'number' && Math.abs(x) < 1e-6 && value < 1e-12, `${x}`);
            assert.equal(stopped, 'converged');
          }
        }
      });

      test(`${how}: Rosenbrock's valley ends at (1, 1), and values fall along the path`, async () => {
        const { x, values, path, stopped, evaluations, iterations, learningRates, gradientNorms } = await minimize(valley, [-1.2, 1], with_(valleySlope));
        assert.equal(stopped, 'converged');
        for (const value of /** @type {Float64Array} */ (x)) assert.ok(Math.abs(value - 1) < 1e-6, `${value}`);
        values.forEach((value, i) => assert.ok(i === 0 || value < values[i - 1]));
        assert.deepEqual([...path.data.slice(0, 2)], [-1.2, 1]);
        assert.deepEqual([path.rows, values.length, gradientNorms.length, learningRates.length].map((n) => n - iterations), [1, 1, 1, 0]);
        assert.ok(learningRates.every((length) => length > 0));
        assert.ok(evaluations < (gradient ? 130 : 700), `${evaluations} evaluations`);
        assert.ok(Math.abs(gradientNorms[0] - Math.hypot(...valleySlope([-1.2, 1]))) < 1e-5);
      });

      test(`${how}: the quadratic's minimum to 1e-7`, async () => {
        const { path } = await minimize(quadratic, x0, with_(slope));
        assert.ok(farthest({ ...path, data: path.data.slice(-5), rows: 1 }, [minimum]) < 1e-7);
      });
    }
  }

  test('first-order optimisers end at the tolerance: the greatest partial derivative', async () => {
    const { x, stopped } = await minimize(quadratic, x0, { gradient: slope, optimizer: { name: 'sgd', learningRate: 0.3 }, tolerance: 1e-4 });
    const most = Math.max(...slope(/** @type {Float64Array} */ (x)).map(Math.abs));
    assert.ok(stopped === 'converged' && most <= 1e-4 && most > 0.8e-4, `${stopped} at ${most}`);
  });

  test('differences are right to 1e-9 of the derivative near 1, to 1e-7 far out', async () => {
    for (const start of [1e-3, 2, 50]) {
      const { gradientNorms } = await minimize(Math.exp, start, { iterations: 1, optimizer: { name: 'sgd', learningRate: 0 } });
      assert.ok(Math.abs(gradientNorms[0] / Math.exp(start) - 1) < (start > 10 ? 1e-7 : 1e-9), `${start}: ${gradientNorms[0]}`);
    }
  });

  test("lossTolerance ends it only where it is asked for; the optimizer's own tolerance counts", async () => {
    const all = await minimize(valley, [-1.2, 1], { gradient: valleySlope }), some = await minimize(valley, [-1.2, 1], { gradient: valleySlope, optimizer: { name: 'lbfgs', lossTolerance: 1e-3 } });
    assert.ok(some.iterations > 3 && some.iterations < all.iterations && some.stopped === 'converged');
    const loose = await minimize(valley, [-1.2, 1], { gradient: valleySlope, optimizer: { name: 'lbfgs', tolerance: 0.1 } });
    assert.ok(loose.iterations < all.iterations);
  });
});

describe('what goes wrong with a function', () => {
  test('a value that becomes infinite ends it as diverged, at the last finite point', async () => {
    const { x, value, values, path, stopped, message } = await minimize((/** @type {number} */ x) => x ** 4, 3, { optimizer: { name: 'sgd', learningRate: 0.5 } });
    assert.equal(stopped, 'diverged');
    assert.ok(Number.isFinite(x) && Number.isFinite(value) && values.every(Number.isFinite) && path.data.every(Number.isFinite));
    assert.match(String(message), /^f is Infinity after 5 iterations.*learningRate below 0\.5/);
  });

  test('so do a gradient and a point that are not finite, and f is not asked there', async () => {
    const optimizer = { name: 'sgd', learningRate: 1e6 };
    const one = await minimize(([p, q]) => p + q, [1, 2], { optimizer, gradient: ([p]) => [1, p < 0 ? NaN : 0] });
    assert.match(String(one.message), /^gradient\[1\] is NaN after 1 iterations/);
    const two = await minimize((x) => assert.ok(Number.isFinite(x)) ?? 1, 1, { optimizer, gradient: () => 1e304 });
    assert.match(String(two.message), /^x\[0\] is -Infinity/);
  });

  test('a line search steps back from where a function is not finite', async () => {
    for (const optimizer of ['lbfgs', 'conjugateGradient', 'newtonCG']) {
      const { x, stopped } = await minimize((x) => -Math.log(1 - x) - 2 * x, -1, { optimizer });
      assert.ok(Math.abs(Number(x) - 0.5) < 1e-6 && stopped === 'converged', `${optimizer}: ${stopped} at ${x}`);
    }
  });

  test('a function without a minimum, or with the gradient of another, stops and says so', async () => {
    const endless = await minimize((x) => x, 3), wrong = await minimize(valley, [-1.2, 1], { gradient: (x) => valleySlope(x).map((g) => -g) });
    for (const { stopped, message, x } of [endless, wrong]) {
      assert.equal(stopped, 'stopped');
      assert.match(String(message), /no lower value/);
    }
    assert.deepEqual([endless.x, [...(/** @type {Float64Array} */ (wrong.x))]], [3, [-1.2, 1]]);
  });

  test('what f or gradient throw arrives as it is, and the core is free again', async () => {
    const mine = new Error('mine');
    const { memory } = (await engineReady('double')).exports;
    const held = memory.buffer.byteLength;
    for (let i = 0; i < 3000; i++) {
      let calls = 0;
      await assert.rejects(minimize(() => { if (calls++ > 2) throw mine; return 1; }, new Float64Array(200).fill(1)), (error) => error === mine);
    }
    await assert.rejects(minimize((x) => x, 1, { gradient: () => { throw mine; } }), (error) => error === mine);
    assert.equal(memory.buffer.byteLength, held);
  });

  test('a signal that is none is refused', async () => {
    for (const signal of [{}, 'stop', null]) await assert.rejects(minimize((x) => x * x, 1, { signal: /** @type {any} */ (signal) }), { name: 'TypeError', message: /^minimize: signal must be an AbortSignal/ });
  });

  test('a signal ends it with its reason', async () => {
    const control = new AbortController(), endless = minimize((x) => Math.cos(x) + 2, 1, { optimizer: { name: 'sgd', learningRate: 1e-9 }, iterations: 1e6, tolerance: 0, signal: control.signal });
    setTimeout(() => control.abort(new Error('enough')), 20);
    await assert.rejects(endless, /enough/);
    await assert.rejects(minimize((x) => x, 1, { signal: AbortSignal.abort(new Error('before')) }), /before/);
  });

  test('f may change what it is given; x0 and options stay as they are', async () => {
    const start = Object.freeze([-1.2, 1]), options = Object.freeze({ optimizer: Object.freeze({ name: 'lbfgs' }) });
    const rude = await minimize((x) => { const value = valley(x); x.fill(NaN); return value; }, start, options), polite = await minimize(valley, start, options);
    assert.deepEqual(rude, polite);
  });

  const wrong = /** @type {[string, any[], any][]} */ ([
    ['f', [3, 1], /TypeError: minimize: f must be a function of x, not 3/],
    ['x0 as text', [valley, '1'], /TypeError: minimize: x0 must be a number or an array of numbers, not "1"/],
    ['x0 empty', [valley, []], /RangeError: minimize: x0 is empty/],
    ['x0 with NaN', [valley, [1, NaN]], /RangeError: minimize: x0\[1\] is NaN; it must be finite/],
    ['x0 infinite', [valley, Infinity], /RangeError: minimize: x0 is Infinity/],
    ['x0 with null', [valley, [null, 1]], /TypeError: minimize: x0\[0\] must be a number, not null/],
    ['a value that is text', [() => '1', 1], /TypeError: minimize: f must return a number, not "1"/],
    ['a promise', [async () => 1, 1], /TypeError: minimize: f must return a number, not Promise/],
    ['a value that is NaN', [() => NaN, 1], /RangeError: minimize: f is NaN at x0; it must be finite/],
    ['a gradient that is no function', [valley, [1, 1], { gradient: 1 }], /TypeError: minimize: gradient must be a function of x, not 1/],
    ['a gradient of another length', [valley, [1, 1], { gradient: () => [1] }], /RangeError: minimize: gradient returns 1 numbers; x has 2/],
    ['a gradient that is a number', [valley, [1, 1], { gradient: () => 1 }], /TypeError: minimize: gradient must return an array of numbers, not 1/],
    ['a gradient with text', [valley, [1, 1], { gradient: () => [1, '2'] }], /TypeError: minimize: gradient\(\)\[1\] must be a number, not "2"/],
    ['a gradient that is infinite', [valley, [1, 1], { gradient: () => [1, Infinity] }], /RangeError: minimize: gradient\[1\] is Infinity at x0/],
    ['an unknown option', [valley, [1, 1], { optimiser: 'adam' }], /TypeError: minimize: unknown option "optimiser"; did you mean "optimizer"/],
    ['an unknown optimizer', [valley, [1, 1], { optimizer: 'adma' }], /RangeError: minimize: optimizer "adma" is unknown; did you mean "adam"/],
    ['iterations', [valley, [1, 1], { iterations: 0.5 }], /RangeError: minimize: iterations is 0.5/],
    ['tolerance', [valley, [1, 1], { tolerance: -1 }], /RangeError: minimize: tolerance is -1/],
    ['a schedule for a line search', [valley, [1, 1], { schedule: 'cosine' }], /RangeError: minimize: schedule does not go with the optimizer lbfgs/],
    ['clip for a line search', [valley, [1, 1], { optimizer: 'newtonCG', clip: { norm: 1 } }], /RangeError: minimize: clip does not go with the optimizer newtonCG/],
  ]);
  for (const [name, args, message] of wrong) test(`refused: ${name}`, () => assert.rejects(minimize(.../** @type {[any, any, any]} */ (args)), (error) => message.test(String(error)) || assert.fail(String(error))));
});
