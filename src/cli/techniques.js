// techniques.js: every technique of training as flags, made from the registry · in: arguments · out: options of a network, help · next: options.js
import * as registry from '../js/registry.js';
import { usage } from './errors.js';
import { choice, kebab, number, ruleOf } from './values.js';

/** @typedef {import('../js/registry.js').OptionInfo} OptionInfo */
/** @typedef {import('./values.js').Given} Given */
/**
 * A choice by name with options of its own. prefix: of the flags of its options; shared: those that stand elsewhere.
 * @typedef {{ option: string, entries: readonly registry.Entry[], usual?: string, prefix?: string, shared?: string[] }} Family
 */

/** Losses that need targets of another kind than a column: several yes-or-no columns, shares of classes. */
const losses = registry.losses.filter((entry) => 'NC'.includes(/** @type {any} */ (entry).targets));

/** By flag. @type {Record<string, Family>} */
const FAMILIES = {
  optimizer: { option: 'optimizer', entries: registry.optimizers, usual: 'adam' }, loss: { option: 'loss', entries: losses },
  schedule: { option: 'schedule', entries: registry.schedules, usual: 'constant' }, activation: { option: 'activation', entries: registry.activations, usual: 'relu', prefix: 'activation-' },
  averaging: { option: 'averaging', entries: registry.averages, prefix: 'averaging-' },
  'batch-schedule': { option: 'batchSize', entries: registry.batchSchedules, usual: 'constant', prefix: 'batch-', shared: ['size'] },
};
/** Names without options. @type {Record<string, readonly string[]>} */
const NAMES = { initializer: registry.initializers.map(({ name }) => name), normalization: ['none', 'batch', 'layer'], resample: registry.resamples.map(({ name }) => name), 'class-weight': ['balanced'] };
/** Numbers of the network and its training, by flag. */
const NUMBERS = Object.fromEntries(['dropout', 'l1', 'l2', 'maxNorm', 'inputNoise', 'mixup'].map((name) => [kebab(name), registry.training[name]]));
/** Techniques with options of their own; main: the option that the flag itself gives. @type {Record<string, { option: string, main?: string }>} */
const TECHNIQUES = { clip: { option: 'clip' }, 'early-stopping': { option: 'earlyStopping', main: 'patience' }, pruning: { option: 'pruning', main: 'sparsity' } };

/** A switch is a flag without a value that turns it to what it is not. @param {OptionInfo} info @param {string} [prefix] */
const flagOf = ({ name, default: usual }, prefix = '') => (usual === true ? `no-${prefix}${kebab(name)}` : prefix + kebab(name));

/** @param {string} flag of a family @returns {{ flag: string, info: OptionInfo, entry: registry.Entry }[]} */
const optionsOf = (flag) => FAMILIES[flag].entries.flatMap((entry) => entry.options.filter(({ name }) => !FAMILIES[flag].shared?.includes(name)).map((info) => ({ flag: flagOf(info, FAMILIES[flag].prefix), info, entry })));

/** @param {string} flag of a technique */
const partsOf = (flag) => registry.techniques[TECHNIQUES[flag].option].map((info) => ({ flag: info.name === TECHNIQUES[flag].main ? flag : flagOf(info, `${flag}-`), info }));

const FLAGS = [...new Map([
  ...Object.keys(FAMILIES).flatMap((flag) => /** @type {[string, boolean][]} */ ([[flag, false], ...optionsOf(flag).map(({ flag: one, info }) => [one, typeof info.default === 'boolean'])])),
  ...[...Object.keys(NAMES), ...Object.keys(NUMBERS)].map((flag) => /** @type {[string, boolean]} */ ([flag, false])),
  ...Object.keys(TECHNIQUES).flatMap((flag) => partsOf(flag).map(({ flag: one, info }) => /** @type {[string, boolean]} */ ([one, typeof info.default === 'boolean']))),
])];
/** All flags, as options.js takes them: those with a value end in =. */
export const ALL = FLAGS.map(([flag, bare]) => (bare ? flag : `${flag}=`));
/** Flags of the network's layers, which softmax regression has not. */
export const OF_LAYERS = FLAGS.map(([flag]) => flag).filter((flag) => flag.startsWith('activation') || ['dropout', 'normalization'].includes(flag));
/** The other flags: of how it is trained. */
export const OF_TRAINING = FLAGS.map(([flag]) => flag).filter((flag) => !OF_LAYERS.includes(flag));

/** @param {Given} parsed @param {string} flag @param {OptionInfo} info */
function valueOf(parsed, flag, info) {
  if (typeof info.default === 'boolean') return parsed.given.has(flag) ? !info.default : undefined;
  return info.choices && info.min === undefined ? choice(parsed, flag, info.choices) : number(parsed, flag, info);
}

