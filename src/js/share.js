// share.js: arrays that several tasks have in common, kept once and sent once · in: tasks · out: tasks without doubles, numbers for arrays · next: pool.js

/** @typedef {Exclude<ArrayBufferView, DataView>} Values */
/** @typedef {{ values: Values, bits: Uint8Array | Int32Array, uses: number, id: bigint }} One */

/**
 * A copy of plain objects and lists to any depth, with everything else (numbers, words, typed arrays) as `leaf` gives it.
 * @param {unknown} value
 * @param {(value: any) => unknown} leaf
 * @returns {any}
 */
export function mapLeaves(value, leaf) {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return leaf(value);
  if (Array.isArray(value)) return value.map((item) => mapLeaves(item, leaf));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapLeaves(item, leaf)]));
}

/** The bits, in the widest integers that fit. @param {Values} values */
function bitsOf({ buffer, byteOffset, byteLength }) {
  return byteOffset % 4 || byteLength % 4 ? new Uint8Array(buffer, byteOffset, byteLength) : new Int32Array(buffer, byteOffset, byteLength / 4);
}

/** @param {Uint8Array | Int32Array} a @param {Uint8Array | Int32Array} b as long as a */
function equal(a, b) {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return i === a.length;
}

/**
 * Of arrays with the same bits only the first is kept. That several tasks use the same rows is so seen after all preparation (encoding,
 * split, scaling), whatever that did: equal results are one array, others are their own.
 */
export class Shared {
  /** By kind and length. @type {Map<string, One[]>} */ #known = new Map();
  /** @type {Map<Values, One>} */ #kept = new Map();

  /** @param {Values} values @returns {Values} the first with these bits */
  #keep(values) {
    const kind = `${values.constructor.name} ${values.byteLength}`, bits = bitsOf(values);
    const alike = this.#known.get(kind) ?? [];
    this.#known.set(kind, alike);
    let found = this.#kept.get(values) ?? alike.find((other) => equal(other.bits, bits));
    if (!found) {
      found = { values, bits, uses: 0, id: BigInt(this.#kept.size) };
      alike.push(found);
      this.#kept.set(values, found);
    }
    found.uses++;
    return found.values;
  }

  /** A task as it was, without arrays that another has already. @template T @param {T} task @returns {T} */
  add(task) {
    return mapLeaves(task, (value) => (ArrayBuffer.isView(value) ? this.#keep(/** @type {Values} */ (value)) : value));
  }

  /**
   * For sending: arrays that several tasks have stand as bigints, of which tasks have no others.
   * @param {unknown} task that was added
   * @returns {{ task: any, arrays: Map<bigint, Values> }} restore puts the arrays in again
   */
  pack(task) {
    /** @type {Map<bigint, Values>} */
    const arrays = new Map();
    const packed = mapLeaves(task, (value) => {
      const { uses, id } = this.#kept.get(value) ?? { uses: 0, id: 0n };
      if (uses > 1) arrays.set(id, value);
      return uses > 1 ? id : value;
    });
    return { task: packed, arrays };
  }
}

/** @param {unknown} packed by Shared.pack @param {Map<bigint, Values>} arrays @returns {any} the task */
export const restore = (packed, arrays) => mapLeaves(packed, (value) => (typeof value === 'bigint' ? arrays.get(value) : value));
