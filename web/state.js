// what defines a run, checked, and its place in the address · in: the address, controls · out: values, 'change' events · next: run.js
import * as registry from 'wasmfit/registry';
import { counts, moreFields, optimizerHas } from './techniques.js';

const names = list => list.map(item => item.name);
const option = (model, name) => registry.linearModels.find(entry => entry.name === model).options.find(entry => entry.name === name);

/** The models: the task of each, where it has one; steps: its fit is told step by step; linear: it has coefficients. */
export const models = {
  mlp: { steps: true },
  linear: { task: 'regression', linear: true },
  ridge: { task: 'regression', linear: true },
  lasso: { task: 'regression', linear: true, steps: true },
  elasticnet: { task: 'regression', linear: true, steps: true },
  logistic: { task: 'classification', linear: true, steps: true },
};

const mlp = ['mlp'];
const { min, max } = option('Ridge', 'alpha');

/* A field is { kind, fallback, … }. kind: 'word' (any text), 'choice', 'integer', 'number' (open: the lower end is refused, below: the upper
 * one; optional: it may be empty), 'list' of whole numbers, 'flag', 'layers'. of: the models that have it, if not all; part: the option of
 * the optimizer that it is; live: a running fit takes the new value at once; view: no fit depends on it; more: see techniques.js. */
export const fields = {
  data: { kind: 'word', fallback: 'friedman1' },
  target: { kind: 'word', fallback: '' },
  task: { kind: 'choice', choices: ['auto', 'regression', 'classification'], fallback: 'auto' },
  heldOut: { kind: 'number', min: 0, max: 0.5, fallback: 0.2 },
  standardize: { kind: 'flag', of: mlp, fallback: true },
  model: { kind: 'choice', choices: Object.keys(models), fallback: 'mlp' },
  hidden: { kind: 'layers', of: mlp, min: 1, max: 1024, most: 6, fallback: [64, 64] },
  activation: { kind: 'choice', of: mlp, choices: names(registry.activations), fallback: 'relu' },
  optimizer: { kind: 'choice', of: mlp, choices: names(registry.optimizers), fallback: 'adam' },
  rate: { kind: 'number', of: mlp, part: 'learningRate', min: 0, max: 10, open: true, fallback: 0.001, live: true },
  momentum: { kind: 'number', of: mlp, part: 'momentum', min: 0, max: 0.9999, fallback: 0.9 },
  decay: { kind: 'number', of: mlp, part: 'weightDecay', min: 0, max: 10, fallback: 0.01 },
  batch: { kind: 'integer', of: mlp, part: 'learningRate', min: 1, max: 65536, fallback: 32 },
  epochs: { kind: 'integer', of: mlp, min: 1, max: 100000, fallback: 200 },
  alpha: { kind: 'number', of: ['ridge', 'lasso', 'elasticnet'], min, max, fallback: 0.1 },
  penalty: { kind: 'choice', of: ['logistic'], choices: option('LogisticRegression', 'penalty').choices, fallback: 'l2' },
  C: { kind: 'number', of: ['logistic'], min, max, open: true, fallback: 1 },
  l1Ratio: { kind: 'number', of: ['elasticnet', 'logistic'], min: 0, max: 1, fallback: 0.5 },
  iterations: { kind: 'integer', of: ['lasso', 'elasticnet', 'logistic'], min: 1, max: 1000000, fallback: 1000 },
  seed: { kind: 'integer', min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 },
  see: { kind: 'choice', choices: ['fit', 'coefficients', 'residuals', 'quantiles', 'course', 'rates'], view: true, fallback: 'fit' },
  ...moreFields,
};

/** Does the model of `values` have the field? */
export function applies(key, values) {
  const { of, part, more } = fields[key];
  const { model, penalty, optimizer } = values;
  if (!(of?.includes(model) ?? true) || (part && !optimizerHas(optimizer, part)) || (more && !counts(key, values))) return false;
  return (key !== 'l1Ratio' || model !== 'logistic' || penalty === 'elasticnet') && (key !== 'C' || penalty !== 'none');
}

