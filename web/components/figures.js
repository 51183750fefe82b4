// which picture suits a fit, and its numbers · in: a model, X, y, the split · out: scenes for the charts, a table · next: charts/
import { Table, metrics } from 'wasmfit';
import { Field } from '../charts/field.js';
import { Matrix } from '../charts/matrix.js';
import { extent } from '../charts/plane.js';
import { Points } from '../charts/points.js';
import { t } from '../text/text.js';

const DRAWN = 2000; // rows drawn at most
const GRID = 96;
const CURVE = 240;
const CLASSES = 30; // the largest matrix

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
function spread(total, most) {
  const n = Math.min(total, most);
  return Int32Array.from({ length: n }, (_, i) => Math.floor((i * total) / n));
}

const pick = (values, places) => Array.from(places, i => values[i]);

/* What the model says along the feature, or over the two features. */
function sweep({ kind, features }, model, { names }) {
  const along = (values, n) => {
    const [min, max] = extent(values);
    return Float64Array.from({ length: n }, (_, i) => min + ((max - min) * (i + 0.5)) / n);
  };
  if (kind === 'curve') {
    const x = along(features[0], CURVE);
    return { line: { x, y: model.predict(Table.from([{ name: names[0], values: x }])) } };
  }
  const [u, v] = features.map(values => along(values, GRID));
  const grid = Table.from([
    { name: names[0], values: Float64Array.from({ length: GRID * GRID }, (_, i) => u[i % GRID]) },
    { name: names[1], values: Float64Array.from({ length: GRID * GRID }, (_, i) => v[Math.floor(i / GRID)]) },
  ]);
  return kind === 'surface' ? { grid: model.predict(grid) } : { chances: model.predictProba(grid) };
}

/* Places of the rows of a part: 'all', 'train' or 'validation'. Where all rows are at hand it is the split itself, in its order, so
 * that sums are those of the API to the last bit. */
function placesOf({ held, rows, splits }, part) {
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
  if (splits) {
    const held = new Uint8Array(X.rows);
    for (const i of splits.validation) held[i] = 1;
    found.held = pick(held, rows);
    if (part === X) found.splits = splits;
  }
  if (!model) return found;
  found.predicted = model.predict(part);
  found.numbers = measure(found);
  if (found.features.length) Object.assign(found, sweep(found, model, X));
  return found;
}

function words(found, scene) {
  const line = ({ part, values }) => `${t('rows.' + part)} ${values.map(v => v.toPrecision(3)).join(', ')}`;
  return { ...scene, text: t('fit.text', found.title, found.numbers ? found.numbers.lines.map(line).join('; ') : t('fit.empty')) };
}

/* The points of a scene: `index` are their places in the lists of what was found. */
const points = (found, index, x, y) => ({ index, x: pick(x, index), y: pick(y, index), held: found.held && pick(found.held, index) });

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

function planeScene(found, index) {
  const [a, b] = found.features;
  const { names } = found.problem.X;
  const scene = { x: { label: names[0], range: extent(a) }, y: { label: names[1], range: extent(b) }, points: points(found, index, a, b) };
  if (found.classes) scene.points.kind = index.map(i => found.classes.indexOf(found.truth[i]));
  if (found.chances) scene.field = classField(found.chances);
  if (found.kind === 'surface') shade(found, scene);
  return words(found, scene);
}

function classField({ data, rows, cols }) {
  const kind = new Int32Array(rows);
  const sure = new Float64Array(rows);
  const leads = Array.from({ length: cols }, () => new Float64Array(rows));
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * cols, (i + 1) * cols);
    const [best, next] = Float64Array.from(row).sort().reverse();
    kind[i] = row.indexOf(best);
    sure[i] = best;
    for (let k = 0; k < cols; k++) leads[k][i] = row[k] - (k === kind[i] ? next : best);
  }
  return { width: GRID, height: GRID, kind, sure, leads };
}

/* One scale of magnitude for the field and the points on it. */
function shade(found, scene) {
  const [min, max] = extent(found.truth);
  const share = v => (v - min) / (max - min);
  scene.points.share = scene.points.index.map(i => share(found.truth[i]));
  if (found.grid) scene.field = { width: GRID, height: GRID, share: Float64Array.from(found.grid, share) };
}

function matrixScene(found, part) {
  const places = placesOf(found, part);
  const { labels, matrix } = metrics.confusionMatrix(pick(found.truth, places), pick(found.predicted, places), { labels: found.classes });
  return { labels, counts: matrix, corner: t('true.head'), text: found.title };
}

/** The chart and the scene for what was found; before anything is, empty axes. */
export function figureOf(found, part) {
  const blank = { x: { label: '', range: [0, 1] }, y: { label: '', range: [0, 1] }, points: { index: [], x: [], y: [] }, text: t('fit.empty') };
  if (!found) return { Chart: Points, scene: { ...blank, diagonal: true } };
  if (found.kind === 'matrix') {
    const drawable = found.predicted && found.classes.length <= CLASSES;
    return drawable ? { Chart: Matrix, scene: matrixScene(found, part) } : { Chart: Points, scene: blank };
  }
  const wanted = new Set(placesOf(found, part));
  const index = Array.from(found.drawn).filter(i => wanted.has(i));
  if (found.kind === 'curve') return { Chart: Points, scene: curveScene(found, index) };
  if (found.kind === 'true') return { Chart: Points, scene: trueScene(found, index) };
  return { Chart: Field, scene: planeScene(found, index) };
}
