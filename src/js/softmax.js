// softmax.js: from z = X w + b to probabilities, log loss and accuracy · in: z (rows, outputs) · out: numbers · next: logistic.js

const INVERSE_FACTORIALS = [1 / 6227020800, 1 / 479001600, 1 / 39916800, 1 / 3628800, 1 / 362880, 1 / 40320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2];
const power = new Float64Array(1), powerBits = new Int32Array(power.buffer);

/**
 * eˣ for x <= 0, of the same bits in every engine, as Math.exp is not; below e⁻⁷⁰⁸ it is 0. After wf_exp64 in src/kernels/scalar64.h.
 * @param {number} x
 */
export function exp(x) {
  if (!(x > -708)) return x <= -708 ? 0 : NaN;
  const n = Math.round(x * 1.4426950408889634);
  const high = x - n * 0.6931471805592082, low = n * 7.371002565167799e-13, r = high - low; // ln 2 in two parts
  const q = INVERSE_FACTORIALS.reduce((sum, value) => sum * r + value, 0);
  powerBits[1] = (n + 1023) << 20; // 2ⁿ
  return (1 + (r + (r * r * q + (high - r - low)))) * power[0];
}

/**
 * One output: the probability of the second class, 1 / (1 + e⁻ᶻ). Several: softmax, or with `apart` each for itself.
 * @param {{ data: Float64Array, rows: number, cols: number }} z
 * @param {boolean} apart
 * @returns {Float64Array} (rows, cols)
 */
export function probabilities({ data, rows, cols }, apart) {
  if (cols === 1 || apart) {
    return data.map((z) => {
      const e = exp(-Math.abs(z));
      return (z > 0 ? 1 : e) / (1 + e);
    });
  }
  const p = new Float64Array(data.length);
  for (let at = 0; at < rows * cols; at += cols) {
    const most = data.subarray(at, at + cols).reduce((max, z) => Math.max(max, z), -Infinity);
    let sum = 0;
    for (let k = at; k < at + cols; k++) sum += p[k] = exp(data[k] - most);
    for (let k = at; k < at + cols; k++) p[k] /= sum;
  }
  return p;
}

/** @typedef {import('./shapes.js').Matrix<Float64Array>} Matrix */
/** @typedef {import('./labels.js').Label} Label */

/**
 * The label of the greatest probability, or without classes 0 or 1 for each output.
 * @param {Matrix} z @param {Label[] | null} classes
 * @returns {Label[] | Matrix}
 */
export function decide({ data, rows, cols }, classes) {
  if (!classes) return { data: data.map((z) => Number(z > 0)), rows, cols };
  return Array.from({ length: rows }, (_, row) => classes[cols === 1 ? Number(data[row] > 0) : argmax(data, row * cols, cols)]);
}

/**
 * Probabilities of all classes, or without classes that of 1 for each output.
 * @param {Matrix} z @param {Label[] | null} classes
 * @returns {Matrix}
 */
export function chances(z, classes) {
  const { rows, cols } = z, data = probabilities(z, !classes);
  if (cols > 1 || !classes) return { data, rows, cols };
  return { data: Float64Array.from({ length: rows * 2 }, (_, i) => (i % 2 ? data[i >> 1] : 1 - data[i >> 1])), rows, cols: 2 };
}

/** @param {ArrayLike<number>} values @param {number} from @param {number} count */
function argmax(values, from, count) {
  let best = 0;
  for (let k = 1; k < count; k++) if (values[from + k] > values[from + best]) best = k;
  return best;
}

/**
 * Mean log loss and accuracy; several outputs apart: means over all of them.
 * @param {{ data: Float64Array, rows: number, cols: number }} z
 * @param {ArrayLike<number>} labels (rows), apart (rows, cols)
 * @param {boolean} apart
 * @returns {[number, number]}
 */
export function logLoss({ data, rows, cols }, labels, apart) {
  const alone = cols === 1 || apart, width = alone ? 1 : cols, count = alone ? rows * cols : rows;
  let loss = 0, right = 0;
  for (let i = 0; i < count; i++) {
    const at = i * width;
    if (alone) {
      loss += Math.max(data[at], 0) + Math.log1p(exp(-Math.abs(data[at]))) - labels[i] * data[at];
      right += Number(Number(data[at] > 0) === labels[i]);
    } else {
      const best = argmax(data, at, cols);
      let sum = 0;
      for (let k = at; k < at + cols; k++) sum += exp(data[k] - data[at + best]);
      loss += Math.log(sum) + data[at + best] - data[at + labels[i]];
      right += Number(best === labels[i]);
    }
  }
  return [loss / count, right / count];
}
