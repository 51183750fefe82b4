// the registry's techniques as fields of the state and as options of a network · in: registry, values · out: fields, labels, models · next: state.js
import { MLPClassifier, MLPRegressor, Network, batchNorm, dense, dropout, layerNorm } from 'wasmfit';
import * as registry from 'wasmfit/registry';
import { said } from './text/text.js';

const of = ['mlp'];
const lossesOf = targets => registry.losses.filter(entry => targets.includes(entry.targets));

/* What stands after every hidden layer; its options are the layers' own defaults. */
const normalizations = ['batch', 'layer'].map(name => ({ ...registry.layers.find(layer => layer.name === `${name}Norm`), name, options: [] }));

/** What is chosen by name, and from which list. Losses are two choices, as a target is numbers or classes; 'B' are for two classes. */
export const families = {
  normalization: [{ name: 'none', label: 'none', doc: '', options: [] }, ...normalizations],
  activation: registry.activations, optimizer: registry.optimizers, loss: lossesOf('N'), classLoss: lossesOf('CB'), initializer: registry.initializers,
  schedule: registry.schedules, batchSchedule: registry.batchSchedules, averaging: registry.averages, resample: registry.resamples,
};

/* Options that have their control in view, whatever optimizer or batch they belong to. */
const shared = { learningRate: 'rate', momentum: 'momentum', weightDecay: 'decay', size: 'batch' };
const keyOf = (family, entry, { name }) => (['optimizer', 'batchSchedule'].includes(family) && shared[name]) || `${entry}.${name}`;
const starts = { 'multiStep.milestones': [50, 100] };

/* What needs batches: an optimizer without a learning rate looks at all rows at each step, and cannot have it. */
const BATCHED = ['schedule', 'batchSchedule', 'averaging', 'resample', 'pruning', 'inputNoise', 'mixup', 'clip.value', 'clip.norm', 'clip.globalNorm'];
const CLASSES = ['classLoss', 'classWeight', 'resample'];

/* A field of the state for an option of the registry; kind: whose option it is; optional: '' stands for no value. */
function fieldOf({ name, default: start, choices, list, ...limits }, kind, rest) {
  const optional = start === undefined && !list;
  const common = { of, more: true, kind: 'number', option: name, owner: kind, optional, fallback: start ?? '', ...rest };
  if (typeof start === 'boolean') return { ...common, kind: 'flag' };
  if (choices && limits.min === undefined) return { ...common, kind: 'choice', choices: optional ? ['', ...choices] : choices };
  return { ...common, ...limits, open: limits.above, kind: list && start === undefined ? 'list' : limits.integer ? 'integer' : 'number' };
}

function everything() {
  const made = {};
  const choice = (key, choices) => (made[key] = { kind: 'choice', of, more: true, choices, fallback: choices[0] });
  for (const [family, entries] of Object.entries(families)) {
    if (!['activation', 'optimizer'].includes(family)) choice(family, entries.map(({ name }) => name));
    for (const entry of entries) {
      for (const option of entry.options) {
        const key = keyOf(family, entry.name, option);
        if (key.includes('.')) made[key] = fieldOf(option, entry.name, { when: [family, entry.name], ...(key in starts && { fallback: starts[key] }) });
      }
    }
  }
  for (const [name, options] of Object.entries(registry.techniques)) {
    if (name !== 'clip') made[name] = { kind: 'flag', of, more: true, fallback: false };
    for (const option of options) made[`${name}.${option.name}`] = fieldOf(option, name, name === 'clip' ? {} : { when: [name, true] });
  }
  for (const name of ['dropout', 'l1', 'l2', 'maxNorm', 'inputNoise', 'mixup']) made[name] = fieldOf(registry.training[name], 'training', {});
  choice('classWeight', ['none', 'balanced']);
  made.recordGradient = { kind: 'flag', of, more: true, fallback: false };
  for (const key of BATCHED) made[key].batched = true;
  for (const key of CLASSES) made[key].task = 'classification';
  made.loss.task = 'regression';
  return made;
}

/** The fields beyond those in view: `when` [key, value] says what they depend on, `task` for which targets they are. */
export const moreFields = everything();

const entryOf = (family, name) => families[family].find(entry => entry.name === name);

