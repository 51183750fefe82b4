// pictures over two features and the matrix of classes, fetched when one is needed · in: what was found · out: charts, scenes · next: ../charts/field.js
import { metrics } from 'wasmfit';
import { Table } from 'wasmfit/preprocessing';
import { Field } from '../charts/field.js';
import { Matrix } from '../charts/matrix.js';
import { extent } from '../charts/plane.js';
import { along, pick, placesOf, points, words } from '../components/figures.js';
import { t } from '../text/text.js';

const GRID = 96;
const CLASSES = 30; // the largest matrix

/** What the model says over the two features. */
export function sweep(kind, features, model, names) {
  const [u, v] = features.map(values => along(values, GRID));
  const grid = Table.from([
    { name: names[0], values: Float64Array.from({ length: GRID * GRID }, (_, i) => u[i % GRID]) },
    { name: names[1], values: Float64Array.from({ length: GRID * GRID }, (_, i) => v[Math.floor(i / GRID)]) },
  ]);
  return kind === 'surface' ? { grid: model.predict(grid) } : { chances: model.predictProba(grid) };
}

/** The two features with their points, over what the model says. */
export function field(found, index) {
  const [a, b] = found.features;
  const { names } = found.problem.X;
  const scene = { x: { label: names[0], range: extent(a) }, y: { label: names[1], range: extent(b) }, points: points(found, index, a, b) };
  if (found.classes) scene.points.kind = index.map(i => found.classes.indexOf(found.truth[i]));
  if (found.chances) scene.field = classField(found.chances);
  if (found.kind === 'surface') shade(found, scene);
  return { Chart: Field, scene: words(found, scene) };
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

/** The matrix of classes, unless there are too many. */
export function matrix(found, part) {
  if (found.classes.length > CLASSES) return undefined;
  const places = placesOf(found, part);
  const { labels, matrix: counts } = metrics.confusionMatrix(pick(found.truth, places), pick(found.predicted, places), { labels: found.classes });
  return { Chart: Matrix, scene: { labels, counts, corner: t('true.head'), text: found.title } };
}
