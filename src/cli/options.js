// options.js: arguments become checked options · in: argument texts · out: plain objects · next: files.js
import { parseArgs } from 'node:util';
import { datasets } from '../js/index.js';
import * as registry from '../js/registry.js';
import { nearest, show } from '../js/errors.js';
import { usage } from './errors.js';
import { MODELS, infoOf } from './models.js';
import { ALL, readTechniques } from './techniques.js';
import { NUMBER, choice, number as numberOf } from './values.js';

/** @typedef {import('../js/registry.js').OptionInfo} OptionInfo */
/** How a CSV file is to be read, what of it is used.
 * @typedef {{ drop: string[], categorical: string[], decimal?: '.' | ',', encoding?: string, json: boolean, quiet: boolean }} Shared */
/** @typedef {Shared & { data?: string, target?: string, classify: boolean, regress: boolean, skipMissing: boolean, labels?: string,
 *   testImages?: string, testLabels?: string, dataset?: string, model: string, alpha?: number | 'gcv', l1Ratio?: number, C?: number,
 *   penalty?: 'l2' | 'l1' | 'elasticnet' | 'none', hidden: number[], techniques: Record<string, any>, epochs?: number, checkpoint?: string, resume?: string,
 *   seed?: number, test: number, out: string, given: Set<string> }} TrainOptions */
/** @typedef {Shared & { model: string, data: string, out: string, proba: boolean, score?: string }} PredictOptions */

const SHARED = ['drop=', 'categorical=', 'decimal=', 'encoding=', 'out=', 'json', 'quiet', 'help'];
const TRAIN = ['target=', 'classify', 'regress', 'skip-missing', 'labels=', 'test-images=', 'test-labels=', 'dataset=', 'model=', 'alpha=', 'l1-ratio=', 'c=', 'penalty=', 'hidden=', 'checkpoint=', 'resume=', 'batch-size=', 'epochs=', 'seed=', 'test=',
  ...ALL, ...SHARED];
const PREDICT = ['proba', 'score=', ...SHARED];

/** @type {Map<string, OptionInfo>} */
const NUMBERS = new Map([
  ...Object.entries({ epochs: registry.training.epochs, seed: registry.training.seed }),
  ['alpha', infoOf('Lasso', 'alpha')], ['l1-ratio', infoOf('ElasticNet', 'l1Ratio')], ['c', infoOf('LogisticRegression', 'C')],
  ['test', { name: 'test', default: 0.2, min: 0, max: 1, below: true, doc: '' }],
]);

/**
 * Splits arguments into options and operands.
 * @param {string[]} args
 * @param {string[]} known option names; those that take a value end in =
 * @param {string} command
 */
function split(args, known, command) {
  const types = Object.fromEntries(known.map((name) => [name.replace('=', ''), { type: /** @type {'string' | 'boolean'} */ (name.endsWith('=') ? 'string' : 'boolean') }]));
  const { tokens } = parseArgs({ args, options: { ...types, out: { type: 'string', short: 'o' }, quiet: { type: 'boolean', short: 'q' } }, strict: false, tokens: true });
  /** @type {Map<string, string[]>} */
  const given = new Map();
  /** @type {string[]} */
  const operands = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const type = Object.hasOwn(types, name) ? types[name].type : undefined;
    if (type === undefined) {
      const guess = nearest(name, Object.keys(types));
      throw usage(`${command} has no option ${show(rawName)}`, guess ? `did you mean --${guess}?` : `see wasmfit ${command} --help`);
    }
    if (type === 'boolean' && value !== undefined) throw usage(`--${name} takes no value, not ${show(value)}`);
    const optionLike = !inlineValue && value !== undefined && /^-./.test(value) && !NUMBER.test(value);
    if (type === 'string' && (value === undefined || value === '' || optionLike)) {
      throw usage(`--${name} needs a value${optionLike ? `, not the option ${show(value)}` : ''}`, `see wasmfit ${command} --help`);
    }
    given.set(name, [...given.get(name) ?? [], value ?? '']);
  }
  return { given, operands, last: (/** @type {string} */ name) => given.get(name)?.at(-1) };
}

/** @typedef {ReturnType<typeof split>} Parsed */