/** The values of the fields beyond those in view that are not as they were at the start, and count. */
export const changed = values => Object.keys(moreFields).filter(key => applies(key, values) && show(key, values[key]) !== show(key, fields[key].fallback));

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function parseNumber(field, text) {
  if (field.optional && text === '') return '';
  const value = decimal.test(text) ? Number(text) : NaN;
  if (field.kind === 'integer' && !Number.isInteger(value)) return undefined;
  const low = field.open ? value > field.min : value >= field.min;
  return low && (field.below ? value < field.max : value <= field.max) ? value : undefined;
}

function parseLayers(field, text) {
  if (text === 'none') return [];
  const units = text.split(',').map(part => parseNumber({ ...field, kind: 'integer' }, part.trim()));
  return units.length <= field.most && units.every(unit => unit !== undefined) ? units : undefined;
}

function parseList(field, text) {
  const values = text.split(',').map(part => parseNumber({ ...field, kind: 'integer' }, part.trim()));
  return values.every((value, i) => value > (values[i - 1] ?? -Infinity)) ? values : undefined;
}

/** The value that `text` means for the field `key`, or undefined when the field's rule refuses it. */
export function parse(key, text) {
  const field = fields[key];
  if (field.kind === 'word') return text.length <= 1000 ? text : undefined;
  if (field.kind === 'choice') return field.choices.includes(text) ? text : undefined;
  if (field.kind === 'flag') return { yes: true, no: false }[text];
  return ({ layers: parseLayers, list: parseList }[field.kind] ?? parseNumber)(field, text.trim());
}

/** The text of a value, as it stands in the address; parse(key, show(key, value)) gives the value back. */
export function show(key, value) {
  if (fields[key].kind === 'flag') return value ? 'yes' : 'no';
  if (fields[key].kind === 'layers') return value.join(',') || 'none';
  return String(value);
}

/** All fields with their fallbacks. */
export const fallbacks = () => Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.fallback]));

/** Reads an address. → { values, refused: [{ key, text }] }: every refused or unknown entry keeps its fallback. */
export function fromAddress(hash) {
  const values = fallbacks();
  const refused = [];
  for (const [key, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const value = Object.hasOwn(fields, key) ? parse(key, text) : undefined;
    if (value === undefined) refused.push({ key, text });
    else values[key] = value;
  }
  return { values, refused };
}

/** Writes the address of `values`: what the model has, and what is not as it was at the start. */
export function toAddress(values) {
  const said = key => applies(key, values) && !fields[key].view && !fields[key].more;
  const wanted = key => values[key] !== '' && (said(key) || show(key, values[key]) !== show(key, fields[key].fallback));
  const pairs = Object.keys(fields).filter(wanted).map(key => [key, show(key, values[key])]);
  return '#' + new URLSearchParams(pairs).toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
}

/** The state of the page. Events: 'change' with detail = the set of changed keys. */
export class State extends EventTarget {
  constructor(hash) {
    super();
    Object.assign(this, fromAddress(hash));
  }

  /** Takes values that already passed parse(); tells nobody when nothing changed. */
  set(changes) {
    const keys = Object.keys(changes).filter(key => show(key, changes[key]) !== show(key, this.values[key]));
    if (!keys.length) return;
    this.values = { ...this.values, ...changes };
    this.refused = this.refused.filter(entry => !keys.includes(entry.key));
    this.dispatchEvent(new CustomEvent('change', { detail: new Set(keys) }));
  }

  /** Takes a whole address, as when somebody edits it or goes back. */
  read(hash) {
    const { values, refused } = fromAddress(hash);
    this.refused = [];
    this.set(values);
    this.refused = [...this.refused, ...refused];
    this.dispatchEvent(new CustomEvent('change', { detail: new Set() }));
  }

  /** Says that something about `key` is new, though its value is not. */
  tell(key) {
    this.dispatchEvent(new CustomEvent('change', { detail: new Set([key]) }));
  }

  refuse(key, text) {
    this.refused = [...this.refused.filter(entry => entry.key !== key), { key, text }];
    this.dispatchEvent(new CustomEvent('change', { detail: new Set() }));
  }
}
