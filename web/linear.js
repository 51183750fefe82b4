// the linear models, fetched when one is chosen · in: wasmfit · out: their classes · next: run.js
export { LinearRegression } from 'wasmfit';
