// the bar at the foot of a narrow page: train or pause, score, loss · in: trainer · out: the toggle · next: main.js
import { painter } from '../frame.js';
import { source, toggle, trainer } from '../lab.js';
import { score, size } from '../text/numbers.js';
import { t } from '../text/text.js';
import { Part, html } from './base.js';
import { icon } from './icons.js';
import { nextAction, scoreName } from './train.js';

export class Bar extends Part {
  #paint = painter(() => this.ask());

  connectedCallback() {
    super.connectedCallback();
    trainer.addEventListener('epoch', () => this.#paint.mark());
  }

  render() {
    const { columns } = trainer;
    const action = nextAction();
    return html`<button type="button" class="primary" id="bar-train" aria-label=${t(action)} ?disabled=${!source.table} @click=${toggle}>
        ${icon(action === 'pause' ? 'pause' : 'train')}</button>
      <span>${t(scoreName())} <b>${score(columns.score.at(-1))}</b></span><span>${t('loss')} <b>${size(columns.loss.at(-1))}</b></span>`;
  }
}
