// the Fit figure: what the model says beside what is true · in: a model as it stands · out: one figure, its numbers · next: figures.js
import { painter } from '../frame.js';
import { source, state, targetName, trainer } from '../lab.js';
import { plain, score, size } from '../text/numbers.js';
import { t } from '../text/text.js';
import { Part, html, nothing } from './base.js';
import { figureOf, look } from './figures.js';

const signs = ['\u25cf', '\u25a0', '\u25b2', '\u25c6']; // the marks of charts/points.js
const still = matchMedia('(prefers-reduced-motion: reduce)');

export class FitFigure extends Part {
  #part = undefined; // 'all', 'train' or 'validation' once chosen
  #at = -1; // the point at hand
  #found = undefined;
  #scene = undefined;
  #failed = undefined;
  #next = 0;
  #looking = false;
  #again = false;
  #inView = false;
  #watch = undefined;
  #chart = undefined;
  #paint = painter(() => this.#look());

  connectedCallback() {
    super.connectedCallback();
    trainer.addEventListener('epoch', () => this.#paint.mark());
    trainer.addEventListener('status', () => this.#look(true));
    source.addEventListener('change', () => this.#look(true));
    state.addEventListener('change', ({ detail }) => detail.has('target') && this.#look(true));
    addEventListener('wasmfit-theme', () => this.#chart?.repaint());
  }

  /* A look costs a pass over the rows: at most a few a second, never two at once, none out of sight while training. */
  async #look(atOnce = false) {
    if (!this.isConnected || !source.table || source.busy) return;
    if (this.#looking) {
      this.#again ||= atOnce;
      return;
    }
    const running = trainer.status === 'running';
    if (running && (!this.#inView || performance.now() < this.#next)) return;
    this.#looking = true;
    const begun = performance.now();
    try {
      const found = await trainer.view(model => look(model, trainer, trainer.active));
      this.#failed = undefined;
      const nothingYet = () => look(undefined, { problem: trainer.problem ?? source.problem(targetName(), state.values.task) });
      if (found || !trainer.active || !this.#found?.predicted) this.#found = found ?? nothingYet();
    } catch (error) {
      this.#failed = error;
      this.#found = undefined;
    }
    const cost = performance.now() - begun;
    this.#next = performance.now() + Math.max(still.matches ? 500 : 100, 4 * cost);
    this.#looking = false;
    this.#show();
    if (this.#again) {
      this.#again = false;
      this.#look(true);
    }
  }

  rendered() {
    if (this.#watch) return;
    this.#watch = new IntersectionObserver(([entry]) => {
      this.#inView = entry.isIntersecting;
      if (this.#inView) this.#look(true);
    });
    this.#watch.observe(this.querySelector('.figure'));
    this.#show();
  }

  #show() {
    const host = this.querySelector('.figure');
    if (!host) return;
    const { Chart, scene } = figureOf(this.#found, this.#shownPart());
    if (this.#chart?.constructor !== Chart) {
      this.#chart?.destroy();
      this.#chart = new Chart(host, at => {
        this.#at = at;
        this.ask();
      });
    }
    this.#scene = scene;
    this.#chart.draw(scene);
    this.ask();
  }

  /* A confusion matrix is of use on rows the model has not met; a picture shows all. */
  #shownPart() {
    return this.#part ?? (this.#found?.kind === 'matrix' && this.#found.held ? 'validation' : 'all');
  }

  #choose(part) {
    this.#part = part;
    this.#show();
  }

  render() {
    const found = this.#found;
    const { title, kind } = found ?? { title: t('fit'), kind: 'points' };
    const fitted = found?.predicted !== undefined;
    const parts = ['all', 'train', 'validation'];
    const option = part => html`<option value=${part} .selected=${part === this.#shownPart()}>${t('rows.' + part)}</option>`;
    return html`<header><h2><span class="ordinal">4</span> ${t('step.see')} <span class="view">${t('fit')}</span></h2>
        <h3>${title}</h3>
        ${found?.held ? html`<div class="field" data-control="rows"><label for="rows">${t('label.rows')}</label>
          <select id="rows" @change=${event => this.#choose(event.target.value)}>${parts.map(option)}</select></div>` : nothing}
        ${kind === 'matrix' || !fitted ? nothing : html`<button type="button" id="save-png" @click=${() => this.#save()}>${t('save.png')}</button>`}</header>
      <div class="see"><div class="figure ${kind}"></div>
        <div class="beside">${this.#failed ? html`<p class="problem" role="alert">${this.#failed.message}</p>` : nothing}
          ${fitted ? this.#numbers() : html`<p class="note">${t('fit.empty')}</p>`}
          ${kind === 'matrix' ? nothing : this.#legend()}
          <p class="point">${this.#point()}</p></div></div>`;
  }

  #numbers() {
    const { columns, lines } = this.#found.numbers;
    return html`<table class="numbers"><thead><tr><th scope="col">${t('part')}</th>${columns.map(name => html`<th scope="col">${t(name)}</th>`)}</tr></thead>
      <tbody>${lines.map(({ part, count, values }) => html`<tr data-part=${part}><th scope="row">${t('rows.' + part)}</th><td>${count}</td>
        ${values.map((value, i) => html`<td data-value=${value}>${i ? size(value) : score(value)}</td>`)}</tr>`)}</tbody></table>
      ${this.#found.task === 'regression' ? html`<p class="note">${t('as.stands')}</p>` : nothing}`;
  }

  #legend() {
    const found = this.#found;
    if (!found) return nothing;
    const sampled = found.drawn.length < found.total ? html`<li>${t('sampled', found.drawn.length, found.total)}</li>` : nothing;
    const classes = found.kind === 'field' ? found.classes : [];
    const sign = (label, k) => html`<li><span class="sign k${k % 8}">${signs[k % signs.length]}</span>${label}</li>`;
    return html`<ul class="marks ${found.kind}">${classes.map(sign)}<li><span class="mark"></span>${t('rows.train')}</li>
      <li><span class="mark filled"></span>${t('rows.validation')}</li>${sampled}</ul>`;
  }

  #point() {
    const points = this.#scene?.points;
    const found = this.#found;
    if (!found || !points || this.#at < 0 || this.#at >= points.index.length) return nothing;
    const i = points.index[this.#at];
    const value = v => (typeof v === 'number' ? plain(v) : v);
    const words = [t('row', found.rows[i] + 1), t('true', value(found.truth[i]))];
    if (found.predicted) words.push(t('predicted', value(found.predicted[i])));
    if (found.held) words.push(t(found.held[i] ? 'rows.validation' : 'rows.train'));
    return words.join(' · ');
  }

  #save() {
    this.querySelector('.figure canvas').toBlob(blob => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = 'wasmfit-fit.png';
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }
}
