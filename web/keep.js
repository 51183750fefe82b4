// small choices that outlive the page · in: name, value · out: the value or undefined · next: text/text.js, components/head.js
const prefix = 'wasmfit-lab-';

/** Keeps a value where the browser allows it; without storage the choice lasts as long as the page. */
export function keep(name, value) {
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    // storage is switched off or full
  }
}

/** The kept value when it is one of `allowed`. */
export function kept(name, allowed) {
  try {
    const value = localStorage.getItem(prefix + name);
    return allowed.includes(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
