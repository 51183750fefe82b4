// registry.js: what there is to choose from, once: layers, losses, optimizers, linear models · in: nothing · out: tables · next: options.js
//
// An entry's place in its list is its code in src/wasmfit.h (but for linear models, which are functions of their own there);
// tests/js/registry.test.js holds the two together. Validation, messages and the controls of the Lab are made from these tables.

/**
 * A number: min <= value <= max; above: min itself is excluded, below: max itself is excluded; integer: whole numbers only.
 * A switch has a default of true or false and no bounds. choices: words it may be instead, or, without bounds, must be; list: an array
 * of such numbers; each: words, or one such number for every label.
 * @typedef {{ name: string, default: number | boolean | string | undefined, min?: number, max?: number, above?: boolean, below?: boolean,
 *   integer?: boolean, log?: boolean, choices?: readonly string[], list?: boolean, each?: boolean, doc: string }} OptionInfo
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

/** @type {OptionInfo} */
const fitIntercept = { name: 'fitIntercept', default: true, doc: 'whether b is fitted, or 0' };
/** @type {OptionInfo} */
const alpha = { name: 'alpha', default: 1, min: 0, max: 1e300, log: true, doc: 'strength of the penalty; 0: none' };
/** @type {OptionInfo} */
const l1Ratio = { name: 'l1Ratio', default: 0.5, min: 0, max: 1, doc: 'share of the L1 penalty: 1 is the lasso, 0 ridge' };
/** @type {(name: string, value: number, doc: string) => OptionInfo} */
const iterations = (name, value, doc) => ({ name, default: value, min: 1, max: 1e9, integer: true, doc });
/** @type {(doc: string) => OptionInfo} */
const tolerance = (doc) => ({ name: 'tolerance', default: 1e-4, min: 0, max: 1, log: true, doc });
const descent = [fitIntercept, iterations('maxIterations', 1000, 'sweeps over the coefficients at most'), tolerance('duality gap, as a share of the variance of y, that ends the fit'), training.seed];

/** Linear models, all in f64; s: sample weights, n their sum. Penalties and defaults as scikit-learn's. @type {readonly Entry[]} */
export const linearModels = [
  entry('LinearRegression', 'least squares', 'min Σ s (y − x w − b)²', [fitIntercept,
    { name: 'statistics', default: 'auto', choices: ['auto', 'always', 'never'], doc: 'what summary and predictInterval need; auto: up to 256 features and 2 million values of X' }, training.seed]),
  entry('Ridge', 'ridge', 'min Σ s (y − x w − b)² + alpha ‖w‖²', [{ ...alpha, choices: ['gcv'], doc: `${alpha.doc}; gcv: that of alphas which generalised cross-validation finds best` },
    { name: 'alphas', default: undefined, min: 0, max: 1e300, above: true, list: true, doc: 'to choose from with gcv; 25 from 0.001 to 1000 if not given' }, fitIntercept, training.seed]),
  entry('Lasso', 'lasso', 'min Σ s (y − x w − b)² / 2n + alpha ‖w‖₁', [alpha, ...descent]),
  entry('ElasticNet', 'elastic net', 'min Σ s (y − x w − b)² / 2n + alpha (l1Ratio ‖w‖₁ + (1 − l1Ratio) ‖w‖² / 2)', [alpha, l1Ratio, ...descent]),
  entry('LogisticRegression', 'logistic regression', 'min C Σ s loss + penalty', [
    { name: 'penalty', default: 'l2', choices: ['l2', 'l1', 'elasticnet', 'none'], doc: '‖w‖² / 2, ‖w‖₁, l1Ratio ‖w‖₁ + (1 − l1Ratio) ‖w‖² / 2, or none' },
    { name: 'C', default: 1, min: 0, max: 1e300, above: true, log: true, doc: 'inverse of the strength of the penalty' }, { ...l1Ratio, doc: `${l1Ratio.doc}; for the penalty elasticnet` },
    { name: 'solver', default: 'lbfgs', choices: ['lbfgs', 'newton'], doc: 'without an L1 part; with one it is proximal Newton' }, fitIntercept,
    { name: 'classWeight', default: undefined, min: 0, max: 1e300, choices: ['balanced'], each: true, doc: 'a weight for each label; balanced: rows / (classes · rows of the class)' },
    iterations('maxIterations', 100, 'steps of the solver at most'), tolerance('greatest gradient of the mean loss that ends the fit'), training.seed]),
];
