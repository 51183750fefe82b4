// later.js: functions whose code is fetched when they are first called · in: the call · out: what it gives · next: load.js

/** A fitted model from the bytes that save() wrote; see load.js. @type {typeof import('./load.js').load} */
export const load = async (bytes) => (await import('./load.js')).load(bytes);

/** Elastic nets for a list of penalties; see paths.js. @type {typeof import('./paths.js').lassoPath} */
export const lassoPath = async (X, y, options) => (await import('./paths.js')).lassoPath(X, y, options);

/** Ridge regressions for a list of penalties; see paths.js. @type {typeof import('./paths.js').ridgePath} */
export const ridgePath = async (X, y, options) => (await import('./paths.js')).ridgePath(X, y, options);
