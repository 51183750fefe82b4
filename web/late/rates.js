// the Learning rate figure: loss while the rate grows from batch to batch, and the rate to use · in: state, data · out: a figure, the rate
// next: ../techniques.js
import { findLearningRate } from 'wasmfit';
import { extent } from '../charts/plane.js';
import { tone } from '../charts/palette.js';
import { Points } from '../charts/points.js';
import { html, nothing } from '../components/base.js';
import { source, state, targetName } from '../lab.js';
import { toAddress } from '../state.js';
import { newNetwork } from '../techniques.js';
import { plain } from '../text/numbers.js';
import { t } from '../text/text.js';
import { decades, log } from './scale.js';

/* The last test: { busy } | { error } | { curve, suggestion, settings }. */
let test = {};

/* A test holds for the settings it was made with, whatever the rate. */
const settings = () => toAddress({ ...state.values, rate: 0.001, epochs: 1, see: 'fit' });

/** Runs the test and tells the figures. */
export async function findRates() {
  if (test.busy || !source.table) return;
  const say = found => {
    test = found;
    state.tell('see');
  };
  const made = settings();
  say({ busy: true });
  let model;
  try {
    const { X, y, task } = source.problem(targetName(), state.values.task);
    model = newNetwork(state.values, task);
    const { learningRates, losses, smoothedLosses, suggestion } = await findLearningRate(model, X, y);
    say({ learningRates, losses, smoothedLosses, suggestion: suggestion && Number(suggestion.toPrecision(2)), settings: made });
  } catch (error) {
    say({ error });
  } finally {
    model?.dispose();
  }
}

class Rates extends Points {
  rules() {
    const { ctx, box, scene } = this;
    if (scene.suggestion === undefined) return;
    const at = this.px(log(scene.suggestion));
    ctx.strokeStyle = tone('validation');
    ctx.lineWidth = 1.5;
    ctx.setLineDash([6, 4]);
    ctx.beginPath();
    ctx.moveTo(at, box.top);
    ctx.lineTo(at, box.top + box.height);
    ctx.stroke();
    ctx.setLineDash([]);
  }
}

function look() {
  return { kind: 'points', title: t('rates.title'), fitted: Boolean(test.losses?.length), test };
}

function figureOf(found) {
  const x = { label: t('label.rate') };
  if (!found?.fitted) {
    const range = [-6, 0];
    return { Chart: Rates, scene: { x: { ...x, range, marks: decades(range) }, y: { label: t('loss'), range: [0, 1] }, points: { index: [], x: [], y: [] }, text: t('empty.rates') } };
  }
  const { learningRates, losses, smoothedLosses, suggestion } = found.test;
  const positive = losses.every(value => value > 0);
  const scale = positive ? log : value => value;
  const [u, v] = [extent(learningRates.map(log)), extent(losses.map(scale))];
  return { Chart: Rates, scene: {
    x: { ...x, range: u, marks: decades(u) }, y: { label: t('rates.loss'), range: v, ...(positive && { marks: decades(v) }) },
    points: { index: Array.from(losses.keys()), x: learningRates.map(log), y: losses.map(scale) },
    line: { x: learningRates.map(log), y: smoothedLosses.map(scale) }, suggestion: suggestion ?? undefined,
    text: `${found.title}. ${words(found.test)}`,
  } };
}

const words = ({ suggestion }) => (suggestion === null ? t('rates.none') : t('rates.text', plain(suggestion, 2)));

function beside(found, scene, at) {
  const { busy, error, suggestion, learningRates, losses } = found.test;
  const stale = found.fitted && found.test.settings !== settings();
  const point = found.fitted && at >= 0 && at < losses.length ? `${t('label.rate')} ${plain(learningRates[at], 2)} · ${t('loss')} ${plain(losses[at])}` : nothing;
  return html`${error ? html`<p class="problem" role="alert">${error.message}</p>` : nothing}
    ${found.fitted ? html`<p id="rate-found" data-value=${suggestion ?? ''} role="status">${words(found.test)}</p>` : nothing}
    ${stale ? html`<p class="note">${t('rates.stale')}</p>` : nothing}
    <p class="buttons">${found.fitted && suggestion !== null ? html`<button type="button" id="use-rate" class="primary" ?disabled=${state.values.rate === suggestion}
      @click=${() => state.set({ rate: suggestion })}>${t('rates.use', plain(suggestion, 2))}</button>` : nothing}
    <button type="button" id="find-again" aria-busy=${Boolean(busy)} ?disabled=${busy} @click=${findRates}>${t(found.fitted ? 'rates.again' : 'rates.find')}</button></p>
    <p class="point">${point}</p>${found.fitted ? html`<p class="note">${t('rates.note')}</p>` : nothing}`;
}

export const rates = { look, figureOf, controls: () => nothing, beside };
