// which picture suits a fit, and its numbers · in: a model, X, y, the split · out: scenes for the charts, a table · next: charts/
import { Table, metrics } from 'wasmfit';
import { Field } from '../charts/field.js';
import { Matrix } from '../charts/matrix.js';
import { extent } from '../charts/plane.js';
import { Points } from '../charts/points.js';
import { t } from '../text/text.js';

const DRAWN = 2000; // rows drawn at most, evenly spread
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
  return { curve: () => t('fit.curve', a, target), true: () => t('fit.true', target), field: () => t('fit.field', a, b), surface: () => t('fit.surface', target, a, b), matrix: () => t('fit.matrix') }[kind]();
}

function sample(total, all) {
  const n = all ? total : Math.min(total, DRAWN);
  return Int32Array.from({ length: n }, (_, i) => Math.floor((i * total) / n));
}

const pick = (values, rows) => Array.from(rows, i => values[i]);

/* What the model says along the feature, or over the two features. */
function sweep(kind, model, X) {
  const columns = X.names.map(name => X.column(name).values);
  const ranges = columns.map(values => extent(values));
  const along = (range, n) => Float64Array.from({ length: n }, (_, i) => range[0] + ((range[1] - range[0]) * (i + 0.5)) / n);
  if (kind === 'curve') {
    const x = along(ranges[0], CURVE);
    return { line: { x, y: model.predict(Table.from([{ name: X.names[0], values: x }])) } };
  }
  const [u, v] = ranges.map(range => along(range, GRID));
  const grid = Table.from([
    { name: X.names[0], values: Float64Array.from({ length: GRID * GRID }, (_, i) => u[i % GRID]) },
    { name: X.names[1], values: Float64Array.from({ length: GRID * GRID }, (_, i) => v[Math.floor(i / GRID)]) },
  ]);
  if (kind === 'surface') return { grid: model.predict(grid) };
  return { sure: model.predictProba(grid) };
}

/** Everything the figure needs of a model (or of the data alone when there is none): plain numbers, no model kept. */
export function look(model, { problem, splits }) {
  const { X, y, task, target } = problem;
  const kind = kindOf(problem);
  const rows = sample(X.rows, kind === 'matrix');
  const found = { kind, problem, task, target, rows, total: X.rows, title: titleOf(kind, problem), truth: pick(y, rows) };
  if (task === 'classification') found.classes = model ? [...model.classes] : [...new Set(y)].sort((a, b) => (a < b ? -1 : 1));
  if (splits) {
    const held = new Uint8Array(X.rows);
    for (const i of splits.validation) held[i] = 1;
    found.held = pick(held, rows);
    found.splits = splits;
  }
  if (!model) return found;
  found.all = model.predict(X);
  found.predicted = pick(found.all, rows);
  if (kind === 'curve' || kind === 'field' || kind === 'surface') Object.assign(found, sweep(kind, model, X));
  return found;
}

/** The numbers beside the figure: { columns, lines: [{ part, count, values }] }, the score first. */
export function numbersOf({ task, all, problem: { y }, splits }) {
  const measures = task === 'classification' ? { accuracy: metrics.accuracy } : { r2: metrics.r2, rmse: (a, b) => Math.sqrt(metrics.mse(a, b)), mae: metrics.mae };
  const parts = splits ? { train: splits.train, validation: splits.validation } : { all: Int32Array.from(y.keys()) };
  const lines = Object.entries(parts).map(([part, rows]) => {
    const pair = [pick(y, rows), pick(all, rows)];
    return { part, count: rows.length, values: Object.values(measures).map(measure => measure(...pair)) };
  });
  return { columns: ['count', ...Object.keys(measures)], lines };
}

/* Positions in found.rows of the rows of a part. */
function rowsOf({ held, rows }, part) {
  const every = Array.from(rows.keys());
  return held && part !== 'all' ? every.filter(i => Boolean(held[i]) === (part === 'validation')) : every;
}

const words = (found, scene) => ({ ...scene, text: t('fit.text', found.title, found.predicted ? numbersOf(found).lines.map(({ part, values }) => `${t('rows.' + part)} ${values.map(v => v.toPrecision(3)).join(', ')}`).join('; ') : t('fit.empty')) });

function points(found, index, x, y, kind) {
  return { index, x, y, held: found.held && pick(found.held, index), kind };
}

function curveScene(found, index) {
  const { X, y } = found.problem;
  const x = X.column(X.names[0]).values;
  return words(found, {
    x: { label: X.names[0], range: extent(x) }, y: { label: found.target, range: extent(y, found.line?.y ?? []) },
    points: points(found, index, index.map(i => x[found.rows[i]]), pick(found.truth, index)), line: found.line,
  });
}

function trueScene(found, index) {
  const range = extent(found.truth, found.predicted ?? []);
  return words(found, {
    x: { label: t('true', found.target), range }, y: { label: t('predicted', found.target), range },
    points: points(found, found.predicted ? index : [], pick(found.truth, found.predicted ? index : []), pick(found.predicted ?? [], found.predicted ? index : [])), diagonal: true,
  });
}

function planeScene(found, index) {
  const { X } = found.problem;
  const [a, b] = X.names.map(name => X.column(name).values);
  const kinds = found.classes && index.map(i => found.classes.indexOf(found.truth[i]));
  const scene = {
    x: { label: X.names[0], range: extent(a) }, y: { label: X.names[1], range: extent(b) },
    points: points(found, index, index.map(i => a[found.rows[i]]), index.map(i => b[found.rows[i]]), kinds),
  };
  if (found.sure) scene.field = classField(found.sure);
  if (found.kind === 'surface') shade(found, scene, index);
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
function shade(found, scene, index) {
  const [min, max] = extent(found.truth);
  const share = v => (v - min) / (max - min);
  scene.points.share = index.map(i => share(found.truth[i]));
  if (found.grid) scene.field = { width: GRID, height: GRID, share: Float64Array.from(found.grid, share) };
}

function matrixScene(found, part) {
  const { y } = found.problem;
  const rows = found.splits && part !== 'all' ? found.splits[part] : Int32Array.from(y.keys());
  const { labels, matrix } = metrics.confusionMatrix(pick(y, rows), pick(found.all, rows), { labels: found.classes });
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
  const index = rowsOf(found, part);
  if (found.kind === 'curve') return { Chart: Points, scene: curveScene(found, index) };
  if (found.kind === 'true') return { Chart: Points, scene: trueScene(found, index) };
  return { Chart: Field, scene: planeScene(found, index) };
}
