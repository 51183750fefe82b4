// linear-late.js: what a linear model needs once it is fitted, fetched while it is · in: modules · out: their functions · next: linear-values.js
export { predictLinear } from './linear-values.js';
export { chances, decide } from './softmax.js';
export { summarize, summarizeLogistic } from './summary.js';
export { diagnose, interval } from './diagnostics.js';
