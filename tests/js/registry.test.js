// registry.test.js: the tables of JavaScript stand in the order of the codes in C, and every entry trains · next: network.test.js
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { MLPRegressor, Network, dense } from 'wasmfit';
import * as registry from 'wasmfit/registry';
import { CONFIG, FIT, LAYER, REPORT } from '../../src/js/fields.js';

const header = await readFile(new URL('../../src/wasmfit_registry.h', import.meta.url), 'utf8');

/** The names in an X-macro of the header. @param {string} list */
function namesOf(list) {
  const body = header.match(new RegExp(`#define ${list}\\(X\\)((?:.*\\\\\\n)*.*)`))?.[1] ?? '';
  return [...body.matchAll(/X\(\w+, "(\w+)"/g)].map((match) => match[1]);
}

/** @type {[string, readonly registry.Entry[]][]} */
const LISTS = [['WF_LAYERS', registry.layers], ['WF_ACTIVATIONS', registry.activations], ['WF_LOSSES', registry.losses], ['WF_OPTIMIZERS', registry.optimizers], ['WF_INITIALIZERS', registry.initializers],
  ['WF_SCHEDULES', registry.schedules], ['WF_BATCH_SCHEDULES', registry.batchSchedules], ['WF_AVERAGES', registry.averages], ['WF_RESAMPLES', registry.resamples]];

for (const [list, entries] of LISTS) {
  test(`${list} has the names of the registry, in its order`, () => {
    const names = namesOf(list);
    assert.ok(names.length > 1);
    assert.deepEqual(entries.map((entry) => entry.name), names);
  });
}

/** @param {string} name */
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Limits of the fields of an X-macro. @param {string} list @returns {Map<string, { least: string, greatest: string }>} */
function limitsOf(list) {
  const body = header.match(new RegExp(`#define ${list}\\(X\\)((?:.*\\\\\\n)*.*)`))?.[1] ?? '';
  return new Map([...body.matchAll(/X\((\w+), ([^,]+), ([^,]+), (\w+)\)/g)].map(([, field, least, greatest]) => [field, { least, greatest }]));
}

for (const [list, fields] of /** @type {const} */ ([['WF_CONFIG_FIELDS', CONFIG], ['WF_LAYER_FIELDS', LAYER], ['WF_FIT_FIELDS', FIT]])) {
  test(`${list} are packed in its order, with defaults within its limits`, () => {
    const limits = limitsOf(list);
    assert.deepEqual(fields.map(([name]) => snake(name)), [...limits.keys()]);
    for (const [name, value] of fields) {
      if (['inputs', 'layers', 'units', 'batchSize', 'epochs'].includes(name)) continue; // always given
      const { least, greatest } = /** @type {{ least: string, greatest: string }} */ (limits.get(snake(name)));
      assert.ok(!(value < Number(least)) && !(value > Number(greatest)), `${name} = ${value}`);
    }
  });
}

test('a report has the columns of WF_REPORT_FIELDS', () => {
  const body = header.match(/#define WF_REPORT_FIELDS\(X\)((?:.*\\\n)*.*)/)?.[1] ?? '';
  assert.deepEqual(REPORT.map(snake), [...body.matchAll(/X\((\w+)\)/g)].map((match) => match[1]));
});

/** Where an option has another name in the core, by kind and name. @type {Record<string, string>} */
const OTHER = {
  negativeSlope: 'slope', 'elu.alpha': 'slope', 'binaryFocal.alpha': 'focal_alpha', 'batchNorm.momentum': 'norm_momentum', 'batchNorm.epsilon': 'norm_epsilon', 'layerNorm.epsilon': 'norm_epsilon',
  'constant.size': 'batch_size', 'growing.size': 'batch_size', 'growing.factor': 'batch_factor', 'growing.every': 'batch_every', most: 'batch_most', least: 'batch_least',
  'ema.decay': 'average_decay', 'swa.start': 'average_start', 'swa.every': 'average_every', value: 'clip_value', norm: 'clip_norm', globalNorm: 'clip_global_norm',
  'plateau.patience': 'plateau_patience', threshold: 'plateau_threshold', cooldown: 'plateau_cooldown', 'earlyStopping.patience': 'stop_patience', minDelta: 'stop_min_delta',
  restoreBest: 'restore_best', sparsity: 'prune_sparsity', begin: 'prune_begin', end: 'prune_end', dropout: 'rate', start: 'average_start',
};

test('every numeric option has the limits that the core has', () => {
  const limits = new Map(['WF_CONFIG_FIELDS', 'WF_LAYER_FIELDS', 'WF_FIT_FIELDS'].flatMap((list) => [...limitsOf(list)]));
  const kinds = [...LISTS.flatMap(([, entries]) => entries.map(({ name, options }) => ({ name, options }))), ...Object.entries(registry.techniques).map(([name, options]) => ({ name, options })),
    { name: 'training', options: Object.values(registry.training) }];
  let compared = 0;
  for (const kind of kinds) {
    for (const option of kind.options) {
      if (option.min === undefined || option.name === 'milestones') continue; // switches, words; the core judges milestones one by one
      const field = OTHER[`${kind.name}.${option.name}`] ?? OTHER[option.name] ?? snake(option.name), limit = limits.get(field);
      assert.ok(limit, `${kind.name}.${option.name} is no field of the core`);
      assert.equal(option.min, Number(limit.least), `least ${kind.name}.${option.name}`);
      assert.equal(option.max, Number(limit.greatest), `greatest ${kind.name}.${option.name}`);
      compared++;
    }
  }
  assert.ok(compared > 100, String(compared));
});

test('every entry has a label and a description, every option one too and a sound default', () => {
  const tables = [...LISTS.map(([, entries]) => entries), registry.linearModels];
  for (const entry of tables.flat()) assert.ok(entry.label && entry.doc, entry.name);
  for (const option of [...tables.flat().flatMap(({ options }) => options), ...Object.values(registry.techniques).flat(), ...Object.values(registry.training)]) {
    assert.ok(option.doc, option.name);
    if (typeof option.default === 'number') assert.ok(option.default >= Number(option.min) && option.default <= Number(option.max), option.name);
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
    assert.ok(loss[loss.length - 1] < loss[0], `${loss[0]} → ${loss[loss.length - 1]}`); // full-batch methods may converge before
  });
}

for (const { name } of registry.initializers) {
  test(`${name} gives finite starting weights`, async () => {
    const model = new Network({ inputs: 3, layers: [dense(8, { initializer: name }), dense(1, { initializer: name })], loss: 'mse', epochs: 1 });
    await model.fit(X, y, { shuffle: false });
    assert.ok(model.getWeights().every(({ data }) => data.every(Number.isFinite)));
  });
}
