// training-fields.js: how a network is trained, as the fields of a fit, and what is told of it · in: common options, those of fit · out: fields, columns
// next: network-rows.js
import { averages, batchSchedules, resamples, schedules, techniques, training } from './choices.js';
import { checkKeys, show } from './errors.js';
import { REPORT } from './fields.js';
import { outputsOf } from './network-config.js';
import { checkBatchSize, checkNumber, checkSwitch, codeOf, targetsOf } from './options.js';
import { FULL_BATCH } from './training.js';

/** @typedef {import('./training.js').Common} Common */

/** Rows of one part of its evaluation; with batchNorm all rows are one. */
const PART_ROWS = 1024;

/** Metrics by what y is; of several columns of zeros and ones there is no balanced accuracy. @param {Common} common @param {readonly import('./layers.js').Layer[]} layers */
function metricsOf({ loss }, layers) {
  const kind = targetsOf(loss.name);
  if (kind === 'N') return ['r2', 'mae'];
  return kind === 'B' && outputsOf({ layers }) > 1 ? ['accuracy', 'f1'] : ['accuracy', 'balancedAccuracy', 'f1'];
}

/** @param {string} name @returns {number} place in a report */
const placeOf = (name) => REPORT.indexOf(name.replace(/^val/, 'validation').replace(/^validation(R2|Accuracy)$/, 'validationMetric').replace(/^(r2|accuracy)$/, 'metric'));

/**
 * The columns of a history: names, and places in a report.
 * @param {Common} common @param {readonly import('./layers.js').Layer[]} layers @param {boolean} validated
 * @returns {[string, number][]}
 */
export function columnsOf(common, layers, validated) {
  const measured = ['loss', ...metricsOf(common, layers)];
  const penalties = layers.flatMap((layer) => (layer.type === 'dense' ? [layer.l1, layer.l2] : [0, 0]));
  const l1 = penalties.some((value, i) => i % 2 === 0 && value > 0);
  return ['epoch', ...measured, ...validated ? measured.map((name) => `val${name[0].toUpperCase()}${name.slice(1)}`) : [], 'learningRate', 'rowsSeen',
    ...common.recordGradient ? ['gradientNorm'] : [], ...typeof common.batchSize === 'object' ? ['batchSize'] : [],
    ...penalties.some((value) => value > 0) ? ['penalty'] : [], ...l1 || common.pruning ? ['sparsity'] : []].map((name) => [name, placeOf(name)]);
}

const MONITORS = /** @type {readonly string[]} */ (techniques.earlyStopping[0].choices);

/** @param {string | undefined} name @param {[string, number][]} columns @param {string} where */
function monitorOf(name, columns, where) {
  const known = columns.map(([column]) => column), wanted = name ?? (known.includes('valLoss') ? 'valLoss' : 'loss');
  if (!known.includes(wanted)) throw new RangeError(`${where}: monitor is ${show(wanted)}, which this fit does not have${/^val/.test(wanted) && !known.includes('valLoss') ? '; it needs validation rows' : `; there are ${known.filter((column) => MONITORS.includes(column)).join(', ')}`}`);
  return placeOf(wanted);
}

/** @param {Common['batchSize']} batch @param {number} rows */
function batchFields(batch, rows) {
  if (typeof batch !== 'object') return { batchSize: batch === 'full' ? rows : batch };
  const { name, size, least, most, factor, every } = batch;
  return { batchSchedule: codeOf(batchSchedules, name), batchSize: size ?? most, batchLeast: least, batchMost: most, batchFactor: factor, batchEvery: every };
}

