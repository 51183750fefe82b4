// the Coefficients figure of a linear model: estimates with their intervals, and the summary · in: a model · out: a figure · next: whiskers.js
import { extent } from '../charts/plane.js';
import { html, nothing } from '../components/base.js';
import { sentence } from '../components/controls.js';
import { select, signs } from '../components/fit.js';
import { plain } from '../text/numbers.js';
import { t } from '../text/text.js';
import { Whiskers } from './whiskers.js';

const ERRORS = ['HC0', 'HC1', 'HC2', 'HC3'];
const DRAWN = 400; // rows of the chart and the table

/* Standard deviations of the model's columns over the rows that train: a column of categories is one of 0 and 1 for each. */
function deviations({ names, column }, places, features) {
  const sd = value => {
    let [sum, square] = [0, 0];
    for (const i of places) sum += value(i);
    const mean = sum / places.length;
    for (const i of places) square += (value(i) - mean) ** 2;
    return Math.sqrt(square / places.length);
  };
  const found = [];
  for (const name of names) {
    const { kind, values } = column(name);
    if (kind === 'numeric') found.push(sd(i => values[i]));
    else while (found.length < features.length && features[found.length].startsWith(`${name}=`)) {
      const category = features[found.length].slice(name.length + 1);
      found.push(sd(i => Number(values[i] === category)));
    }
  }
  return found;
}

/* Summaries by the kind of their errors; { why } where the model has none. */
function summaries(model) {
  if (!model.summary) return { why: [t('coefficients.none'), model.coef.includes?.(0) && t('coefficients.zero')].filter(Boolean).join(' ') };
  try {
    const found = { classical: model.summary() };
    if (found.classical.r2 !== undefined) for (const robust of ERRORS) found[robust] = model.summary({ robust });
    return { summaries: found };
  } catch (error) {
    if (error.code !== 'NO_STATISTICS') throw error;
    return { why: error.hint };
  }
}

function look(model, { problem, splits }, hurry) {
  const { X, target, task } = problem;
  const found = { kind: 'coefficients', title: t('coefficients.title', target), target, task, names: X.names, groups: [] };
  if (!model) return found;
  const { coef, intercept, classes } = model;
  const names = model.featureNames;
  const several = coef.data !== undefined; // a row a class
  const take = k => (several ? coef.data.subarray(k * names.length, (k + 1) * names.length) : coef);
  const groups = several ? classes.map((label, k) => ({ label, estimates: take(k), intercept: intercept[k] })) : [{ label: classes?.[1], estimates: coef, intercept }];
  const places = splits?.train ?? Int32Array.from({ length: X.rows }, (_, i) => i);
  const column = name => X.column(name);
  Object.assign(found, { fitted: true, names, groups, several, classes, deviations: deviations({ names: X.names, column }, places, names), ...(!hurry && summaries(model)) });
  if (model.alpha !== undefined) found.alpha = model.alpha;
  return found;
}

const chosen = (found, { errors = 'classical' }) => found.summaries?.[errors] ?? found.summaries?.classical;

/* Estimates and intervals as they are drawn: for a unit of the column, or for its standard deviation. */
function drawn(found, choice) {
  const summary = chosen(found, choice);
  const first = summary ? summary.rows.length - found.names.length : 0;
  const list = { x: [], y: [], low: [], high: [], held: [], index: [], ...(found.several && { kind: [] }) };
  found.names.slice(0, DRAWN).forEach((_, j) => found.groups.forEach(({ estimates }, k) => {
    const by = choice.per === 'deviation' ? found.deviations[j] : 1;
    const { lower = NaN, upper = NaN } = summary?.rows[first + j] ?? {};
    list.index.push(j);
    list.x.push(estimates[j] * by);
    list.y.push(-j + (found.groups.length > 1 ? 0.6 * (0.5 - (k + 0.5) / found.groups.length) : 0));
    list.low.push(lower * by);
    list.high.push(upper * by);
    list.held.push(Number(lower > 0 || upper < 0 || (Number.isNaN(lower) && estimates[j] !== 0)));
    list.kind?.push(k);
  }));
  return { ...list, order: Array.from(list.x.keys()) };
}

function words(found, points) {
  const n = found.names.length;
  const sizes = points.x.map(Math.abs);
  const i = sizes.indexOf(Math.max(...sizes));
  const most = i < 0 ? '' : t('coefficients.most', found.names[points.index[i]], plain(points.x[i]));
  const clear = found.summaries ? t('coefficients.clear', points.held.filter(Boolean).length) : '';
  return `${found.title}. ${t('coefficients.count', n)} ${clear} ${most}`;
}

function figureOf(found, choice) {
  const names = found?.fitted ? found.names.slice(0, DRAWN) : found?.names.slice(0, 12) ?? [];
  const y = { label: '', names, range: [-Math.max(0, names.length - 1) - 0.6, 0.6] };
  const left = (width, ctx) => {
    ctx.font = '12px system-ui, sans-serif';
    return Math.min(width * 0.35, 20 + Math.max(24, ...names.map(name => ctx.measureText(name).width)));
  };
  if (!found?.fitted) return { Chart: Whiskers, scene: { x: { label: '', range: [-1, 1] }, y, left, zero: 'x', points: { index: [], x: [], y: [], low: [], high: [] }, text: t('empty.coefficients') } };
  const points = drawn(found, choice);
  const per = choice.per === 'deviation' ? 'deviation' : 'unit';
  const label = t(`coefficients.${found.task}.${per}`, found.several ? t('coefficients.each') : found.groups[0].label ?? found.target);
  const finite = list => list.filter(Number.isFinite);
  return { Chart: Whiskers, scene: { x: { label, range: extent([0], finite(points.x), finite(points.low), finite(points.high)) }, y, left, zero: 'x', points, text: words(found, points) } };
}

