// inference.js: the entry wasmfit/inference: how sure one can be · in: a fitted model, a probability · out: intervals, quantiles · next: conformal.js
export { conformal } from './conformal.js';
export { normalQuantile } from './distributions.js';
