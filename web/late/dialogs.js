// the list of keys and the jump to a control by name, fetched when first asked for · in: controls of the page · out: the focus · next: ../components/keys.js
import { source } from '../lab.js';
import { t } from '../text/text.js';
import { Part, html } from '../components/base.js';
import { labelOf } from '../components/controls.js';

const listed = () => [[t('space'), t('key.space')], ['s', t('key.s')], ['r', t('key.r')], ['/', t('key./')], ['?', t('key.?')], [t('arrows'), t('key.arrows')]];

export class Dialogs extends Part {
  #filter = '';

  render() {
    return html`<dialog id="keys" aria-label=${t('keys')} @click=${closeOutside}>
        <form method="dialog"><h2>${t('keys')}</h2>
        <dl>${listed().map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
        <button>${t('close')}</button></form></dialog>
      <dialog id="jump" aria-label=${t('label.jump')} @click=${closeOutside}>
        <form method="dialog" @submit=${event => this.#go(event, this.#matches()[0])}>
        <label for="jump-name">${t('label.jump')}</label>
        <input id="jump-name" type="text" autocomplete="off" autofocus @input=${event => this.#seek(event.target.value)}>
        <p class="note">${t('jump.hint')}</p>
        <ul>${this.#matches().map(entry => html`<li><button type="button" @click=${event => this.#go(event, entry)}>${entry.label}</button></li>`)}</ul>
        ${this.#matches().length ? '' : html`<p class="note">${t('jump.none')}</p>`}</form></dialog>`;
  }

  #matches() {
    const wanted = this.#filter.trim().toLowerCase();
    return controls().filter(({ label, key }) => label.toLowerCase().includes(wanted) || key.toLowerCase().includes(wanted));
  }

  #go(event, entry) {
    event.preventDefault();
    if (!entry) return;
    document.getElementById('jump').close();
    entry.element.scrollIntoView({ block: 'nearest' });
    entry.element.focus();
  }

  #seek(text) {
    this.#filter = text;
    this.ask();
  }

  /** Shows the dialog 'keys' or 'jump'. */
  open(name) {
    this.querySelector('#jump-name').value = '';
    this.#seek('');
    this.querySelector(`#${name}`).showModal();
  }
}

/* Every control on the page with its name, in the order of the page. */
function controls() {
  const found = [];
  for (const place of document.querySelectorAll('main [data-control]')) {
    const element = place.matches('button, summary') ? place : place.querySelector('select, input:not([type=range]), button');
    if (element && !element.disabled) found.push({ key: place.dataset.control, element, label: labelOf(place.dataset.control, source.gaps) });
  }
  return found;
}

function closeOutside(event) {
  if (event.target === event.currentTarget) event.currentTarget.close();
}