/** The options among those given. @param {Given} parsed @param {{ flag: string, info: OptionInfo }[]} options @returns {Record<string, any>} */
const given = (parsed, options) => Object.fromEntries(options.map(({ flag, info }) => [info.name, valueOf(parsed, flag, info)]).filter(([, value]) => value !== undefined));

/** The chosen entry of a family with the options that were given; undefined: nothing was. @param {Given} parsed @param {string} family */
function chosen(parsed, family) {
  const { entries, usual } = FAMILIES[family], all = optionsOf(family);
  const asked = choice(parsed, family, entries.map(({ name }) => name)), name = asked ?? usual;
  const foreign = all.find(({ flag, entry }) => parsed.given.has(flag) && entry.name !== name && !all.some((other) => other.flag === flag && other.entry.name === name));
  if (foreign) {
    const homes = all.filter(({ flag }) => flag === foreign.flag).map(({ entry }) => entry.name);
    throw usage(`--${foreign.flag} has no meaning ${name === undefined ? `without --${family}` : `for ${name}`}`, `use it with --${family} ${homes.join(' or ')}`);
  }
  const options = given(parsed, all.filter(({ entry }) => entry.name === name));
  return asked === undefined && Object.keys(options).length === 0 ? undefined : { name, ...options };
}

/**
 * The options of a network that the flags ask for, only those that were given.
 * @param {Given} parsed @returns {Record<string, any>}
 */
export function readTechniques(parsed) {
  const families = Object.keys(FAMILIES).filter((flag) => flag !== 'batch-schedule').map((flag) => [FAMILIES[flag].option, chosen(parsed, flag)]);
  const names = Object.entries(NAMES).map(([flag, list]) => [flag === 'class-weight' ? 'classWeight' : flag, choice(parsed, flag, list)]);
  const numbers = Object.entries(NUMBERS).map(([flag, info]) => [info.name, number(parsed, flag, info)]);
  const techniques = Object.keys(TECHNIQUES).map((flag) => {
    const options = given(parsed, partsOf(flag)), { main, option } = TECHNIQUES[flag];
    if (main && Object.keys(options).length > 0 && options[main] === undefined) throw usage(`--${flag} is missing`, `its other options need it: --${flag} ${main.toUpperCase()}`);
    return [option, Object.keys(options).length > 0 ? options : undefined];
  });
  const size = number(parsed, 'batch-size', registry.training.batchSize), batch = chosen(parsed, 'batch-schedule');
  const batchSize = !batch || batch.name === 'constant' ? size : { ...batch, ...batch.name === 'growing' && size !== undefined && { size } };
  return Object.fromEntries([...families, ...names, ...numbers, ...techniques, ['batchSize', batchSize]].filter(([, value]) => value !== undefined));
}

/** A line of help: what may stand there and what it means. @param {string} flag @param {OptionInfo} info */
function line(flag, info) {
  const { name, default: usual, choices, min, max = Infinity, list, doc } = info;
  if (typeof usual === 'boolean') return `    --${flag}  ${usual ? `turns off: ${doc}` : doc}`;
  if (choices && min === undefined) return `    --${flag} ${choices.length > 4 ? name.toUpperCase() : choices.join('|')}  ${doc}`;
  const rule = ruleOf(info).replace(/^a (?:(whole) )?number /, (_, whole) => (whole ? 'whole, ' : '')).replace(max >= 1e6 ? / to \S+(?=$| with)/ : /$^/, '');
  return `    --${flag} ${usual ?? (list ? 'A,B' : 'N')}  ${doc} (${rule})`;
}

/** What `wasmfit help training` says: all of it, from the registry. */
export function describeTechniques() {
  const lines = ['wasmfit train: every way to train a network (--model mlp; --model linear for classes)', ''];
  for (const [flag, { entries, usual, prefix, shared }] of Object.entries(FAMILIES)) {
    lines.push(`  --${flag} ${usual ?? entries[0].name}`);
    for (const { name, doc, options } of entries) {
      lines.push(`    ${name}: ${doc}`);
      for (const info of options) if (!shared?.includes(info.name)) lines.push(`  ${line(flagOf(info, prefix), info)}`);
    }
  }
  lines.push('', ...Object.entries(NAMES).map(([flag, names]) => `  --${flag} ${names.join('|')}`), ...Object.entries(NUMBERS).map(([flag, info]) => line(flag, info).slice(2)));
  for (const flag of Object.keys(TECHNIQUES)) lines.push('', ...partsOf(flag).map(({ flag: one, info }) => line(one, info).slice(2)));
  return lines.join('\n');
}
