// step 1: the data set, its target and its columns · in: source, state · out: choices, files · next: model.js
import { datasets } from 'wasmfit';
import { chooseData, openFile, source, state, targetName, taskName } from '../lab.js';
import { applies } from '../state.js';
import { plain } from '../text/numbers.js';
import { has, t } from '../text/text.js';
import { html, nothing } from './base.js';
import { Step, choice, field, sentence, slider } from './controls.js';

const KEYS = ['data', 'target', 'task', 'heldOut', 'standardize'];
const SHOWN = 60; // columns drawn; tables may have thousands

const percent = { min: 0, max: 0.5, step: 0.05, toValue: p => Number(p.toFixed(2)), toPosition: v => v };

function histogram(bins) {
  const top = Math.max(...bins, 1);
  const width = 64 / Math.max(bins.length, 8);
  const bars = bins.map((count, i) => `M${(i * width).toFixed(1)} 16v${(-16 * count / top).toFixed(1)}h${(width - 0.5).toFixed(1)}V16`).join('');
  return html`<svg class="histogram" width="64" height="16" viewBox="0 0 64 16" aria-hidden="true"><path d=${bars}></path></svg>`;
}

const columnRange = ({ kind, min, max, categories }) => (kind === 'numeric' ? `${plain(min, 3)} … ${plain(max, 3)}` : t('column.kinds', categories));

export class DataStep extends Step {
  render() {
    return html`${this.heading(1, 'step.data')}
      <div class="fields">
        ${this.#sets()}${this.#targets()}
        <div class="two">${slider('heldOut', percent)}</div>
        ${field('standardize', html`<input type="checkbox" id="standardize" aria-describedby="why-standardize"
          .checked=${state.values.standardize && applies('standardize', state.values)} ?disabled=${!applies('standardize', state.values)}
          @change=${event => state.set({ standardize: event.target.checked })}>`)}
      </div>
      ${this.refusals(KEYS)}${this.#failure()}
      ${source.busy ? html`<p class="note" role="status">${t('reading', Math.round(source.progress * 100))}</p>` : nothing}
      ${source.table ? this.#table() : nothing}
      ${this.help(source.note)}`;
  }

  #sets() {
    const options = datasets.list.map(({ name, title }) => ({ value: name, text: has('set.' + name) ? t('set.' + name) : title }));
    if (source.isFile) options.unshift({ value: source.name, text: source.name.slice(5) });
    const file = html`<span class="file button"><input type="file" id="file" accept=".csv,.tsv,.txt,text/csv,.safetensors" aria-describedby="why-file"
      @change=${event => this.#open(event.target)}><label for="file">${t('label.file')}</label><span id="why-file" hidden>${t('why.file')}</span></span>`;
    return html`<div class="two">${choice('data', options, source.name || state.values.data, event => chooseData(event.target.value))}</div>
      <div class="low" data-control="file" aria-busy=${source.busy}>${file}</div>`;
  }

  #open(input) {
    const [file] = input.files;
    if (file) openFile(file);
    input.value = '';
  }

  #targets() {
    if (!source.table) return nothing;
    const target = targetName();
    const tasks = ['auto', 'regression', 'classification'].map(value => ({ value, text: t('task.' + value) }));
    const header = { auto: 'auto', yes: true, no: false };
    const chosen = Object.keys(header).find(key => header[key] === source.header);
    const names = source.table.names.map(name => ({ value: name, text: name }));
    const headers = Object.keys(header).map(value => ({ value, text: t('header.' + value) }));
    return html`<div class=${source.isFile ? '' : 'two'}>${choice('target', names, target)}</div>${choice('task', tasks)}
      ${source.isFile ? choice('header', headers, chosen, event => source.reopen(header[event.target.value])) : nothing}`;
  }

  #failure() {
    if (!source.error) return nothing;
    const { file, message, hint } = source.error;
    const parts = [t('csv.failed', file, message.replace(/\.$/, '')), hint && sentence(hint), source.table && t('csv.kept')];
    return html`<p class="problem" role="alert" id="data-error">${parts.filter(Boolean).join(' ')}</p>`;
  }

  #table() {
    const target = targetName();
    const { rows, names } = source.table;
    const { columns } = source;
    return html`<p class="shape" id="shape">${t('shape', rows, names.length - 1, target, t('task.' + taskName()))}</p>
      ${source.gaps ? this.#gaps() : nothing}
      <ul class="columns" tabindex="0" aria-label=${t('columns')}>${columns.slice(0, SHOWN).map(column => this.#column(column, target))}
        ${columns.length > SHOWN ? html`<li class="more">${t('column.more', columns.length - SHOWN)}</li>` : nothing}</ul>`;
  }

  #gaps() {
    return html`<p class="gaps" data-control="gaps">${t('gaps', source.gaps)}
      <label><input type="checkbox" id="gaps" .checked=${source.withoutGaps} @change=${event => source.leaveOutGaps(event.target.checked)}>
      ${t('label.gaps', source.gaps)}</label></p>`;
  }

  #column(column, target) {
    const isTarget = column.name === target;
    const range = columnRange(column) + (column.missing ? ` · ${t('column.missing', column.missing)}` : '');
    return html`<li class=${isTarget ? 'target' : ''}><span class="name" title=${column.name}>${column.name}</span>
      ${histogram(column.bins)}<span class="range" title=${range}>${isTarget ? html`<b>${t('column.target')}</b> ` : nothing}${range}</span></li>`;
  }
}
