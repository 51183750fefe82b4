// registry.test.js: the tables of JavaScript stand in the order of the codes in C, and every entry trains · next: network.test.js
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { MLPRegressor, Network, dense } from 'wasmfit';
import * as registry from 'wasmfit/registry';

const header = await readFile(new URL('../../src/wasmfit_registry.h', import.meta.url), 'utf8');

/** The names in an X-macro of the header. @param {string} list */
function namesOf(list) {
  const body = header.match(new RegExp(`#define ${list}\\(X\\)((?:.*\\\\\\n)*.*)`))?.[1] ?? '';
  return [...body.matchAll(/X\(\w+, "(\w+)"/g)].map((match) => match[1]);
}

for (const [list, entries] of /** @type {const} */ ([['WF_ACTIVATIONS', registry.activations], ['WF_LOSSES', registry.losses], ['WF_OPTIMIZERS', registry.optimizers], ['WF_INITIALIZERS', registry.initializers]])) {
  test(`${list} has the names of the registry, in its order`, () => {
    const names = namesOf(list);
    assert.ok(names.length > 1);
    assert.deepEqual(entries.map((entry) => entry.name), names.slice(0, entries.length)); // until all are there
  });
}

/** Limits of the fields of an X-macro. @param {string} list @returns {Map<string, { least: string, greatest: string }>} */
function limitsOf(list) {
  const body = header.match(new RegExp(`#define ${list}\\(X\\)((?:.*\\\\\\n)*.*)`))?.[1] ?? '';
  return new Map([...body.matchAll(/X\((\w+), ([^,]+), ([^,]+), (\w+)\)/g)].map(([, field, least, greatest]) => [field, { least, greatest }]));
}

test('every numeric option has the limits that the core has', () => {
  const limits = new Map([...limitsOf('WF_CONFIG_FIELDS'), ...limitsOf('WF_LAYER_FIELDS'), ...limitsOf('WF_FIT_FIELDS')]);
  /** @type {Record<string, string>} */
  const other = { negativeSlope: 'slope', alpha: 'slope' };
  const options = [...registry.optimizers, ...registry.activations].flatMap((entry) => entry.options).concat(Object.values(registry.training));
  let compared = 0;
  for (const option of options) {
    if (typeof option.default === 'boolean') continue;
    const field = other[option.name] ?? option.name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const limit = limits.get(field);
    assert.ok(limit, `${option.name} is no field of the core`);
    assert.equal(option.min, Number(limit.least), `least ${option.name}`);
    assert.equal(option.max, Number(limit.greatest), `greatest ${option.name}`);
    compared++;
  }
  assert.ok(compared > 15);
});

test('every entry has a label, a description and sound defaults', () => {
  for (const entry of [...registry.activations, ...registry.losses, ...registry.optimizers, ...registry.initializers]) {
    assert.ok(entry.label && entry.doc, entry.name);
    for (const option of entry.options) {
      assert.ok(option.doc, `${entry.name}.${option.name}`);
      if (typeof option.default === 'number') assert.ok(option.default >= Number(option.min) && option.default <= Number(option.max));
    }
  }
});

const X = { data: Float64Array.from({ length: 60 }, (_, i) => ((i * 37) % 23) / 23 - 0.5), rows: 20, cols: 3 };
const y = Float64Array.from({ length: 20 }, (_, i) => X.data[i * 3] - X.data[i * 3 + 1] * X.data[i * 3 + 2]);

for (const { name } of registry.activations) {
  test(`a network with ${name} learns`, async () => {
    const model = new MLPRegressor({ hiddenLayers: [8], activation: name, epochs: 60, optimizer: { name: 'adam', learningRate: 0.02 } });
    const { loss } = await model.fit(X, y);
    assert.ok(loss[59] < loss[0] / 2, `${loss[0]} → ${loss[59]}`);
  });
}

for (const { name } of registry.optimizers) {
  test(`${name} lowers the loss`, async () => {
    const model = new MLPRegressor({ hiddenLayers: [8], activation: 'tanh', epochs: 60, optimizer: name });
    const { loss } = await model.fit(X, y);
    assert.ok(loss[59] < loss[0], `${loss[0]} → ${loss[59]}`);
  });
}

for (const { name } of registry.initializers) {
  test(`${name} gives finite starting weights`, async () => {
    const model = new Network({ inputs: 3, layers: [dense(8, { initializer: name }), dense(1, { initializer: name })], loss: 'mse', epochs: 1 });
    await model.fit(X, y, { shuffle: false });
    assert.ok(model.getWeights().every(({ data }) => data.every(Number.isFinite)));
  });
}