/** Does the optimizer `name` have the option? */
export const optimizerHas = (name, option) => entryOf('optimizer', name).options.some(entry => entry.name === option);

/** Has a choice that the field depends on been made, and can the optimizer have it? */
export function counts(key, values) {
  const { when, batched } = moreFields[key];
  if (batched && !optimizerHas(values.optimizer, 'learningRate')) return false;
  return !when || (values[when[0]] === when[1] && (!moreFields[when[0]] || counts(when[0], values)));
}

const spaced = name => (name[0].toUpperCase() + name.slice(1)).replace(/[a-z](?=[A-Z])/g, '$& ').replace(/ [A-Z]/g, letter => letter.toLowerCase());

/** { label, doc } of an entry of a family, in the reader's language. */
export function entryWords(family, name) {
  const { label, doc } = entryOf(family, name);
  const [ownLabel = label, ownDoc = doc] = said(`${family === 'classLoss' ? 'loss' : family}.${name}`)?.split(' | ') ?? [];
  return { label: ownLabel, doc: ownDoc };
}

/** { label, doc } of an option of the registry. */
export function optionWords(key) {
  const { owner, option } = moreFields[key];
  const list = registry.techniques[owner] ?? (owner === 'training' ? Object.values(registry.training) : Object.values(families).flat().find(entry => entry.name === owner && entry.options.some(one => one.name === option)).options);
  const { doc } = list.find(({ name }) => name === option);
  const [ownLabel = spaced(option), ownDoc = doc] = (said(`option.${owner}.${option}`) ?? said(`option.${option}`))?.split(' | ') ?? [];
  return { label: ownLabel, doc: ownDoc };
}

const given = pairs => Object.fromEntries(pairs.filter(([, value]) => value !== '' && value !== undefined));

/* The chosen entry of a family with its options. */
function chosen(family, values) {
  const name = values[family];
  return { name, ...given(entryOf(family, name).options.map(option => [option.name, values[keyOf(family, name, option)]])) };
}

const technique = (name, values) => given(registry.techniques[name].map(option => [option.name, values[`${name}.${option.name}`]]));

/* Options of training that only stand where they say something. */
function extras(values, task) {
  const differs = key => counts(key, values) && values[key] !== moreFields[key].fallback && (moreFields[key].task ?? task) === task;
  const schedule = differs('schedule') || values['constant.warmup'] > 0;
  return {
    ...(schedule && counts('schedule', values) && { schedule: chosen('schedule', values) }), ...(differs('averaging') && { averaging: chosen('averaging', values) }),
    ...(['clip.value', 'clip.norm', 'clip.globalNorm'].some(differs) && { clip: technique('clip', values) }),
    ...(values.earlyStopping && { earlyStopping: technique('earlyStopping', values) }), ...(differs('pruning') && { pruning: technique('pruning', values) }),
    ...Object.fromEntries(['inputNoise', 'mixup', 'resample', 'classWeight', 'recordGradient'].filter(differs).map(key => [key, values[key]])),
  };
}

/** A new network as the values of the state ask for, for a task. */
export function newNetwork(values, task) {
  const { hidden: hiddenLayers, batch, epochs, seed, standardize, initializer, normalization, dropout: rate, l1, l2, maxNorm } = values;
  const activation = chosen('activation', values);
  const loss = chosen(task === 'classification' ? 'classLoss' : 'loss', values);
  const batchSize = values.batchSchedule === 'constant' || !counts('batchSchedule', values) ? batch : chosen('batchSchedule', values);
  const training = { loss, optimizer: chosen('optimizer', values), batchSize, epochs, seed, standardize, ...extras(values, task) };
  const binary = entryOf(task === 'classification' ? 'classLoss' : 'loss', loss.name).targets === 'B';
  if (!binary) {
    const Model = task === 'classification' ? MLPClassifier : MLPRegressor;
    return new Model({ ...training, hiddenLayers, activation, initializer, dropout: rate, normalization, l1, l2, maxNorm });
  }
  const penalties = { initializer, l1, l2, maxNorm };
  const after = [...{ none: [], batch: [batchNorm()], layer: [layerNorm()] }[normalization], ...(rate > 0 ? [dropout(rate)] : [])];
  return new Network({ ...training, layers: [...hiddenLayers.flatMap(units => [dense(units, { ...penalties, activation }), ...after]), dense(1, penalties)] });
}
