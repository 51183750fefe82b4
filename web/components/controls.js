// the controls of the steps · in: a key of the state · out: label, input, reason, effect, refusal · next: data.js, model.js
import { source, state, targetName, trainer } from '../lab.js';
import { fields, models, parse, show } from '../state.js';
import { entryWords, families, optionWords } from '../techniques.js';
import { has, t } from '../text/text.js';
import { Part, html, nothing } from './base.js';

/** The id of the control of a field. */
export const idOf = key => key.replace('.', '-');

/** The label of a field: the page's own words, or the registry's. */
export const labelOf = (key, ...values) => (has('label.' + key) ? t('label.' + key, ...values) : optionWords(key).label);

/** A column of the history in words. */
export function columnText(name) {
  if (/^val[A-Z]/.test(name)) return `${columnText(name[3].toLowerCase() + name.slice(4))} · ${t('validation')}`;
  return t('column.' + name);
}

/** The text of one of the values of a choice. */
export function textOf(key, value) {
  if (key in families) return entryWords(key, value).label;
  if (value === '') return t('auto');
  if (fields[key].option === 'monitor') return columnText(value);
  const own = [`${key}.${value}`, `${fields[key].option}.${value}`].find(has);
  return own ? t(own) : value;
}

/** What a change of `key` does to the run. */
export function effect(key) {
  if (!Object.hasOwn(fields, key) || !trainer.active) return '';
  if (fields[key].live) return t('effect.live');
  return t(trainer.status === 'running' ? 'effect.new' : 'effect.next');
}

/** The rule of a field in words. */
function rule({ kind, min, max, most, open, below, choices }) {
  if (kind === 'choice') return t('rule.choice', choices.join(', '));
  if (kind === 'layers') return t('rule.layers', min, max, most);
  if (kind === 'number') return t(open ? 'rule.open' : below ? 'rule.below' : 'rule.number', min, max);
  return t('rule.' + kind, min, max);
}

function refusal({ key, text }) {
  if (!Object.hasOwn(fields, key)) return t('refused.key', key);
  if (key === 'data') return text.startsWith('file:') ? t('refused.file', text.slice(5)) : t('refused.data', text, state.values.data);
  if (key === 'target') return t('refused.target', text, targetName());
  if (key === 'model' && Object.hasOwn(models, text)) return t('refused.' + models[text].task, t('model.' + text));
  return t('refused', labelOf(key), text, rule(fields[key]), show(key, state.values[key]));
}

/** Takes the text of an input when the rule allows it, else says so and puts the former value back. */
export function take(key, input) {
  const value = parse(key, input.value);
  if (value === undefined) {
    state.refuse(key, input.value);
    input.value = show(key, state.values[key]);
  } else {
    state.set({ [key]: value });
  }
}

/** A message of the package as a sentence. */
export const sentence = text => text[0].toUpperCase() + text.slice(1) + (/[.?!]$/.test(text) ? '' : '.');

/** A label over its control; the reason is read out with it and shown in the step's line of help. */
export function field(key, control, extra = nothing) {
  return html`<div class="field" data-control=${key}>
    <label for=${key}>${t('label.' + key)}${fields[key]?.live && trainer.active ? html`<span class="live">${t('live')}</span>` : nothing}</label>
    ${control}${extra}<span id="why-${key}" hidden>${t('why.' + key)} ${effect(key)}</span>
  </div>`;
}

/** options: [{ value, text, disabled? }] */
export function choice(key, options, chosen = state.values[key], onChange = event => take(key, event.target)) {
  return field(key, html`<select id=${key} data-chosen=${chosen} aria-describedby="why-${key}" @change=${onChange}>
    ${options.map(({ value, text, disabled }) => html`<option value=${value} ?disabled=${disabled}>${text}</option>`)}
  </select>`);
}

export function number(key) {
  const { kind, min, max } = fields[key];
  const whole = kind === 'integer';
  return field(key, html`<input id=${key} type=${whole ? 'number' : 'text'} inputmode=${whole ? 'numeric' : 'decimal'} autocomplete="off"
    min=${whole ? min : nothing} max=${whole ? max : nothing} aria-describedby="why-${key}"
    .value=${show(key, state.values[key])} @change=${event => take(key, event.target)}>`);
}

/** A slider with its number field. scale: { min, max, step, toValue(position), toPosition(value) }; extra: what stands behind them. */
export function slider(key, scale, extra = nothing) {
  const value = state.values[key];
  const slide = event => state.set({ [key]: scale.toValue(Number(event.target.value)) });
  return field(key, html`<span class="slider">
    <input type="range" id="${key}-slider" aria-label=${t('label.' + key)} aria-valuetext=${show(key, value)} min=${scale.min} max=${scale.max} step=${scale.step}
      .value=${String(scale.toPosition(value))} @input=${slide}>
    <input id=${key} type="text" inputmode="decimal" autocomplete="off" aria-describedby="why-${key}"
      .value=${show(key, value)} @change=${event => take(key, event.target)}>${extra}
  </span>`);
}

/** A step of the page: a numbered heading, its refusals and one line of help for the control at hand. */
export class Step extends Part {
  #hand = undefined; // the control under the pointer, else the one in focus

  connectedCallback() {
    super.connectedCallback();
    const reach = element => {
      const key = element?.closest('[data-control]')?.dataset.control;
      if (key === this.#hand) return;
      this.#hand = key;
      this.ask();
    };
    this.addEventListener('pointerover', event => reach(event.target));
    this.addEventListener('focusin', event => reach(event.target));
    this.addEventListener('pointerleave', () => reach(this.querySelector(':focus')));
  }

  /* A choice that was not taken must not stay on show. */
  rendered() {
    for (const select of this.querySelectorAll('select')) select.value = select.dataset.chosen;
  }

  heading(number, key) {
    return html`<h2><span class="ordinal">${number}</span> ${t(key)}</h2>`;
  }

  help(otherwise = '') {
    return html`<p class="help" aria-hidden="true">${this.#hand ? `${t('why.' + this.#hand)} ${effect(this.#hand)}` : otherwise}</p>`;
  }

  /** The refusals of the fields in `keys`. */
  refusals(keys) {
    const mine = state.refused.filter(entry => keys.includes(entry.key) || (keys.includes('data') && !Object.hasOwn(fields, entry.key)));
    return mine.map(entry => html`<p class="problem" role="alert" data-refused=${entry.key}>${source.table ? refusal(entry) : nothing}</p>`);
  }
}