/** @param {Common} common @param {number} epochs @param {number} steps of an epoch @param {[string, number][]} columns @param {string} where */
export function scheduleFields({ schedule, optimizer }, epochs, steps, columns, where) {
  if (!schedule) return {};
  const { name, per, monitor, milestones, period, patience, threshold, cooldown, warmup = 0, ...rest } = schedule;
  if (name === 'oneCycle' && rest.cycleMomentum && optimizer.momentum === undefined && optimizer.beta1 === undefined) throw new RangeError(`${where}: schedule oneCycle: cycleMomentum needs an optimizer with momentum or beta1, not ${optimizer.name}`);
  if (name === 'cosineRestarts' && rest.factor < 1) throw new RangeError(`${where}: schedule cosineRestarts: factor is ${rest.factor}; it must be at least 1, as periods that shrink would end in ever more restarts`);
  const all = Math.max(1, (per === 'step' ? epochs * steps : epochs) - warmup);
  return {
    ...rest, warmup, schedule: codeOf(schedules, name), perStep: per === 'step', period: period ?? all, milestones: milestones?.length, milestone: milestones,
    ...name === 'plateau' ? { plateauMonitor: monitorOf(monitor, columns, `${where}: schedule plateau`), plateauPatience: patience, plateauThreshold: threshold, plateauCooldown: cooldown } : {},
  };
}

/**
 * The fields of a fit (WF_FIT_FIELDS).
 * @param {Common} common
 * @param {{ epochs?: number, batchSize?: unknown, shuffle?: boolean, evaluateTraining?: boolean }} given to fit
 * @param {{ rows: number, columns: [string, number][], where: string, layers: readonly import('./layers.js').Layer[] }} fit rows that train
 * @returns {import('./packing.js').FitOptions}
 */
export function fitFields(common, given, { rows, columns, where, layers }) {
  const { clip = {}, averaging, pruning, earlyStopping, inputNoise, mixup, resample = 'none', recordGradient } = common;
  const epochs = given.epochs === undefined ? common.epochs : checkNumber(given.epochs, training.epochs, where);
  if (resample !== 'none' && targetsOf(common.loss.name) === 'B' && outputsOf({ layers }) > 1) throw new RangeError(`${where}: resample needs one column of labels`);
  const whole = FULL_BATCH.includes(common.optimizer.name);
  const batch = whole ? { batchSize: layers.some(({ type }) => type === 'batchNorm') ? rows : PART_ROWS } : batchFields(given.batchSize === undefined ? common.batchSize : checkBatchSize(given.batchSize, where), rows);
  const steps = Math.ceil(rows / Math.min(rows, batch.batchSize));
  return {
    epochs, ...batch, shuffle: checkSwitch(given.shuffle ?? true, `${where}: shuffle`) && !whole, evaluateTraining: checkSwitch(given.evaluateTraining ?? false, `${where}: evaluateTraining`),
    recordGradient, inputNoise, mixup, resample: codeOf(resamples, resample), ...scheduleFields(common, epochs, steps, columns, where),
    clipValue: clip.value, clipNorm: clip.norm, clipGlobalNorm: clip.globalNorm,
    ...averaging && { average: codeOf(averages, averaging.name), averageDecay: averaging.decay, averageStart: averaging.start ?? Math.floor(epochs * 0.75), averageEvery: averaging.every },
    ...pruning && { pruneSparsity: pruning.sparsity, pruneBegin: pruning.begin, pruneEnd: Math.max(pruning.begin, pruning.end ?? Math.floor(epochs / 2)), pruneGlobal: pruning.scope === 'global' },
    ...earlyStopping && { stopMonitor: monitorOf(earlyStopping.monitor, columns, `${where}: earlyStopping`), stopPatience: earlyStopping.patience, stopMinDelta: earlyStopping.minDelta, restoreBest: earlyStopping.restoreBest },
  };
}

/** The options of fit that say which rows validate. @param {unknown} validation @param {string} where @returns {{ fraction?: number, last?: boolean, given?: any }} */
export function readValidation(validation, where) {
  if (validation === undefined || Object(validation) !== validation) return { fraction: /** @type {number | undefined} */ (validation) };
  checkKeys(validation, ['X', 'y', 'sampleWeight', 'last'], `${where}: validation`);
  if ('last' in validation && Object.keys(validation).length > 1) throw new TypeError(`${where}: validation is either { last } or rows of its own, not both`);
  return 'last' in validation ? { fraction: /** @type {number} */ (validation.last), last: true } : { given: validation };
}
