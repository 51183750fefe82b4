// parity-networks.js: activations, losses, normalisation, schedules and metrics against PyTorch and scikit-learn, through the public API
// in: compare · out: lines of the table · next: parity.js
//
// A gradient is seen as what one step of SGD with learning rate 1 takes away from a bias.
import { Network, batchNorm, dense, layerNorm, metrics } from 'wasmfit';
import { fixture } from '../js/near.js';

const { regression, binary, multiclass, activations, batchnorm1d, layernorm, schedules } = fixture('layers');
/** @typedef {(technique: string, reference: string, figure: string, ours: ArrayLike<number>, theirs: ArrayLike<number>, limit: number, each?: boolean) => void} Compare */

/** Rounding of f32, with room for a few operations. */
const F32 = 1e-6;
const TORCH = 'PyTorch';
const sgd = { name: 'sgd', learningRate: 1 };
const numbers = (/** @type {any[]} */ list) => list.flat().map(Number);
const identity = (/** @type {number} */ n) => Float32Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));

/**
 * Loss, and its gradient by the outputs, of one row whose outputs are x.
 * @param {any} loss @param {number[]} x @param {any} y a row of targets @param {any} [options] of fit
 */
async function lossOf(loss, x, y, options = {}) {
  const net = new Network({ inputs: x.length, layers: [dense(x.length)], loss, optimizer: sgd, epochs: 1 });
  net.setWeights([{ data: identity(x.length) }, { data: new Float32Array(x.length) }]);
  const { loss: [value] } = await net.fit([x], y, options);
  const gradient = Array.from(net.getWeights()[1].data, (bias) => -bias);
  net.dispose();
  return { value, gradient };
}

/** @param {Compare} compare */
async function activationsAndSlopes(compare) {
  const names = { relu: 'relu', 'leaky_relu_0.01': 'leakyRelu', elu_1: 'elu', gelu_erf: 'gelu', silu: 'silu', softplus: 'softplus', sigmoid: 'sigmoid', tanh: 'tanh' };
  for (const [theirs, ours] of Object.entries(names)) {
    const { value, grad } = activations[theirs], x = numbers(activations.x);
    const net = new Network({ inputs: 1, layers: [dense(1, { activation: ours })], loss: 'mse', optimizer: sgd, epochs: 1 });
    net.setWeights([{ data: [1] }, { data: [0] }]);
    const out = /** @type {Float64Array} */ (net.predict(x.map((v) => [v])));
    compare(`activation ${ours}`, TORCH, 'value', out, numbers(value), F32);
    const slopes = [];
    for (const [i, v] of x.entries()) {
      net.setWeights([{ data: [1] }, { data: [0] }]);
      await net.fit([[v]], [out[i] - 0.5]); // dL/da = 2 · 0.5
      slopes.push(-net.getWeights()[1].data[0]);
    }
    compare(`activation ${ours}`, TORCH, 'derivative', slopes, numbers(grad), 2e-6);
  }
}

/** @param {Compare} compare */
async function lossesOfNumbers(compare) {
  const { pred, true: truth } = regression;
  const cases = { mse: 'mse', mae: 'mae', huber_delta1: 'huber', 'huber_delta0.5': { name: 'huber', delta: 0.5 }, log_cosh: 'logCosh', 'quantile_0.9': { name: 'quantile', quantile: 0.9 }, poisson_nll_log_input: 'poisson' };
  for (const [name, loss] of Object.entries(cases)) {
    const poisson = loss === 'poisson', { value, grad } = regression[name].none;
    for (const [i, p] of pred.entries()) {
      const ours = await lossOf(loss, [poisson ? Math.min(p, 10) : p], [poisson ? Math.abs(truth[i]) : truth[i]]);
      compare(`loss ${name}`, TORCH, 'value', [ours.value], [Number(value[i])], F32, true);
      if (!(poisson && p >= 10)) compare(`loss ${name}`, TORCH, 'gradient', ours.gradient, [Number(grad[i])], 2e-6, true); // the reference is cut off at 10
    }
  }
}

/** @param {Compare} compare */
async function lossesOfYesAndNo(compare) {
  const cases = [['bce_with_logits', 'binaryCrossEntropy', binary.bce_with_logits.none], ['bce_with_logits_pos_weight3', { name: 'binaryCrossEntropy', positiveWeight: 3 }, binary.bce_with_logits_pos_weight3.none],
    ['focal_gamma2_alpha0.25', 'binaryFocal', binary['focal_gamma2_alpha0.25'].none]];
  for (const [name, loss, { value, exact_none: exact, grad }] of /** @type {[string, any, any][]} */ (cases)) {
    const targets = binary[name].targets ?? binary.targets, reference = binary[name].exact_none ?? exact ?? { value, grad };
    for (const [i, z] of binary.logits.entries()) {
      const ours = await lossOf(loss, [z], [targets[i]]);
      compare(`loss ${name}`, TORCH, 'value', [ours.value], [Number(reference.value[i])], 2e-6);
      compare(`loss ${name}`, TORCH, 'gradient', ours.gradient, [Number(reference.grad[i])], 2e-6);
    }
  }
  for (const [i, z] of binary.hinge.score.entries()) {
    const ours = await lossOf('hinge', [z], [Number(binary.hinge.target_pm1[i] > 0)]);
    compare('loss hinge', TORCH, 'value', [ours.value], [binary.hinge.none.value[i]], F32);
    compare('loss hinge', TORCH, 'gradient', ours.gradient, [Number(binary.hinge.none.grad[i])], F32);
  }
}

