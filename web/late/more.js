// the panel "More ways to train": a control for each entry and option of the registry, fetched when it is opened · in: state · out: controls
// next: rates.js
import { effect, idOf, labelOf, sentence, take, textOf } from '../components/controls.js';
import { html, nothing } from '../components/base.js';
import { source, state, targetName, taskName } from '../lab.js';
import { applies, fields, show } from '../state.js';
import { entryWords, families, optionWords } from '../techniques.js';
import { has, language, t } from '../text/text.js';

/* The groups, in the order of the work: what is minimised, by which steps, held back by what, on which rows, until when. */
const groups = {
  loss: ['loss', 'classLoss'], optimizer: ['optimizer', 'activation', 'initializer'], schedule: ['schedule'],
  overfitting: ['dropout', 'normalization', 'l1', 'l2', 'maxNorm'], steps: ['batchSchedule', 'clip', 'averaging'],
  rows: ['inputNoise', 'mixup', 'classWeight', 'resample'], stopping: ['earlyStopping'], pruning: ['pruning', 'recordGradient'],
};

/* Controls of the main view stand here only with their options. */
const inView = ['optimizer', 'activation', 'clip'];

const children = key => Object.keys(fields).filter(one => fields[one].when?.[0] === key || (key === 'clip' && one.startsWith('clip.')));
const suitsTask = key => (fields[key].task ?? taskName()) === taskName();

/** What the control is for: of a choice what was chosen, of an option its line in the registry. */
function reason(key) {
  if (key in families) return entryWords(key, state.values[key]).doc || t('why.' + key);
  if (has('why.' + key)) return t('why.' + key);
  const { doc } = optionWords(key);
  return language.name === 'zh' ? `${doc}。` : sentence(doc);
}

/* Columns of the history that this run can have; the chosen one stays on the list. */
function monitors(key) {
  const classes = taskName() === 'classification';
  const fits = name => name === '' || /loss$/i.test(name) || /r2|mae/i.test(name) !== classes;
  const held = name => state.values.heldOut > 0 || !/^val/.test(name);
  return fields[key].choices.filter(name => name === state.values[key] || (fits(name) && held(name)));
}

const binary = () => source.table && new Set(source.table.column(targetName()).values).size === 2;
const twoOnly = (key, name) => key === 'classLoss' && families.classLoss.find(entry => entry.name === name).targets === 'B';

function options(key) {
  const names = fields[key].option === 'monitor' ? monitors(key) : fields[key].choices;
  return names.map(name => {
    const off = twoOnly(key, name) && !binary();
    return html`<option value=${name} ?disabled=${off}>${textOf(key, name)}${off ? t('needs.two') : ''}</option>`;
  });
}

function input(key) {
  const { kind, optional, min, max } = fields[key];
  const id = idOf(key);
  const value = state.values[key];
  if (kind === 'flag') {
    return html`<input type="checkbox" id=${id} aria-describedby="why-${id}" .checked=${value} @change=${event => state.set({ [key]: event.target.checked })}>`;
  }
  if (kind === 'choice') {
    return html`<select id=${id} data-chosen=${value} aria-describedby="why-${id}" @change=${event => take(key, event.target)}>${options(key)}</select>`;
  }
  const whole = kind === 'integer';
  return html`<input id=${id} type=${whole ? 'number' : 'text'} inputmode=${whole ? 'numeric' : 'decimal'} autocomplete="off" min=${whole ? min : nothing} max=${whole && max < 1e9 ? max : nothing}
    placeholder=${optional ? t('auto') : nothing} aria-describedby="why-${id}" .value=${show(key, value)} @change=${event => take(key, event.target)}>`;
}

function row(key) {
  const id = idOf(key);
  const set = show(key, state.values[key]) !== show(key, fields[key].fallback);
  return html`<div class="row ${fields[key].when ? 'option' : ''} ${set ? 'set' : ''} ${fields[key].kind}" data-control=${key}>
    <label for=${id}>${labelOf(key)}</label>${input(key)}<small id="why-${id}">${reason(key)} <span class="unseen">${effect(key)}</span></small></div>`;
}

/* A control and, while they count, its options. */
function rows(key) {
  if (key !== 'clip' && (!applies(key, state.values) || !suitsTask(key))) return [];
  const own = children(key).filter(one => applies(one, state.values) && suitsTask(one));
  return [...(inView.includes(key) ? [] : [row(key)]), ...own.map(row)];
}

function group([name, keys]) {
  const all = keys.flatMap(rows);
  if (!all.length) return nothing;
  const of = name === 'optimizer' ? html` <small>${entryWords('optimizer', state.values.optimizer).label}</small>` : nothing;
  const why = name === 'optimizer' ? html`<p class="note">${entryWords('optimizer', state.values.optimizer).doc}</p>` : nothing;
  return html`<section class="group" data-group=${name} aria-labelledby="group-${name}"><h3 id="group-${name}">${t('group.' + name)}${of}</h3>${why}${all}</section>`;
}

/** The open panel; keys: of the fields that are not as they were at the start. */
export function panel(keys) {
  const reset = () => state.set(Object.fromEntries(keys.map(key => [key, fields[key].fallback])));
  return html`<div class="lead"><p class="note">${t('more.effect')}</p>
      <button type="button" id="more-reset" ?disabled=${!keys.length} @click=${reset}>${t('more.reset')}</button></div>
    <div class="groups">${Object.entries(groups).map(group)}</div>`;
}
