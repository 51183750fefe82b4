// step 2: the model, its layers and how it learns · in: state · out: hyper-parameters · next: train.js
import { source, state, suits } from '../lab.js';
import { applies, fields, models } from '../state.js';
import { families } from '../techniques.js';
import { t } from '../text/text.js';
import { html, nothing } from './base.js';
import { Step, choice, field, number, slider, textOf } from './controls.js';

const KEYS = ['model', 'hidden', 'activation', 'optimizer', 'rate', 'momentum', 'decay', 'batch', 'epochs', 'alpha', 'penalty', 'C', 'l1Ratio', 'iterations', 'seed'];

/* Positions are powers of ten; values keep two digits. */
const powers = (min, max) => ({ min, max, step: 0.05, toValue: p => Number((10 ** p).toPrecision(2)), toPosition: v => Math.max(min, Math.log10(v)) });
const share = { min: 0, max: 1, step: 0.01, toValue: p => Number(p.toFixed(2)), toPosition: v => v };

const named = key => families[key].map(({ name }) => ({ value: name, text: textOf(key, name) }));

/* An optimizer comes with its own usual learning rate. */
function chooseOptimizer({ target }) {
  const option = families.optimizer.find(({ name }) => name === target.value).options.find(({ name }) => name === 'learningRate');
  state.set({ optimizer: target.value, ...(option && { rate: option.default }) });
}

/* The test's code is fetched with the figures; its answer stands in step 4. */
async function findRate() {
  state.set({ see: 'rates' });
  const { findRates } = await import('../late/figures.js');
  document.querySelector('lab-see').scrollIntoView({ block: 'nearest' });
  findRates();
}

export class ModelStep extends Step {
  render() {
    const { model } = state.values;
    return html`${this.heading(2, 'step.model')}
      <div class="fields">${this.#models()}${models[model].linear ? this.#linear(model) : this.#network()}</div>
      ${this.refusals(KEYS)}${this.help()}`;
  }

  #models() {
    const option = name => {
      const disabled = Boolean(source.table) && !suits(name);
      return { value: name, text: t('model.' + name) + (disabled ? t('needs.' + models[name].task) : ''), disabled };
    };
    return html`<div class="two">${choice('model', Object.keys(models).map(option))}</div>`;
  }

  #linear(model) {
    const { values } = state;
    const wide = (key, scale) => (applies(key, values) ? html`<div class="wide">${slider(key, scale)}</div>` : nothing);
    return html`${number('seed')}
      ${applies('penalty', values) ? html`<div class="two">${choice('penalty', fields.penalty.choices.map(value => ({ value, text: t('penalty.' + value) })))}</div>` : nothing}
      ${wide('alpha', powers(-4, 4))}${wide('C', powers(-4, 4))}${wide('l1Ratio', share)}
      ${applies('iterations', values) ? number('iterations') : nothing}
      <p class="wide note formula">${t('note.' + model)}</p>`;
  }

  #network() {
    const [rate, momentum, decay] = ['rate', 'momentum', 'decay'].map(key => applies(key, state.values));
    const find = html`<button type="button" id="find-rate" data-control="find" title=${t('why.find')} ?disabled=${!source.table} @click=${findRate}>${t('label.find')}</button>`;
    return html`${choice('activation', named('activation'))}
      <div class="wide">${this.#layers()}</div>
      <div class=${momentum ? '' : decay ? 'two' : 'wide'}>${choice('optimizer', named('optimizer'), undefined, chooseOptimizer)}</div>${momentum ? number('momentum') : nothing}${decay ? number('decay') : nothing}
      ${rate ? html`<div class="wide">${slider('rate', powers(-5, 0), find)}</div>` : html`<p class="wide note">${t('optimizer.whole')}</p>`}
      ${rate ? number('batch') : nothing}${number('epochs')}${number('seed')}`;
  }

  #layers() {
    const { hidden } = state.values;
    const { most, min, max } = fields.hidden;
    const layer = (units, i) => html`<span class="layer"><input type="number" id=${i ? `hidden-${i + 1}` : 'hidden'} min=${min} max=${max}
      aria-label=${t('layer.units', i + 1)} aria-describedby="why-hidden" .value=${String(units)}
      @change=${event => this.#setUnits(i, event.target)}><button type="button" class="bare" title=${t('layer.remove', i + 1)}
      aria-label=${t('layer.remove', i + 1)} @click=${() => state.set({ hidden: hidden.toSpliced(i, 1) })}>×</button></span>`;
    return field('hidden', html`<span class="layers">${hidden.length ? hidden.map(layer) : html`<span class="note">${t('layer.none')}</span>`}
      <button type="button" id="add-layer" ?disabled=${hidden.length >= most} aria-label=${t('layer.add')} title=${t('layer.add')}
      @click=${() => state.set({ hidden: [...hidden, hidden.at(-1) ?? 16] })}>+</button></span>`);
  }

  #setUnits(i, input) {
    const units = Number(input.value);
    const { min, max } = fields.hidden;
    if (Number.isInteger(units) && units >= min && units <= max && input.value) return state.set({ hidden: state.values.hidden.with(i, units) });
    state.refuse('hidden', input.value);
    input.value = String(state.values.hidden[i]);
    return undefined;
  }
}
