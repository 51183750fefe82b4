// which picture suits a fit, and its numbers · in: a model, X, y, the split · out: scenes for the charts, a table · next: charts/
import { metrics } from 'wasmfit';
import { Table } from 'wasmfit/preprocessing';
import { extent } from '../charts/plane.js';
import { Points } from '../charts/points.js';
import { t } from '../text/text.js';

export const DRAWN = 2000; // rows drawn at most
const CURVE = 240;

let fields; // the pictures over two features and the matrix of classes, which are fetched when they are first needed

function kindOf({ X, task }) {
  const few = X.names.length <= 2 && X.names.every(name => X.column(name).kind === 'numeric') ? X.names.length : Infinity;
  if (task === 'classification') return few === 2 ? 'field' : 'matrix';
  return { 1: 'curve', 2: 'surface' }[few] ?? 'true';
}

function titleOf(kind, { X, target }) {
  const [a, b] = X.names;
  const values = { curve: [a, target], true: [target], field: [a, b], surface: [target, a, b], matrix: [] };
  return t('fit.' + kind, ...values[kind]);
}

/* At most `most` places of `total`, evenly spread. */
export function spread(total, most) {
  const n = Math.min(total, most);
  return Int32Array.from({ length: n }, (_, i) => Math.floor((i * total) / n));
}

export const pick = (values, places) => Array.from(places, i => values[i]);

/** Fetches what look and figureOf need for this problem. */
export async function prepare(problem) {
  if (['field', 'surface', 'matrix'].includes(kindOf(problem))) fields ??= await import('../late/fields.js');
}

/** `n` values over those of a column. */
export function along(values, n) {
  const [min, max] = extent(values);
  return Float64Array.from({ length: n }, (_, i) => min + ((max - min) * (i + 0.5)) / n);
}

/* What the model says along the feature, or over the two features. */
function sweep({ kind, features }, model, { names }) {
  if (kind !== 'curve') return fields.sweep(kind, features, model, names);
  const x = along(features[0], CURVE);
  return { line: { x, y: model.predict(Table.from([{ name: names[0], values: x }])) } };
}

/* Places of the rows of a part: 'all', 'train' or 'validation'. Where all rows are at hand it is the split itself, in its order, so
 * that sums are those of the API to the last bit. */
export function placesOf({ held, rows, splits }, part) {
  if (splits && part !== 'all') return splits[part];
  const every = Array.from(rows.keys());
  return held && part !== 'all' ? every.filter(i => Boolean(held[i]) === (part === 'validation')) : every;
}

/* The numbers beside the figure: { columns, lines: [{ part, count, values }] }, the score first. */
function measure(found) {
  const rmse = (a, b) => Math.sqrt(metrics.mse(a, b));
  const measures = found.task === 'classification' ? { accuracy: metrics.accuracy } : { r2: metrics.r2, rmse, mae: metrics.mae };
  const lines = (found.held ? ['train', 'validation'] : ['all']).map(part => {
    const places = placesOf(found, part);
    const pair = [pick(found.truth, places), pick(found.predicted, places)];
    return { part, count: places.length, values: Object.values(measures).map(one => one(...pair)) };
  });
  return { columns: ['count', ...Object.keys(measures)], lines };
}

/** Of rows some of which are held out: held (0 or 1 each), and where they are all rows, the split itself. */
export function heldOut(splits, rows, total) {
  if (!splits) return {};
  const held = new Uint8Array(total);
  for (const i of splits.validation) held[i] = 1;
  return { held: pick(held, rows), ...(rows.length === total && { splits }) };
}

/** Everything the figure needs of a model, or of the data alone when there is none: plain numbers, no model kept. In a hurry,
 * while a run goes on, rows beyond what is drawn are left out. `rows` says which rows the lists are of, `drawn` which places of
 * the lists are drawn. */
export function look(model, { problem, splits }, hurry = false) {
  const { X, y, task, target } = problem;
  const kind = kindOf(problem);
  const rows = spread(X.rows, hurry ? DRAWN : Infinity);
  const part = rows.length < X.rows ? X.take(rows) : X;
  const found = { kind, problem, task, target, rows, total: X.rows, title: titleOf(kind, problem), truth: pick(y, rows), drawn: spread(rows.length, DRAWN) };
  found.features = kind === 'true' || kind === 'matrix' ? [] : X.names.map(name => part.column(name).values);
  if (task === 'classification') found.classes = model ? [...model.classes] : [...new Set(y)].sort((a, b) => (a < b ? -1 : 1));
  Object.assign(found, heldOut(splits, rows, X.rows));
  if (!model) return found;
  found.fitted = true;
  found.predicted = model.predict(part);
  found.numbers = measure(found);
  if (found.features.length) Object.assign(found, sweep(found, model, X));
  return found;
}

/** The scene with its text alternative. */
export function words(found, scene) {
  const line = ({ part, values }) => `${t('rows.' + part)} ${values.map(v => v.toPrecision(3)).join(', ')}`;
  return { ...scene, text: t('fit.text', found.title, found.numbers ? found.numbers.lines.map(line).join('; ') : t('empty.fit')) };
}

/** The points of a scene: `index` are their places in the lists of what was found. */
export const points = (found, index, x, y) => ({ index, x: pick(x, index), y: pick(y, index), held: found.held && pick(found.held, index) });

function curveScene(found, index) {
  const [x] = found.features;
  return words(found, {
    x: { label: found.problem.X.names[0], range: extent(x) }, y: { label: found.target, range: extent(found.truth, found.line?.y ?? []) },
    points: points(found, index, x, found.truth), line: found.line,
  });
}

function trueScene(found, index) {
  const range = extent(found.truth, found.predicted ?? []);
  return words(found, {
    x: { label: t('true', found.target), range }, y: { label: t('predicted', found.target), range },
    points: points(found, found.predicted ? index : [], found.truth, found.predicted), diagonal: true,
  });
}

/** The chart and the scene for what was found; before anything is, empty axes. */
export function figureOf(found, part) {
  const blank = { x: { label: '', range: [0, 1] }, y: { label: '', range: [0, 1] }, points: { index: [], x: [], y: [] }, text: t('empty.fit') };
  if (!found) return { Chart: Points, scene: { ...blank, diagonal: true } };
  if (found.kind === 'matrix') return (found.predicted && fields.matrix(found, part)) ?? { Chart: Points, scene: blank };
  const wanted = new Set(placesOf(found, part));
  const index = Array.from(found.drawn).filter(i => wanted.has(i));
  if (found.kind === 'curve') return { Chart: Points, scene: curveScene(found, index) };
  if (found.kind === 'true') return { Chart: Points, scene: trueScene(found, index) };
  return fields.field(found, index);
}
