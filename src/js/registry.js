// registry.js: what there is to choose from, once: activations, losses, optimizers, initializers · in: nothing · out: tables · next: options.js
//
// An entry's place in its list is its code in src/wasmfit.h; tests/js/registry.test.js holds the two together. Validation, messages
// and the controls of the Lab are made from these tables.

/**
 * A number: min <= value <= max; above: min itself is excluded, below: max itself is excluded; integer: whole numbers only.
 * A switch has a default of true or false and no bounds.
 * @typedef {{ name: string, default: number | boolean, min?: number, max?: number, above?: boolean, below?: boolean,
 *   integer?: boolean, log?: boolean, doc: string }} OptionInfo
 */
/** @typedef {{ name: string, label: string, doc: string, options: readonly OptionInfo[] }} Entry */

/**
 * @param {string} name
 * @param {string} label
 * @param {string} doc
 * @param {OptionInfo[]} [options]
 * @returns {Entry}
 */
const entry = (name, label, doc, options = []) => ({ name, label, doc, options });

/** @type {(value: number) => OptionInfo} */
const learningRate = (value) => ({ name: 'learningRate', default: value, min: 0, max: 1e6, log: true, doc: 'length of a step' });
/** @type {OptionInfo} */
const weightDecay = { name: 'weightDecay', default: 0, min: 0, max: 1e6, log: true, doc: 'L2 penalty: adds weightDecay · w to every gradient, as PyTorch does' };

/** f(z) of a dense layer's pre-activation z. Source: Goodfellow et al. 2016, 6.3. @type {readonly Entry[]} */
export const activations = [
  entry('identity', 'identity', 'z'),
  entry('relu', 'ReLU', 'max(z, 0)'),
  entry('leakyRelu', 'leaky ReLU', 'z above 0, negativeSlope · z below', [{ name: 'negativeSlope', default: 0.01, min: 0, max: 1e3, doc: 'slope below 0' }]),
  entry('tanh', 'tanh', '(eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ)'),
  entry('sigmoid', 'sigmoid', '1 / (1 + e⁻ᶻ)'),
  entry('softplus', 'softplus', 'log(1 + eᶻ)'),
  entry('elu', 'ELU', 'z above 0, alpha · (eᶻ − 1) below', [{ name: 'alpha', default: 1, min: 0, max: 1e3, doc: 'depth of the left tail' }]),
  entry('gelu', 'GELU', 'z Φ(z), the exact one'),
  entry('silu', 'SiLU', 'z / (1 + e⁻ᶻ)'),
];

/** Means over all rows. Values and gradients as PyTorch's. @type {readonly Entry[]} */
export const losses = [
  entry('mse', 'mean squared error', '(1 / NK) Σ (ŷ − y)²'),
  entry('crossEntropy', 'cross-entropy', '(1 / N) Σ log Σⱼ e^zⱼ − z of the true class; softmax is part of the loss'),
  entry('binaryCrossEntropy', 'binary cross-entropy', '(1 / NK) Σ log(1 + eᶻ) − z y; the sigmoid is part of the loss'),
];

/** Formulas, names and defaults as PyTorch's. @type {readonly Entry[]} */
export const optimizers = [
  entry('sgd', 'SGD', 'v ← momentum · v + (1 − dampening) g; w ← w − learningRate · v', [
    learningRate(1e-2),
    { name: 'momentum', default: 0, min: 0, max: 1, below: true, doc: 'share of the last direction that is kept' },
    { name: 'dampening', default: 0, min: 0, max: 1, doc: 'share of the new gradient that is left out' },
    { name: 'nesterov', default: false, doc: 'looks ahead: steps along g + momentum · v; needs momentum above 0 and dampening 0' },
    weightDecay,
  ]),
  entry('adam', 'Adam', 'm, v: running means of g and g²; w ← w − learningRate · m̂ / (√v̂ + epsilon)', [
    learningRate(1e-3),
    { name: 'beta1', default: 0.9, min: 0, max: 1, below: true, doc: 'decay of the mean of gradients' },
    { name: 'beta2', default: 0.999, min: 0, max: 1, below: true, doc: 'decay of the mean of their squares' },
    { name: 'epsilon', default: 1e-8, min: 1e-30, max: 1, log: true, doc: 'keeps the division finite' },
    weightDecay,
  ]),
];

/** Starting weights of a layer with I inputs and O units; biases start at zero but for torch. @type {readonly Entry[]} */
export const initializers = [
  entry('auto', 'automatic', 'heUniform before relu and its kin, glorotUniform before identity, tanh, sigmoid'),
  entry('heUniform', 'He uniform', 'U(±√(6 / I))'),
  entry('heNormal', 'He normal', 'N(0, 2 / I)'),
  entry('glorotUniform', 'Glorot uniform', 'U(±√(6 / (I + O)))'),
  entry('glorotNormal', 'Glorot normal', 'N(0, 2 / (I + O))'),
  entry('lecunUniform', 'LeCun uniform', 'U(±√(3 / I))'),
  entry('lecunNormal', 'LeCun normal', 'N(0, 1 / I)'),
  entry('torch', 'PyTorch', 'U(±1 / √I), biases too'),
  entry('zeros', 'zeros', '0: only for models without hidden layers'),
];

/** @type {Record<string, OptionInfo>} */
export const training = {
  batchSize: { name: 'batchSize', default: 32, min: 1, max: 1e9, integer: true, doc: 'rows a step; the last batch of an epoch may be shorter' },
  epochs: { name: 'epochs', default: 100, min: 1, max: 1e9, integer: true, doc: 'times every row is seen' },
  seed: { name: 'seed', default: 0, min: 0, max: 2 ** 53, integer: true, doc: 'of starting weights, order of rows and validation split' },
  units: { name: 'units', default: 100, min: 1, max: 1e6, integer: true, doc: 'outputs of a layer' },
  layers: { name: 'layers', default: 1, min: 1, max: 64, integer: true, doc: 'number of layers, the last one included' },
  inputs: { name: 'inputs', default: 1, min: 1, max: 1e6, integer: true, doc: 'features' },
};