/** @param {Compare} compare */
async function lossesOfClasses(compare) {
  const { logits, targets, soft_targets: soft, class_weights: weights } = multiclass;
  const cases = { cross_entropy: 'crossEntropy', 'cross_entropy_smoothing0.1': { name: 'crossEntropy', labelSmoothing: 0.1 }, focal_gamma2: 'focal' };
  for (const [name, loss] of Object.entries(cases)) {
    for (const [i, z] of logits.entries()) {
      const ours = await lossOf(loss, z, [targets[i]]);
      compare(`loss ${name}`, TORCH, 'value', [ours.value], [multiclass[name].none.value[i]], 2e-6);
      compare(`loss ${name}`, TORCH, 'gradient', ours.gradient, numbers(multiclass[name].none.grad[i]), 2e-6);
    }
  }
  for (const [i, z] of logits.entries()) { // Σ t log t - t log p: cross-entropy but for the entropy of t
    const ours = await lossOf('klDivergence', z, { data: Float64Array.from(soft[i]), rows: 1, cols: 4 });
    const entropy = soft[i].reduce((/** @type {number} */ sum, /** @type {number} */ t) => sum - t * Math.log(t), 0);
    compare('loss klDivergence', TORCH, 'value', [ours.value + entropy], [multiclass.cross_entropy_soft_targets.none.value[i]], 2e-6);
    compare('loss klDivergence', TORCH, 'gradient', ours.gradient, numbers(multiclass.cross_entropy_soft_targets.none.grad[i]), 2e-6);
  }
  const net = new Network({ inputs: 4, layers: [dense(4)], loss: 'crossEntropy', optimizer: sgd, epochs: 1, batchSize: 'full' });
  net.setWeights([{ data: identity(4) }, { data: new Float32Array(4) }]);
  const { loss: [mean] } = await net.fit(logits, targets, { sampleWeight: targets.map((/** @type {number} */ k) => weights[k]) });
  compare('class weights', TORCH, 'mean loss', [mean], [multiclass.cross_entropy_class_weights.mean.value], 2e-6);
  const sums = multiclass.cross_entropy_class_weights.mean.grad.reduce((/** @type {number[]} */ total, /** @type {number[]} */ row) => total.map((value, k) => value + row[k]), [0, 0, 0, 0]);
  compare('class weights', TORCH, 'gradient', Array.from(net.getWeights()[1].data, (bias) => -bias), sums, 2e-6);
}

/** The layer, then 3 × 3 ones on the diagonal; targets from which dL/dy is the given gradient. @param {any} layer @param {number[][]} y @param {number[][]} gradient */
const targetsFor = (y, gradient) => y.map((row, r) => row.map((value, c) => value - gradient[r][c] * 6)); // 2 (ŷ - t) / (4 · 3)

/** @param {Compare} compare */
async function normalisation(compare) {
  const { weight, bias, train, eval: later, grad_output: gradient } = batchnorm1d;
  const net = new Network({ inputs: 3, layers: [batchNorm(), dense(3)], loss: 'mse', optimizer: sgd, epochs: 1, batchSize: 4 });
  const rest = [{ data: identity(3) }, { data: [0, 0, 0] }];
  let running = [{ data: [0, 0, 0] }, { data: [1, 1, 1] }];
  for (const [i, { x, y, grad_weight, grad_bias, running_mean_after, running_var_after }] of train.entries()) {
    net.setWeights([{ data: weight }, { data: bias }, ...running, ...rest]);
    await net.fit(x, targetsFor(y, gradient), { shuffle: false });
    const [w, b, mean, variance] = net.getWeights().map(({ data }) => [...data]), limit = i < 2 ? 1e-5 : 1e-4; // the third batch has a mean of a million
    compare('batch normalisation', TORCH, `gradient of the weight${i < 2 ? '' : ', large mean'}`, w.map((value, k) => weight[k] - value), grad_weight, limit);
    compare('batch normalisation', TORCH, `gradient of the bias${i < 2 ? '' : ', large mean'}`, b.map((value, k) => bias[k] - value), grad_bias, limit);
    compare('batch normalisation', TORCH, 'running mean', mean, running_mean_after, F32, true);
    compare('batch normalisation', TORCH, 'running variance', variance, running_var_after, F32, true);
    running = [{ data: mean }, { data: variance }];
  }
  net.setWeights([{ data: weight }, { data: bias }, ...running, ...rest]);
  compare('batch normalisation', TORCH, 'prediction', /** @type {any} */ (net.predict(later.x)).data, later.y.flat(), F32);
  const layered = new Network({ inputs: 3, layers: [layerNorm(), dense(3)], loss: 'mse', optimizer: sgd, epochs: 1, batchSize: 4 });
  layered.setWeights([{ data: layernorm.weight }, { data: layernorm.bias }, ...rest]);
  compare('layer normalisation', TORCH, 'prediction', /** @type {any} */ (layered.predict(layernorm.x)).data, layernorm.y.flat(), F32);
  await layered.fit(layernorm.x, targetsFor(layernorm.y, layernorm.grad_output), { shuffle: false });
  const [w, b] = layered.getWeights().map(({ data }) => [...data]);
  compare('layer normalisation', TORCH, 'gradient of the weight', w.map((value, k) => layernorm.weight[k] - value), layernorm.grad_weight, 1e-5);
  compare('layer normalisation', TORCH, 'gradient of the bias', b.map((value, k) => layernorm.bias[k] - value), layernorm.grad_bias, 1e-5);
}

