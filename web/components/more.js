// the rest of step 2, closed until it is asked for · in: state · out: what is set, every technique of the registry · next: ../late/more.js
import { state } from '../lab.js';
import { changed, fields, models, show } from '../state.js';
import { families } from '../techniques.js';
import { t } from '../text/text.js';
import { html, nothing } from './base.js';
import { Step, labelOf, textOf } from './controls.js';

const KEYS = Object.keys(fields).filter(key => fields[key].more);

/* What is set, in short: options are left to the open panel. */
function summary(keys) {
  const word = key => {
    if (fields[key].kind === 'flag') return labelOf(key);
    return key in families ? textOf(key, state.values[key]) : `${labelOf(key)} ${show(key, state.values[key])}`;
  };
  const main = keys.filter(key => !fields[key].when);
  return main.length ? main.map(word).join(' · ') : keys.length ? t('more.options', keys.length) : t('more.nothing');
}

export class More extends Step {
  #panel = undefined;
  #open = false;

  async #toggle({ target }) {
    this.#open = target.open;
    if (target.open) this.#panel ??= (await import('../late/more.js')).panel;
    this.ask();
  }

  render() {
    if (models[state.values.model].linear) return nothing;
    const keys = changed(state.values);
    return html`<details id="more" @toggle=${event => this.#toggle(event)}>
        <summary data-control="more"><span class="title">${t('label.more')}</span><span class="changed">${summary(keys)}</span></summary>
        ${this.#open && this.#panel ? this.#panel(keys) : nothing}</details>
      ${this.refusals(KEYS)}`;
  }
}
