// one curve by epoch: the loss, or R² or accuracy · in: trainer's columns · out: the chart with its values in text · next: fit.js
import { Lines } from '../charts/lines.js';
import { painter } from '../frame.js';
import { state, trainer } from '../lab.js';
import { bestEpoch } from '../run.js';
import { fields, models } from '../state.js';
import { entryWords } from '../techniques.js';
import { score, size } from '../text/numbers.js';
import { t } from '../text/text.js';
import { Part, html, nothing } from './base.js';
import { isLinear, scoreName, unitName } from './train.js';

export class Curve extends Part {
  #at = null; // the epoch under the cursor, as an index
  #lines = undefined;
  #paint = painter(() => this.#draw());

  connectedCallback() {
    super.connectedCallback();
    trainer.addEventListener('epoch', () => this.#paint.mark());
    trainer.addEventListener('status', () => this.#paint.now());
    state.addEventListener('change', () => trainer.status === 'idle' && this.#paint.mark());
    addEventListener('wasmfit-theme', () => this.#lines?.repaint());
  }

  rendered() {
    this.parentElement.hidden = !models[(trainer.values ?? state.values).model].steps; // what is solved at once has no curve
    if (this.#lines) return;
    const onCursor = at => {
      this.#at = at;
      this.ask();
    };
    this.#lines = new Lines(this.querySelector('.plot'), { score: this.#kind === 'score', onCursor });
    this.#draw();
  }

  get #kind() {
    return this.getAttribute('kind');
  }

  #draw() {
    const { columns, values } = trainer;
    const linear = isLinear();
    const loss = this.#kind === 'loss';
    this.#lines?.draw({
      epoch: columns.epoch, train: loss ? columns.loss : columns.score, validation: loss ? columns.valLoss : columns.valScore,
      total: linear || trainer.fitted ? columns.epoch.at(-1) : (values ?? state.values).epochs,
      best: linear || trainer.resumed ? -1 : bestEpoch(trainer), below: t('below'),
    });
    this.ask();
  }

  render() {
    const { columns } = trainer;
    const loss = this.#kind === 'loss';
    const name = loss ? t('loss') : t(scoreName());
    const n = columns.epoch.length;
    const at = this.#at !== null && this.#at < n ? this.#at : n - 1;
    const say = loss ? size : score;
    const train = say((loss ? columns.loss : columns.score)[at]);
    const validation = columns.valLoss.length ? say((loss ? columns.valLoss : columns.valScore)[at]) : '';
    const best = isLinear() || trainer.resumed ? -1 : bestEpoch(trainer);
    const words = n ? t('curve.text', name, unitName(), columns.epoch[at], train, validation && t('validated', validation)) : `${name}. ${t('curve.empty')}`;
    return html`<header><h3>${name}${loss ? html` <small>${this.#unit()}</small>` : nothing}</h3>
        ${n ? html`<span class="legend"><span class="at">${unitName()} ${columns.epoch[at]}</span>
        <span><span class="key train"></span>${t('training')} <b>${train}</b></span>
        ${validation ? html`<span><span class="key validation"></span>${t('validation')} <b>${validation}</b></span>` : nothing}
        ${best < 0 || loss ? nothing : html`<span class="best" data-best=${columns.epoch[best]}><span class="tick"></span>${t('best', columns.epoch[best])}</span>`}
        </span>` : nothing}</header>
      <div class="plot" tabindex="0" role="img" aria-label="${words} ${t('curve.keys')}" @keydown=${this.#key}></div>
      ${n ? nothing : html`<p class="empty"><span>${t('curve.empty')}</span></p>`}`;
  }

  #unit() {
    const { values, problem } = trainer;
    if (!values) return nothing;
    const classes = problem.task === 'classification';
    const family = classes ? 'classLoss' : 'loss';
    const own = isLinear() || values[family] === fields[family].fallback ? '' : entryWords(family, values[family]).label;
    if (classes) return own || t('loss.ce');
    const scaled = values.standardize && !isLinear();
    return own ? [own, scaled && t('loss.unit')].filter(Boolean).join(', ') : t(scaled ? 'loss.unit' : 'loss.plain');
  }

  #key(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -1e9, End: 1e9 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.#lines.move(by);
  }
}
