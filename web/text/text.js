// the page's words · in: a key · out: text in the reader's language · next: components/
import en from './en.js';
import zh from './zh.js';
import { keep, kept } from '../keep.js';

const languages = { en, zh };
const preferred = () => (navigator.languages ?? [navigator.language]).map(tag => tag.slice(0, 2)).find(tag => tag in languages) ?? 'en';

/** Tells 'change' when the language changes. */
export const language = new EventTarget();
language.name = kept('language', Object.keys(languages)) ?? preferred();

/** Switches to 'en' or 'zh' and remembers it. */
export function setLanguage(name) {
  language.name = name;
  keep('language', name);
  language.dispatchEvent(new Event('change'));
}

/** The text of `key`; texts with numbers in them are functions of `values`. */
export function t(key, ...values) {
  const text = languages[language.name][key];
  if (text === undefined) throw new RangeError(`no text "${key}" in ${language.name}`);
  return typeof text === 'function' ? text(...values) : text;
}

/** Is there a text of this name? */
export const has = key => languages[language.name][key] !== undefined;