/** @param {Parsed} parsed @param {string} name @returns {number | undefined} */
const number = (parsed, name) => numberOf(parsed, name, /** @type {OptionInfo} */ (NUMBERS.get(name)));

/** @param {string | undefined} text */
function layers(text) {
  if (text === undefined) return [32, 16];
  return text.split(',').map((part) => {
    const units = /^\d+$/.test(part.trim()) ? Number(part) : 0;
    if (units >= 1 && units <= Number(registry.training.units.max)) return units;
    throw usage(`--hidden is ${show(text)}; it must be unit counts with commas between them, such as 64,32`, 'a model without hidden layers is --model linear');
  });
}

/** @param {Parsed} parsed */
const shared = (parsed) => ({
  drop: parsed.given.get('drop') ?? [],
  categorical: parsed.given.get('categorical') ?? [],
  decimal: /** @type {'.' | ',' | undefined} */ (choice(parsed, 'decimal', ['.', ','])),
  encoding: parsed.last('encoding'),
  json: parsed.given.has('json'),
  quiet: parsed.given.has('quiet'),
});

/** @param {Parsed} parsed @param {string[]} names at least how many are needed: those that do not end in ? @param {string} command */
function operandsOf({ operands }, names, command) {
  const missing = names.find((name, i) => i >= operands.length && !name.endsWith('?'));
  if (missing) throw usage(`${command} needs ${missing}`, `see wasmfit ${command} --help`);
  if (operands.length > names.length) throw usage(`${command} has no use for ${show(operands[names.length])}`, `see wasmfit ${command} --help`);
  return operands;
}

/** Options that contradict each other. @param {Parsed} parsed */
function checkTogether({ given, last }) {
  const both = (/** @type {string} */ a, /** @type {string} */ b, why = 'choose one') => {
    if (given.has(a) && given.has(b)) throw usage(`--${a} and --${b} exclude each other`, why);
  };
  both('classify', 'regress');
  if (last('model') === 'logistic') both('model', 'regress', 'logistic regression is for classes');
  both('test', 'test-images', 'the test rows are those of the file');
  for (const name of ['target', 'drop', 'categorical', 'decimal', 'encoding', 'skip-missing', 'labels', 'test-images', 'test-labels']) {
    both('dataset', name, 'the data sets that come along are complete');
  }
  if (given.has('test-images') !== given.has('test-labels')) throw usage('--test-images and --test-labels belong together');
}

/** @param {string[]} args @returns {TrainOptions} */
export function parseTrain(args) {
  const parsed = split(args, TRAIN, 'train');
  const { given, last } = parsed;
  const dataset = choice(parsed, 'dataset', datasets.list.map(({ name }) => name));
  const [data] = operandsOf(parsed, dataset === undefined ? ['DATA, a CSV or IDX file, or --dataset NAME'] : [], 'train');
  checkTogether(parsed);
  return {
    ...shared(parsed), data, dataset, target: last('target'), labels: last('labels'), testImages: last('test-images'), testLabels: last('test-labels'),
    classify: given.has('classify') || last('model') === 'logistic', regress: given.has('regress'), skipMissing: given.has('skip-missing'),
    model: choice(parsed, 'model', MODELS) ?? 'mlp', alpha: last('alpha') === 'gcv' ? 'gcv' : number(parsed, 'alpha'), l1Ratio: number(parsed, 'l1-ratio'), C: number(parsed, 'c'),
    penalty: /** @type {any} */ (choice(parsed, 'penalty', /** @type {readonly string[]} */ (infoOf('LogisticRegression', 'penalty').choices))),
    hidden: layers(last('hidden')), techniques: readTechniques(parsed), epochs: number(parsed, 'epochs'), checkpoint: last('checkpoint'), resume: last('resume'), seed: number(parsed, 'seed'),
    test: number(parsed, 'test') ?? 0.2, out: last('out') ?? 'model.safetensors', given: new Set(given.keys()),
  };
}

/** @param {string[]} args @returns {PredictOptions} */
export function parsePredict(args) {
  const parsed = split(args, PREDICT, 'predict');
  const [model, data] = operandsOf(parsed, ['MODEL, a .safetensors file', 'DATA, a CSV or IDX file'], 'predict');
  const { given, last } = parsed;
  return { ...shared(parsed), model, data, out: last('out') ?? '-', proba: given.has('proba'), score: last('score') };
}
