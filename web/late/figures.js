// the figures that are fetched when they are first chosen · in: their modules · out: figures by name · next: coefficients.js
export { coefficients } from './coefficients.js';
export { course } from './course.js';
export { quantiles } from './quantiles.js';
export { findRates, rates } from './rates.js';
export { residuals } from './residuals.js';