/** @param {Compare} compare */
async function rates(compare) {
  const cases = {
    step: { name: 'step', period: 10, factor: 0.5 }, multistep: { name: 'multiStep', milestones: [8, 20, 35], factor: 0.1 }, exponential: { name: 'exponential', factor: 0.95 },
    cosine: { name: 'cosine', period: 50, minimumRate: 0.001 }, cosine_warm_restarts: { name: 'cosineRestarts', period: 10, factor: 2, minimumRate: 0.001 },
    linear_warmup: { name: 'constant', warmup: 10, warmupFactor: 0.1 }, polynomial: { name: 'polynomial', period: 50, power: 2 }, inverse_time: { name: 'inverseTime', factor: 0.1 },
    one_cycle: { name: 'oneCycle', period: 51, per: 'epoch' }, one_cycle_linear_3phase: { name: 'oneCycle', period: 51, per: 'epoch', linearAnneal: true, threePhase: true },
  };
  for (const [name, schedule] of Object.entries(cases)) {
    const net = new Network({ inputs: 1, layers: [dense(1)], loss: 'mse', optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 }, schedule, epochs: 50 });
    const { learningRate } = await net.fit([[0]], [0]);
    compare(`schedule ${name}`, TORCH, '50 rates', /** @type {number[]} */ (learningRate), schedules[name].lr_used_at_step_0_based.slice(0, 50), 1e-12, true);
  }
}

/** Every figure of scikit-learn's reference that a metric of one number has. @param {Compare} compare */
function scores(compare) {
  const { regression: sets, binary_scores: ranked, labels, probabilities } = fixture('metrics').reference;
  /** @type {Record<string, keyof typeof metrics>} */
  const NUMBERS = { r2: 'r2', explained_variance: 'explainedVariance', mae: 'mae', mse: 'mse', rmse: 'rmse', mape: 'mape', median_ae: 'medianAbsoluteError', max_error: 'maxError' };
  const LABELS = { accuracy: 'accuracy', mcc: 'matthews', kappa: 'kappa' }, RANKED = { roc_auc: 'rocAuc', average_precision: 'averagePrecision' };
  const each = (/** @type {any} */ cases, /** @type {any} */ names, /** @type {(set: any, metric: any) => number} */ score) => {
    for (const set of Object.values(cases)) {
      for (const [theirs, ours] of Object.entries(names)) {
        if (typeof set[theirs]?.value === 'number' && !set[theirs].warning) compare(`metric ${ours}`, 'scikit-learn', 'value', [score(set, /** @type {any} */ (metrics)[String(ours)])], [set[theirs].value], 1e-12, true);
      }
    }
  };
  each(sets, NUMBERS, (set, metric) => metric(set.y_true, set.y_pred));
  each(labels, LABELS, (set, metric) => metric(set.y_true, set.y_pred));
  each(ranked, RANKED, (set, metric) => metric(set.y_true, set.score, set.sample_weight ? { sampleWeight: set.sample_weight } : {}));
  each({ binary: probabilities.binary, multiclass: probabilities.multiclass }, { log_loss: 'logLoss' }, (set, metric) => metric(set.y_true, set.prob));
}

/** What is almost 0 is compared as it stands: there the reference itself, a difference of numbers of size 1, has no digits. @param {Compare} compare @returns {Compare} */
const aboveNoise = (compare) => (technique, reference, figure, ours, theirs, limit, each) => (
  theirs.length === 1 && Math.abs(theirs[0]) < 1e-9 ? compare(technique, reference, figure, [ours[0] - theirs[0]], [0], limit, true) : compare(technique, reference, figure, ours, theirs, limit, each));

/** @param {Compare} compare */
export async function networks(compare) {
  for (const part of [activationsAndSlopes, lossesOfNumbers, lossesOfYesAndNo, lossesOfClasses, normalisation, rates, scores]) await part(aboveNoise(compare));
}
