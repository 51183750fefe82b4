// the page's words · in: a key and values · out: text in the reader's language · next: components/
import { keep, kept } from '../keep.js';

/* The words of the registry are English; its Chinese ones are a file of their own. */
const places = { en: [new URL('./en.json', import.meta.url)], zh: [new URL('./zh.json', import.meta.url), new URL('./registry.zh.json', import.meta.url)] };
const names = Object.keys(places);
const preferred = () => navigator.languages.map(tag => tag.slice(0, 2)).find(tag => names.includes(tag)) ?? 'en';

let words = new Map();

/** The language in force: name is 'en' or 'zh'; tells 'change' when it changes. */
export const language = new EventTarget();

/** Reads the words of a language and puts them in force. Nothing changes when they cannot be read. */
export async function speak(name) {
  const parts = await Promise.all(places[name].map(async place => {
    const answer = await fetch(place);
    if (!answer.ok) throw new Error(`${answer.url} is not there (${answer.status})`);
    return Object.entries(await answer.json());
  }));
  words = new Map(parts.flat());
  language.name = name;
  document.documentElement.lang = name;
  language.dispatchEvent(new Event('change'));
}

/** The language that the reader chose here before, else the browser's. */
export const usual = () => kept('language', names) ?? preferred();

/** Changes to the other language and remembers it. */
export async function speakOther() {
  const other = names.find(name => name !== language.name);
  await speak(other);
  keep('language', other);
}

/** Is there a text of this name? */
export const has = key => words.has(key);

/** The text of `key` as it is, or undefined. */
export const said = key => words.get(key);

/** The text of `key`, with {0}, {1}, … replaced by the values; "one|many" chooses by the first value. */
export function t(key, ...values) {
  const [one, many = one] = words.get(key).split('|');
  return (values[0] === 1 ? one : many).replace(/\{(\d)\}/g, (_, i) => values[i]);
}
