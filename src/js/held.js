// held.js: arrays in the core for as long as a fit needs them · in: arrays · out: pointers · next: native-fit.js

/** How many rows of so many bytes are copied into the core at a time, so that they stay in its caches: whole blocks of 64, as the core takes them. @param {number} bytes */
export const rowsAtOnce = (bytes) => Math.max(1, Math.floor(2 ** 18 / bytes / 64)) * 64;

/** Copies of arrays in the core that live until they are freed together. */
export class Held {
  /** @type {number[]} */ #pointers = [];

  /** @param {import('./core.js').Engine} engine */
  constructor(engine) {
    this.engine = engine;
  }

  /** @param {import('./core.js').Copied | number} values a number stands for that many bytes @returns {number} a pointer */
  take(values) {
    const pointer = typeof values === 'number' ? this.engine.alloc(values, 'the data set') : this.engine.copyIn(values, 'the data set');
    this.#pointers.push(pointer);
    return pointer;
  }

  free() {
    for (const pointer of this.#pointers.splice(0)) this.engine.free(pointer);
  }
}
