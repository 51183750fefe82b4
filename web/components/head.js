// the top line: name, language, theme, keys · in: language, theme · out: their changes · next: keys.js
import { keep, kept } from '../keep.js';
import { language, speakOther, t } from '../text/text.js';
import { Part, html, nothing } from './base.js';
import { openDialog } from './keys.js';

const themes = ['auto', 'light', 'dark'];
const dark = matchMedia('(prefers-color-scheme: dark)');
let theme = kept('theme', themes) ?? 'auto';

/** Puts the theme in force and lets the charts take their colours anew. */
export function applyTheme(name = theme) {
  theme = name;
  document.documentElement.dataset.theme = name === 'auto' ? (dark.matches ? 'dark' : 'light') : name;
  dispatchEvent(new Event('wasmfit-theme'));
}
dark.addEventListener('change', () => applyTheme());

export class Head extends Part {
  /** Shows the button that brings the new version. */
  offer(fresh) {
    this.fresh = fresh;
    this.ask();
  }

  render() {
    const choose = event => {
      keep('theme', event.target.value);
      applyTheme(event.target.value);
    };
    return html`<header><h1>wasmfit <span>Lab</span></h1>
      ${this.fresh ? html`<button type="button" id="update" @click=${this.fresh}>${t('update')}</button>` : nothing}
      <button type="button" id="language" lang=${language.name === 'en' ? 'zh' : 'en'} @click=${() => speakOther().catch(() => {})}>${t('other')}</button>
      <select id="theme" aria-label=${t('theme')} title=${t('theme')} @change=${choose}>
        ${themes.map(name => html`<option value=${name} .selected=${name === theme}>${t('theme.' + name)}</option>`)}</select>
      <button type="button" id="help" aria-label=${t('keys')} title=${t('keys')} aria-keyshortcuts="?" @click=${() => openDialog('keys')}>?</button></header>`;
  }
}
