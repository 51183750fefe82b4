// step 4: figures of the model as it stands, one at a time · in: trainer, state, a figure's own look · out: picture, numbers, PNG · next: fit.js
import { painter } from '../frame.js';
import { source, state, targetName, taskName, trainer } from '../lab.js';
import { applies, fields, models } from '../state.js';
import { t } from '../text/text.js';
import { Part, download, html, nothing } from './base.js';
import { fit } from './fit.js';

const still = matchMedia('(prefers-reduced-motion: reduce)');

/* A figure is { prepare(problem)?, look(model | undefined, trainer, hurry) → found, figureOf(found, choice) → { Chart, scene }, controls(found, choice, choose)
 * and beside(found, scene, at) → templates }. `found` has a title and fitted: is it of a model. All but the first are fetched late. */
const load = async name => (name === 'fit' ? fit : (await import('../late/figures.js'))[name]);

/* The figures that the run on screen, or else the one to come, can show. */
function offered() {
  const values = trainer.values ?? state.values;
  const { linear } = models[values.model];
  const regression = source.table && (trainer.problem?.task ?? taskName()) === 'regression';
  return fields.see.choices.filter(name => ({ fit: true, coefficients: linear, residuals: regression, quantiles: linear && regression, course: !linear, rates: applies('rate', state.values) })[name]);
}

export class See extends Part {
  #name = 'fit';
  #figure = fit;
  #choice = {}; // what was chosen in the figure's own controls
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
    state.addEventListener('change', ({ detail }) => ['target', 'model', 'see', 'optimizer'].some(key => detail.has(key)) && this.#look(true));
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
    if (running && (!this.#inView || (!atOnce && performance.now() < this.#next))) return;
    this.#looking = true;
    const start = performance.now();
    try {
      await this.#turn();
      const { look, prepare } = this.#figure;
      const begun = trainer.problem;
      const problem = begun ?? source.problem(targetName(), state.values.task);
      await prepare?.(problem);
      if (trainer.problem !== begun) this.#again = true;
      else await this.#find(look, problem);
    } catch (error) {
      this.#failed = error;
      this.#found = undefined;
    }
    const cost = performance.now() - start;
    this.#next = performance.now() + Math.max(still.matches ? 500 : 100, 4 * cost);
    this.#looking = false;
    this.#show();
    if (this.#again) {
      this.#again = false;
      this.#look(true);
    }
  }

  async #find(look, problem) {
    const found = await trainer.view(model => look(model, trainer, trainer.active));
    this.#failed = undefined;
    if (found || !trainer.active || !this.#found?.fitted) this.#found = found ?? look(undefined, { problem, columns: trainer.columns, values: trainer.values });
  }

  /* To the figure that the state asks for, where it can be shown. */
  async #turn() {
    const { see } = state.values;
    const name = offered().includes(see) ? see : 'fit';
    if (name === this.#name) return;
    this.#figure = await load(name);
    this.#name = name;
    this.#found = undefined;
    this.#at = -1;
    this.#chart?.destroy();
    this.#chart = undefined;
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
    const { Chart, scene } = this.#figure.figureOf(this.#found, this.#choice);
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

  render() {
    const found = this.#found;
    const name = this.#name;
    const choose = change => {
      Object.assign(this.#choice, change);
      this.#show();
    };
    const { title, kind } = found ?? { title: t('see.' + name), kind: 'points' };
    return html`<header><h2><span class="ordinal">4</span> ${t('step.see')}</h2>${this.#tabs()}
        <h3>${title}</h3>
        ${found ? this.#figure.controls(found, this.#choice, choose) : nothing}
        ${found?.fitted && this.#chart?.canvas ? html`<button type="button" id="save-png" @click=${() => this.#save()}>${t('save.png')}</button>` : nothing}</header>
      <div class="see ${name}"><div class="figure ${kind}" id="figure" role="tabpanel" aria-labelledby="see-${name}"></div>
        <div class="beside">${this.#failed ? html`<p class="problem" role="alert">${this.#failed.message}</p>` : nothing}
          ${found?.fitted ? nothing : html`<p class="note">${t('empty.' + name)}</p>`}
          ${found ? this.#figure.beside(found, this.#scene, this.#at, this.#choice) : nothing}</div></div>`;
  }

  #tabs() {
    const names = offered();
    const tab = name => html`<button type="button" role="tab" id="see-${name}" aria-controls="figure" aria-selected=${name === this.#name}
      tabindex=${name === this.#name ? 0 : -1} @click=${() => state.set({ see: name })}>${t('see.' + name)}</button>`;
    const move = event => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!by) return;
      const next = names[(names.indexOf(this.#name) + by + names.length) % names.length];
      state.set({ see: next });
      this.querySelector(`#see-${next}`).focus();
    };
    return html`<div role="tablist" class="tabs" aria-label=${t('step.see')} data-control="see" @keydown=${move}>${names.map(tab)}</div>`;
  }

  #save() {
    this.#chart.canvas.toBlob(blob => download(blob, `wasmfit-${this.#name}.png`));
  }
}
