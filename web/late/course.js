// the Course figure: any column of the history by epoch: learning rate, gradient norm, sparsity, … · in: trainer · out: a figure · next: rates.js
import { extent } from '../charts/plane.js';
import { tone } from '../charts/palette.js';
import { Points } from '../charts/points.js';
import { html, nothing } from '../components/base.js';
import { columnText } from '../components/controls.js';
import { DRAWN, pick, spread } from '../components/figures.js';
import { select } from '../components/fit.js';
import { plain } from '../text/numbers.js';
import { t } from '../text/text.js';
import { decades, log } from './scale.js';

const ORDER = ['learningRate', 'gradientNorm', 'batchSize', 'penalty', 'sparsity', 'mae', 'balancedAccuracy', 'f1'];

/* Points that are not drawn but can be had by the pointer and the keys, with the lines they are of. */
class Course extends Points {
  mark() {}

  over() {
    const { ctx } = this;
    for (const { x, y, colour, dash } of this.scene.lines) {
      ctx.beginPath();
      ctx.setLineDash(dash);
      ctx.lineWidth = 1.5;
      ctx.strokeStyle = tone(colour);
      for (let i = 0; i < x.length; i++) if (Number.isFinite(y[i])) ctx.lineTo(this.px(x[i]), this.py(y[i]));
      ctx.stroke();
    }
    ctx.setLineDash([]);
    super.over();
  }
}

const held = name => `val${name[0].toUpperCase()}${name.slice(1)}`;

function look(model, { columns, values }) {
  const found = { kind: 'points', title: t('course.title'), columns, names: [] };
  if (!columns?.epoch.length || !values) return found;
  const names = ORDER.filter(name => columns.more[name]?.some(Number.isFinite));
  return Object.assign(found, { fitted: names.length > 0, names, total: columns.epoch.length });
}

const nameOf = (found, { column }) => (found.names.includes(column) ? column : found.names[0]);

function figureOf(found, choice) {
  const none = { index: [], x: [], y: [] };
  if (!found?.fitted) return { Chart: Course, scene: { x: { label: t('epoch'), range: [0, 1] }, y: { label: '', range: [0, 1] }, lines: [], points: none, text: t('empty.course') } };
  const name = nameOf(found, choice);
  const { epoch, more } = found.columns;
  const places = spread(epoch.length, DRAWN);
  const all = [[name, 'train', []], [held(name), 'validation', [6, 4]]].filter(([column]) => more[column]);
  const raw = all.map(([column]) => pick(more[column], places));
  const positive = raw.flat().filter(Number.isFinite);
  const logarithmic = Math.min(...positive) > 0 && Math.max(...positive) / Math.min(...positive) > 20;
  const scaled = logarithmic ? raw.map(list => list.map(log)) : raw;
  const x = pick(epoch, places);
  const range = extent(...scaled.map(list => list.filter(Number.isFinite)), ...(logarithmic ? [] : [[0]]));
  const last = raw[0].findLastIndex(Number.isFinite);
  return { Chart: Course, scene: {
    x: { label: t('epoch'), range: extent(x) }, y: { label: columnText(name), range, ...(logarithmic && { marks: decades(range) }) },
    lines: all.map(([, colour, dash], k) => ({ x, y: scaled[k], colour, dash })),
    points: { index: Array.from(places), x, y: scaled[0] }, raw, several: all.length > 1,
    text: t('course.text', columnText(name), plain(raw[0][0]), plain(raw[0][last]), x[last]),
  } };
}

const controls = (found, choice, choose) => (found.fitted ? select('column', Object.fromEntries(found.names.map(name => [name, columnText(name)])), nameOf(found, choice), choose) : nothing);

function beside(found, scene, at) {
  if (!found.fitted || !scene) return nothing;
  const { raw, points, several } = scene;
  const i = at >= 0 && at < points.x.length ? at : points.x.length - 1;
  const line = (key, values) => html`<p><span class="key ${key}"></span>${t(key === 'train' ? 'training' : key)} <b>${plain(values[i])}</b></p>`;
  const single = several ? nothing : html` · <b data-value=${raw[0][i]}>${plain(raw[0][i])}</b>`;
  return html`<p>${t('epoch')} ${points.x[i]}${single}</p>${several ? html`${line('train', raw[0])}${line('validation', raw[1])}` : nothing}
    ${found.names.includes('gradientNorm') ? nothing : html`<p class="note">${t('course.gradient')}</p>`}`;
}

export const course = { look, figureOf, controls, beside };
