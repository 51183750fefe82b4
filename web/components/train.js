// step 3: the run and its read-outs · in: trainer · out: train, pause, step, stop, reset · next: curve.js
import { painter } from '../frame.js';
import { isStale, source, step, toggle, trainer } from '../lab.js';
import { models } from '../state.js';
import { perSecond, score, seconds, size } from '../text/numbers.js';
import { t } from '../text/text.js';
import { download, html, nothing } from './base.js';
import { Step, sentence } from './controls.js';
import { icon } from './icons.js';

/** Is the run's score R² or accuracy? */
export const scoreName = () => (trainer.problem?.task === 'classification' ? 'accuracy' : 'r2');

/** Is the run on screen one of a linear model? */
export const isLinear = () => Boolean(trainer.values && models[trainer.values.model].linear);

/** What one point of the curves is called. */
export const unitName = () => t(isLinear() ? 'step' : 'epoch');

/** What the toggle does next: 'train', 'pause' or 'continue'. */
export const nextAction = () => (trainer.status === 'running' ? 'pause' : trainer.status === 'paused' && !isStale() ? 'continue' : 'train');

/* Ends that have a sentence of their own. */
const ends = { earlyStopping: 'early', converged: 'converged' };

/** The sentence of the status line; it changes when the status does, not with every epoch. */
export function statusText() {
  const { status, columns, message } = trainer;
  const n = columns.epoch.at(-1) ?? 0;
  if (status === 'failed') return t(n ? 'status.broke' : 'status.failed');
  if (status === 'paused') return t('status.paused', n);
  if (status === 'stopped' && !n) return t('status.stopped.none');
  if (status !== 'done' && status !== 'stopped') return t('status.' + status);
  const { shown, ended } = trainer;
  const validation = columns.valScore.length ? t('validated', score(columns.valScore.at(shown))) : '';
  const back = shown >= 0 && shown < columns.epoch.length - 1 ? t('status.back', columns.epoch[shown]) : '';
  const figures = [n, t('in.' + scoreName()), score(columns.score.at(shown)), validation, seconds(columns.seconds.at(-1)), back];
  const { linear, steps } = models[trainer.values.model];
  const own = !linear && Object.hasOwn(ends, ended) ? ends[ended] : status;
  return `${t('status.' + (!steps ? 'solved' : linear && status === 'done' ? 'steps' : own), ...figures)} ${message}`;
}

export class TrainStep extends Step {
  #paint = painter(() => this.ask());

  connectedCallback() {
    super.connectedCallback();
    trainer.addEventListener('epoch', () => this.#paint.mark());
  }

  render() {
    const { status, columns } = trainer;
    return html`${this.heading(3, 'step.train')}
      ${this.#buttons()}
      ${this.#epochs()}
      <div class="scores">${this.#score('r2', columns.score, 'training', 'train')}${this.#score('val-r2', columns.valScore, 'validation', 'validation')}</div>
      ${this.#facts()}
      <div class="state"><p class="status" id="status" role="status" data-status=${status}>${statusText()}</p>${this.#checkpoint()}</div>
      ${this.#notes()}${this.help()}`;
  }

  #buttons() {
    const { status, active } = trainer;
    const action = nextAction();
    const button = (id, sign, label, run, disabled, busy = false) => html`<button type="button" id=${id} data-control=${id}
      class=${id === 'train' ? 'primary' : ''} data-action=${id === 'train' ? action : nothing}
      ?disabled=${disabled} aria-busy=${busy} @click=${run}>${icon(sign)}<span>${label}</span></button>`;
    return html`<div class="buttons">
      ${button('train', action === 'pause' ? 'pause' : 'train', t(action), toggle, !source.table || status === 'stopping')}
      ${button('step', 'step', t('label.step'), step, !source.table || status === 'running' || status === 'stopping')}
      ${button('stop', 'stop', t('label.stop'), () => trainer.stop(), !active, status === 'stopping')}
      ${button('reset', 'reset', t('label.reset'), () => trainer.clear(), status === 'idle')}
    </div>`;
  }

