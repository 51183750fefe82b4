// the Residuals figure: what the model leaves over, against what it says · in: a model · out: a figure · next: quantiles.js
import { extent } from '../charts/plane.js';
import { Points } from '../charts/points.js';
import { html, nothing } from '../components/base.js';
import { DRAWN, heldOut, pick, placesOf, spread } from '../components/figures.js';
import { legend, numbersTable, rowsChoice } from '../components/fit.js';
import { plain, size } from '../text/numbers.js';
import { t } from '../text/text.js';

/* Mean, deviation and greatest size of the residuals of each part. */
function measure(found) {
  const lines = (found.held ? ['train', 'validation'] : ['all']).map(part => {
    const list = pick(found.residual, placesOf(found, part));
    const mean = list.reduce((sum, r) => sum + r, 0) / list.length;
    const deviation = Math.sqrt(list.reduce((sum, r) => sum + (r - mean) ** 2, 0) / list.length);
    return { part, count: list.length, values: [mean, deviation, list.reduce((most, r) => Math.max(most, Math.abs(r)), 0)] };
  });
  return { columns: ['count', 'mean', 'deviation', 'greatest'], lines };
}

function look(model, { problem, splits }, hurry) {
  const { X, y, target, task } = problem;
  const rows = spread(X.rows, hurry ? DRAWN : Infinity);
  const part = rows.length < X.rows ? X.take(rows) : X;
  const found = { kind: 'points', title: t('residuals.title', target), target, task, rows, total: X.rows, truth: pick(y, rows), drawn: spread(rows.length, DRAWN), ...heldOut(splits, rows, X.rows) };
  if (!model) return found;
  found.fitted = true;
  found.predicted = model.predict(part);
  found.residual = found.truth.map((value, i) => value - found.predicted[i]);
  found.numbers = measure(found);
  return found;
}

/* A mean that is 0 but for rounding reads 0. */
const say = (value, i, [, , greatest]) => (Math.abs(value) < 1e-10 * greatest ? '0' : size(value));

const shownPart = ({ rows = 'all' }) => rows;

function figureOf(found, choice) {
  if (!found?.fitted) return { Chart: Points, scene: { x: { label: '', range: [0, 1] }, y: { label: '', range: [-1, 1] }, zero: 'y', points: { index: [], x: [], y: [] }, text: t('empty.residuals') } };
  const wanted = new Set(placesOf(found, shownPart(choice)));
  const index = Array.from(found.drawn).filter(i => wanted.has(i));
  const line = ({ part, values: [, deviation, most] }) => t('residuals.text', t('rows.' + part), plain(deviation, 3), plain(most, 3));
  return { Chart: Points, scene: {
    x: { label: t('predicted', found.target), range: extent(found.predicted) }, y: { label: t('residuals.axis', found.target), range: extent(found.residual, [0]) }, zero: 'y',
    points: { index, x: pick(found.predicted, index), y: pick(found.residual, index), held: found.held && pick(found.held, index) },
    text: `${found.title}. ${found.numbers.lines.map(line).join(' ')}`,
  } };
}

function beside(found, scene, at) {
  const i = scene?.points.index[at];
  const words = i === undefined ? nothing : [t('row', found.rows[i] + 1), t('predicted', plain(found.predicted[i])), t('residual', plain(found.residual[i])),
    found.held && t(found.held[i] ? 'rows.validation' : 'rows.train')].filter(Boolean).join(' · ');
  return html`${found.fitted ? html`${numbersTable(found.numbers, say)}<p class="note">${t('residuals.note')}</p>` : nothing}
    ${legend(found)}<p class="point">${words}</p>`;
}

export const residuals = { look, figureOf, controls: (found, choice, choose) => rowsChoice(found, shownPart(choice), choose), beside };
