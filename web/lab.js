// the three owners of the page and what passes between them · in: the address · out: state, source, trainer · next: components/
import { datasets } from 'wasmfit';
import { Source } from './data.js';
import { Trainer } from './run.js';
import { State, applies, fields, models, show, toAddress } from './state.js';

export const state = new State(location.hash);
export const source = new Source();
export const trainer = new Trainer();

/* WebKit allows a hundred address changes in half a minute: the address follows when the controls rest. */
let writing = 0;
let written = location.hash;
function writeAddress() {
  clearTimeout(writing);
  const address = toAddress(state.values);
  if (address === written) return;
  written = address;
  history.replaceState(null, '', address);
}

/** The target column in force: the chosen one, else the table's own. */
export const targetName = () => state.values.target || source.ownTarget;

/** The task in force. */
export const taskName = () => (state.values.task === 'auto' ? source.taskOf(targetName()) : state.values.task);

/** Can the model learn the task in force? */
export const suits = model => (models[model].task ?? taskName()) === taskName();

/** Are the values that made the run on screen still those of the controls? */
export function isStale() {
  const used = trainer.values;
  if (!used) return false;
  const matters = key => !fields[key].live && !fields[key].view && applies(key, state.values);
  return Object.keys(fields).some(key => matters(key) && show(key, used[key]) !== show(key, state.values[key]));
}

/** Train, pause, continue: what Space does. */
export function toggle() {
  if (trainer.status === 'running') return trainer.pause();
  if (trainer.status === 'paused' && !isStale()) return trainer.resume();
  return start();
}

/** Starts a new run with the values of the controls. */
export function start(options) {
  if (!source.table || source.busy) return undefined;
  return trainer.start(source.problem(targetName(), state.values.task), { ...state.values }, options);
}

/** A file of the reader's: rows, or a checkpoint to go on from. */
export async function openFile(file) {
  if (!/\.safetensors$/i.test(file.name)) return source.open(file);
  return (await import('./late/resume.js')).resume(file);
}

/** One epoch. */
export function step() {
  if (trainer.status === 'paused' && !isStale()) trainer.step();
  else if (trainer.status !== 'running') start({ once: true });
}

/** A data set of the registry takes the place of the table. */
export function chooseData(name) {
  state.set({ data: name, target: '', task: 'auto' });
}

async function follow() {
  const { data } = state.values;
  if (data === source.name) return;
  if (datasets.list.some(entry => entry.name === data)) {
    await source.load(data);
    return;
  }
  state.set({ data: source.name || fields.data.fallback });
  state.refuse('data', data);
}

function settle() {
  const { target, model } = state.values;
  if (target && !source.table.names.includes(target)) {
    state.set({ target: '' });
    state.refuse('target', target);
  }
  if (!suits(model)) {
    state.set({ model: 'mlp' });
    state.refuse('model', model);
  }
}

let restarting = 0;
function onChange({ detail: keys }) {
  clearTimeout(writing);
  writing = setTimeout(writeAddress, 200);
  if (keys.has('data')) follow();
  else if (source.table) settle();
  if (keys.has('rate') && trainer.active) trainer.setRate(state.values.rate);
  if (trainer.status !== 'running' || !isStale() || keys.has('data')) return;
  clearTimeout(restarting);
  restarting = setTimeout(() => trainer.status === 'running' && isStale() && start(), 250);
}

/** Binds the owners together and loads the first table. */
export function begin() {
  state.addEventListener('change', onChange);
  source.addEventListener('change', () => {
    trainer.clear();
    if (source.name !== state.values.data) state.set({ data: source.name, target: '', task: 'auto' });
    settle();
  });
  source.addEventListener('error', () => source.table && state.set({ data: source.name }));
  addEventListener('hashchange', () => location.hash !== written && state.read(location.hash));
  addEventListener('pagehide', writeAddress);
  return follow();
}