  #epochs() {
    const n = trainer.columns.epoch.at(-1) ?? 0;
    const ended = !trainer.active && n > 0;
    const total = !isLinear() ? trainer.values?.epochs : ended || !models[trainer.values.model].steps ? Math.max(1, n) : trainer.values.iterations;
    return html`<div class="epochs"><span>${unitName()} <b id="epoch" data-from=${trainer.columns.epoch[0] ?? ''} data-epoch=${n}>${n}</b> ${total ? t('of', total) : nothing}</span>
      <progress max=${total ?? 1} value=${n} aria-label=${unitName()}></progress></div>`;
  }

  #score(id, values, part, tone) {
    const value = values.at(trainer.shown);
    return html`<div class="score ${tone}"><span class="label">${t(scoreName())} <span class="key ${tone}"></span>${t(part)}</span>
      <output id=${id} data-metric=${scoreName()} data-value=${value ?? ''}>${score(value)}</output></div>`;
  }

  #fact(id, label, text, value) {
    return html`<div><dt>${label}</dt><dd id=${id} data-value=${value ?? ''}>${text}</dd></div>`;
  }

  #speed() {
    const { rowsSeen, seconds: time } = trainer.columns;
    const [value, prefix] = perSecond(rowsSeen.at(-1) / time.at(-1));
    return this.#fact('speed', t('speed'), time.length ? t('speed.value', value, prefix) : '\u2013', undefined);
  }

  #facts() {
    const { columns, shown } = trainer;
    const numbers = (id, name, part, values) => this.#fact(id, part ? `${t(name)} · ${t(part)}` : t(name), (id.includes('loss') ? size : score)(values.at(shown)), values.at(shown));
    /* What accuracy hides where classes differ in size, on the held-out rows where there are some. */
    const held = columns.valLoss.length > 0;
    const [balanced, f1] = (held ? ['valBalancedAccuracy', 'valF1'] : ['balancedAccuracy', 'f1']).map(name => columns.more[name]);
    return html`<dl class="facts ${balanced ? 'three' : ''}">
        ${numbers('train-loss', 'loss', 'training', columns.loss)}${numbers('val-loss', 'loss', 'validation', columns.valLoss)}${balanced ? numbers('balanced', 'balancedAccuracy', '', balanced) : nothing}
        ${this.#fact('elapsed', t('elapsed'), columns.seconds.length ? t('seconds', seconds(columns.seconds.at(-1))) : '\u2013', columns.seconds.at(-1))}
        ${this.#speed()}${f1 ? numbers('f1', 'f1', '', f1) : nothing}
      </dl>`;
  }

  #checkpoint() {
    const { status, columns } = trainer;
    if (isLinear() || !['running', 'paused'].includes(status) || !columns.epoch.length) return nothing;
    const keep = async () => {
      const bytes = await trainer.checkpoint().catch(() => undefined); // the run may have just ended
      if (bytes) download(new Blob([bytes]), `wasmfit-${trainer.columns.epoch.at(-1)}.safetensors`);
    };
    return html`<button type="button" id="checkpoint" data-control="checkpoint" title=${t('why.checkpoint')} @click=${keep}>${t('label.checkpoint')}</button>`;
  }

  #notes() {
    const { status, message, rateChanges } = trainer;
    const bad = status === 'diverged' || status === 'failed';
    return html`${bad ? html`<p class="problem" role="alert" id="train-error">${sentence(message)}</p>` : nothing}
      ${isStale() && trainer.status !== 'running' ? html`<p class="note" id="stale">${t('stale')}</p>` : nothing}
      ${rateChanges.length ? html`<p class="note">${t('rate.changed', rateChanges.join(', '))}</p>` : nothing}`;
  }
}
