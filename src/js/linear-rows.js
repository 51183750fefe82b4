// linear-rows.js: rows of a linear model into the core, in f64: whole, or block by block · in: task · out: pointers · next: least-squares.js

/** @typedef {import('./least-squares.js').LinearTask} LinearTask */
/** @typedef {import('./least-squares.js').Copy} Copy */
/** @typedef {import('./core.js').Engine} Engine */

/** Values of a part or block: with the block in f64 they stay in the second cache. */
const PART = 2 ** 15;

/** Values in f32 or f64 into f64 at a pointer, in parts. @param {Engine} engine @param {number} to @param {Float64Array | Float32Array} values */
function write(engine, to, values) {
  if (values instanceof Float64Array) engine.write(to, values);
  else {
    engine.scope((copy) => {
      const part = copy(Math.min(values.length, PART) * 4, 'the data set');
      for (let at = 0; at < values.length; at += PART) {
        const some = values.subarray(at, at + PART);
        engine.write(part, some);
        engine.exports.wf_widen(to + at * 8, part, some.length);
      }
    });
  }
}

/** A copy in f64. @param {Engine} engine @param {(bytes: number, what: string) => number} take @param {Float64Array | Float32Array} values */
export function copyWide(engine, take, values) {
  const pointer = take(values.length * 8, 'the data set');
  write(engine, pointer, values);
  return pointer;
}

/** X and y of a task, as they are, where the core keeps them. @typedef {{ x: number, y: number }} Places */

/**
 * A way to show all rows to a function of the core, block by block, as often as it takes.
 * @param {Engine} engine @param {Copy} copy @param {LinearTask} task @param {Places | null} places null: the rows are not in the core
 * @returns {(see: (x: number, single: number, y: number, weight: number, rows: number) => void) => void} pointers; single: x is in f32; weight 0: none
 */
export function inBlocks(engine, copy, { x, y, weight, rows, features, outputs }, places) {
  const size = Math.min(rows, Math.max(1, Math.floor(PART / features))), bytes = x.BYTES_PER_ELEMENT, single = Number(x instanceof Float32Array);
  const [px, py, pw] = [places ? 0 : features * bytes, places ? 0 : outputs * 8, weight ? 8 : 0].map((width) => (width ? copy(size * width, 'the data set') : 0));
  return (see) => {
    for (let at = 0; at < rows; at += size) {
      const end = Math.min(rows, at + size);
      if (weight) engine.write(pw, weight.subarray(at, end));
      if (!places) {
        engine.write(px, x.subarray(at * features, end * features));
        engine.write(py, y.subarray(at * outputs, end * outputs));
      }
      see(places ? places.x + at * features * bytes : px, single, places ? places.y + at * outputs * 8 : py, pw, end - at);
    }
  };
}
