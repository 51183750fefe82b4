// finite.js: whether all values are finite; a core that is loaded lends a faster way · in: floats · out: yes or no · next: matrix.js

export const finite = {
  /** @param {Float32Array | Float64Array} data */
  all(data) {
    let zero = 0;
    for (let i = 0; i < data.length; i++) zero += data[i] * 0;
    return zero === 0;
  },
};
