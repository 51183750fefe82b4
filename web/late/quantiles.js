// the Q–Q figure: ordered residuals against those of a normal distribution · in: a linear model · out: a figure · next: ../charts/points.js
import { normalQuantile } from 'wasmfit/inference';
import { extent } from '../charts/plane.js';
import { Points } from '../charts/points.js';
import { html, nothing } from '../components/base.js';
import { DRAWN, pick, spread } from '../components/figures.js';
import { plain } from '../text/numbers.js';
import { t } from '../text/text.js';

const VALUES = 2e6; // of X, up to which leverages are worth their time

/* Residuals in units of their own standard error, where the model knows leverages; else of their common deviation. */
function standardized(model, X, y) {
  if (model.diagnostics && X.rows * X.names.length <= VALUES) return { values: model.diagnostics(X, y).standardizedResiduals, exact: true };
  const predicted = model.predict(X);
  const residual = y.map((value, i) => value - predicted[i]);
  const deviation = Math.sqrt(residual.reduce((sum, r) => sum + r * r, 0) / residual.length);
  return { values: residual.map(r => r / deviation), exact: false };
}

function look(model, { problem, splits }) {
  const { X, y, target } = problem;
  const places = splits?.train ?? Int32Array.from({ length: X.rows }, (_, i) => i);
  const found = { kind: 'points', title: t('quantiles.title', target), target, total: places.length };
  if (!model) return found;
  const { values, exact } = standardized(model, splits ? X.take(places) : X, pick(y, places));
  const order = Array.from(places.keys()).filter(i => Number.isFinite(values[i])).sort((a, b) => values[a] - values[b]);
  const n = order.length;
  const shift = n <= 10 ? 0.375 : 0.5; // as R's ppoints
  const drawn = Array.from(spread(n, DRAWN));
  if (n && drawn.at(-1) !== n - 1) drawn.push(n - 1);
  return Object.assign(found, {
    fitted: true, exact, n, rows: drawn.map(k => places[order[k]]),
    expected: drawn.map(k => normalQuantile((k + 1 - shift) / (n + 1 - 2 * shift))), values: drawn.map(k => values[order[k]]),
  });
}

function figureOf(found) {
  const points = { index: [], x: [], y: [] };
  if (!found?.fitted) return { Chart: Points, scene: { x: { label: '', range: [-3, 3] }, y: { label: '', range: [-3, 3] }, diagonal: true, points, text: t('empty.quantiles') } };
  const { values, expected, rows } = found;
  return { Chart: Points, scene: {
    x: { label: t('quantiles.expected'), range: extent(expected) }, y: { label: t(found.exact ? 'quantiles.exact' : 'quantiles.common'), range: extent(values, expected) }, diagonal: true,
    points: { index: Array.from(rows.keys()), x: expected, y: values },
    text: `${found.title}. ${t('quantiles.text', found.n, plain(values[0], 3), plain(values.at(-1), 3), plain(expected.at(-1), 3))}`,
  } };
}

function beside(found, scene, at) {
  if (!found.fitted) return nothing;
  const words = at < 0 || at >= found.rows.length ? nothing : [t('row', found.rows[at] + 1), t('residual', plain(found.values[at])), t('quantiles.at', plain(found.expected[at]))].join(' · ');
  return html`<p>${t('quantiles.text', found.n, plain(found.values[0], 3), plain(found.values.at(-1), 3), plain(found.expected.at(-1), 3))}</p>
    <p class="note">${t('quantiles.note')}</p>${found.rows.length < found.n ? html`<p class="note">${t('sampled', found.rows.length, found.n)}</p>` : nothing}
    <p class="point">${words}</p>`;
}

export const quantiles = { look, figureOf, controls: () => nothing, beside };