function controls(found, choice, choose) {
  if (!found.fitted) return nothing;
  const errors = found.summaries?.HC3 ? select('errors', { classical: t('errors.classical'), ...Object.fromEntries(ERRORS.map(name => [name, name])) }, choice.errors ?? 'classical', choose) : nothing;
  return html`${select('per', { unit: t('per.unit'), deviation: t('per.deviation') }, choice.per ?? 'unit', choose)}${errors}`;
}

const probability = p => (Number.isNaN(p) ? '\u2013' : p < 1e-15 ? '< 1e\u221215' : p < 1e-4 ? p.toExponential(1).replace('-', '\u2212') : p.toFixed(4));

/* The decimals that a standard error of three digits has hold for its whole row. */
function evenly(standardError) {
  const digits = 2 - Math.floor(Math.log10(standardError));
  return digits >= 0 && digits <= 7 ? value => value.toFixed(digits).replace('-', '\u2212') : value => plain(value);
}

function cells(row) {
  const { estimate, standardError, p, lower, upper } = row;
  const say = evenly(standardError);
  const ratio = row.t ?? row.z;
  const list = { estimate: say(estimate), standardError: say(standardError), ratio: Number.isFinite(ratio) ? ratio.toFixed(2).replace('-', '\u2212') : '\u2013', p: probability(p), lower: say(lower), upper: say(upper) };
  const values = { ...row, ratio };
  return Object.entries(list).map(([name, text]) => html`<td data-name=${name} data-value=${values[name]}>${text}</td>`);
}

function summaryTable(summary, at) {
  const tail = ((1 - summary.confidence) / 2) * 100;
  const heads = [t('estimate'), t('error'), summary.r2 === undefined ? 'z' : 't', 'p', `${plain(tail)} %`, `${plain(100 - tail)} %`];
  const first = summary.rows.findIndex(({ name }) => name !== 'intercept');
  return html`<table class="numbers summary"><thead><tr><th scope="col">${t('column')}</th>${heads.map(text => html`<th scope="col">${text}</th>`)}</tr></thead>
    <tbody>${summary.rows.slice(0, DRAWN + 1).map((row, i) => html`<tr data-row=${i} class=${i - first === at ? 'at' : ''}><th scope="row" title=${row.name}>${i < first ? t('intercept') : row.name}</th>${cells(row)}</tr>`)}</tbody></table>`;
}

function plainTable({ names, groups, several }, at) {
  const head = several ? groups.map(({ label }, k) => html`<th scope="col" title=${label}><span class="sign k${k % 8}">${signs[k % signs.length]}</span>${label}</th>`) : html`<th scope="col">${t('estimate')}</th>`;
  const line = (name, pick, here) => html`<tr class=${here ? 'at' : ''}><th scope="row" title=${name}>${name}</th>${groups.map(group => html`<td data-name="estimate" data-value=${pick(group)}>${plain(pick(group), 5)}</td>`)}</tr>`;
  return html`<table class="numbers summary"><thead><tr><th scope="col">${t('column')}</th>${head}</tr></thead>
    <tbody>${line(t('intercept'), ({ intercept }) => intercept)}${names.slice(0, DRAWN).map((name, j) => line(name, ({ estimates }) => estimates[j], j === at))}</tbody></table>`;
}

function facts(summary, alpha) {
  const { r2, adjustedR2, residualStandardError, f, deviance, nullDeviance, mcFaddenR2, logLikelihood, aic, bic, n, degreesOfFreedom } = summary ?? {};
  const list = { alpha, r2, adjustedR2, residualStandardError, mcFaddenR2, deviance, nullDeviance, logLikelihood, aic, bic, n, degreesOfFreedom };
  const fact = (name, value, text) => html`<div><dt>${t('fact.' + name)}</dt><dd data-fact=${name} data-value=${value}>${text}</dd></div>`;
  return html`<dl class="facts">${Object.entries(list).filter(([, value]) => value !== undefined).map(([name, value]) => fact(name, value, plain(value, 5)))}
    ${f ? html`${fact('f', f.value, t('fact.f.value', plain(f.value), f.df1, f.df2))}${fact('fp', f.p, probability(f.p))}` : nothing}</dl>`;
}

function beside(found, scene, at, choice) {
  if (!found.fitted) return nothing;
  const summary = chosen(found, choice);
  const row = scene.points.index[at];
  const notes = [summary && t('coefficients.marks'), summary?.penalised && t('coefficients.penalised'), !summary && found.why && sentence(found.why), found.names.length > DRAWN && t('coefficients.more', DRAWN, found.names.length)];
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t('coefficients.table')}>${summary ? summaryTable(summary, row) : plainTable(found, row)}</div>
    ${facts(summary, found.alpha)}<p class="point">${atHand(found, scene, at)}</p>
    ${notes.filter(Boolean).map(text => html`<p class="note">${text}</p>`)}`;
}

function atHand({ names, groups, several }, scene, at) {
  if (at < 0 || at >= scene.points.x.length) return nothing;
  const { x, low, high, index, kind } = scene.points;
  const interval = Number.isNaN(low[at]) ? '' : ` [${plain(low[at])}, ${plain(high[at])}]`;
  return `${names[index[at]]}${several ? ` · ${groups[kind[at]].label}` : ''}: ${plain(x[at])}${interval}`;
}

export const coefficients = { look, figureOf, controls, beside };
