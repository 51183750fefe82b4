// the Fit figure: its rows, numbers and legend in words · in: what was found · out: templates · next: figures.js
import { plain, score, size } from '../text/numbers.js';
import { t } from '../text/text.js';
import { html, nothing } from './base.js';
import { figureOf, look, prepare } from './figures.js';

/** The marks of charts/points.js, one a class. */
export const signs = ['\u25cf', '\u25a0', '\u25b2', '\u25c6'];

/* A confusion matrix is of use on rows the model has not met; a picture shows all. */
const shownPart = (found, { rows }) => rows ?? (found?.kind === 'matrix' && found.held ? 'validation' : 'all');

/** A choice of a figure's own: name, its values as { value: text }, the chosen one. */
export const select = (name, values, chosen, choose) => html`<div class="field" data-control=${name}><label for=${name}>${t('label.' + name)}</label>
  <select id=${name} @change=${event => choose({ [name]: event.target.value })}>
    ${Object.entries(values).map(([value, text]) => html`<option value=${value} .selected=${value === chosen}>${text}</option>`)}</select></div>`;

/** The choice of rows: all, those that train, those held out. */
export const rowsChoice = (found, chosen, choose) =>
  (found.held ? select('rows', Object.fromEntries(['all', 'train', 'validation'].map(part => [part, t('rows.' + part)])), chosen, choose) : nothing);

/** The table of numbers: one line a part of the rows. say(value, i, values): the text of the i-th. */
export function numbersTable({ columns, lines }, say) {
  return html`<table class="numbers"><thead><tr><th scope="col">${t('part')}</th>${columns.map(name => html`<th scope="col">${t(name)}</th>`)}</tr></thead>
    <tbody>${lines.map(({ part, count, values }) => html`<tr data-part=${part}><th scope="row">${t('rows.' + part)}</th><td>${count}</td>
      ${values.map((value, i) => html`<td data-value=${value}>${say(value, i, values)}</td>`)}</tr>`)}</tbody></table>`;
}

/** Hollow and filled marks, other signs before them, how many rows are drawn. */
export function legend({ kind, held, drawn, total }, before = nothing) {
  const sampled = drawn.length < total ? html`<li>${t('sampled', drawn.length, total)}</li>` : nothing;
  return html`<ul class="marks ${kind}">${before}<li><span class="mark"></span>${t('rows.train')}</li>
    ${held ? html`<li><span class="mark filled"></span>${t('rows.validation')}</li>` : nothing}${sampled}</ul>`;
}

function numbers(found) {
  return html`${numbersTable(found.numbers, (value, i) => (i ? size(value) : score(value)))}
    ${found.task === 'regression' ? html`<p class="note">${t('as.stands')}</p>` : nothing}`;
}

function point(found, scene, at) {
  const index = scene?.points?.index;
  if (!index || at < 0 || at >= index.length) return nothing;
  const i = index[at];
  const value = v => (typeof v === 'number' ? plain(v) : v);
  const words = [t('row', found.rows[i] + 1), t('true', value(found.truth[i]))];
  if (found.predicted) words.push(t('predicted', value(found.predicted[i])));
  if (found.held) words.push(t(found.held[i] ? 'rows.validation' : 'rows.train'));
  return words.join(' · ');
}

function beside(found, scene, at) {
  const sign = (label, k) => html`<li><span class="sign k${k % 8}">${signs[k % signs.length]}</span>${label}</li>`;
  return html`${found.fitted ? numbers(found) : nothing}
    ${found.kind === 'matrix' ? nothing : legend(found, found.kind === 'field' ? found.classes.map(sign) : nothing)}
    <p class="point">${point(found, scene, at)}</p>`;
}

export const fit = {
  prepare,
  look,
  figureOf: (found, choice) => figureOf(found, shownPart(found, choice)),
  controls: (found, choice, choose) => rowsChoice(found, shownPart(found, choice), choose),
  beside,
};
