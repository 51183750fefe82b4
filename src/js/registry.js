// registry.js: the choices with labels, descriptions and formulas, for documentation and controls · in: choices.js · out: `wasmfit/registry`
// next: choices.js
import * as choices from './choices.js';

/** @typedef {import('./choices.js').Option & { doc: string }} OptionInfo */
/** @typedef {{ name: string, label: string, doc: string, options: readonly OptionInfo[] }} Entry */

/** What an option means, wherever it stands; 'kind.option' where it means something of its own. @type {Record<string, string>} */
const OPTIONS = {
  units: 'outputs of the layer', activation: 'f of f(x W + b)', initializer: 'starting weights',
  l1: 'penalty l1 Σ|w|, by a proximal step: weights become exactly 0; biases are left out', l2: 'penalty l2/2 Σ w²; biases are left out',
  maxNorm: 'bound of the norm of the weights that lead into a unit; 0: none', rate: 'share of inputs set to 0 in training, the others grow by 1 / (1 − rate)',
  momentum: 'share of the last direction that is kept', 'batchNorm.momentum': 'weight of the newest batch in the running mean and variance',
  epsilon: 'keeps the division finite', negativeSlope: 'slope below 0', 'elu.alpha': 'depth of the left tail',
  labelSmoothing: 'share s of the target that is spread over all classes: (1 − s) onehot + s / K', positiveWeight: 'factor of the positive term, or one for each output',
  delta: 'where the square becomes a line', quantile: 'which quantile is learned', gamma: 'exponent of 1 − p: how much easy rows are muted',
  'binaryFocal.alpha': 'weight of positives; negatives have 1 − alpha', temperature: 'divides the logits of both sides', distillation: 'share of the soft targets; the rest is cross-entropy of the labels',
  learningRate: 'length of a step', dampening: 'share of the new gradient that is left out', nesterov: 'looks ahead: steps along g + momentum · v; needs momentum above 0 and dampening 0',
  weightDecay: 'L2 penalty: adds weightDecay · w to every gradient, as PyTorch does', 'adamw.weightDecay': 'shrinks every weight by learningRate · weightDecay a step, apart from the gradient',
  beta1: 'decay of the mean of gradients', beta2: 'decay of the mean of their squares', amsgrad: 'divides by the greatest mean of squares so far',
  decay: 'decay of the mean of squared gradients', 'ema.decay': 'share of the average that is kept a step', centered: 'divides by the standard deviation: subtracts the squared mean gradient',
  learningRateDecay: 'rate / (1 + t · this)', initialAccumulator: 'where the sums of squares start', momentumDecay: 'how fast the momentum rises to beta1',
  memory: 'pairs of steps and gradients that are kept', tolerance: 'greatest gradient that ends the fit as converged', lossTolerance: 'relative change of the loss that ends the fit as converged',
  period: 'epochs or steps: of one stage, or of all of it; if not given, all of the run', factor: 'multiplies the rate', 'cosineRestarts.factor': 'multiplies the period at every restart', 'inverseTime.factor': 'rate / (1 + factor · t)',
  milestones: 'epochs or steps at which the rate falls', power: 'of what is left', minimumRate: 'the rate never falls below', rise: 'share of the period on the way up',
  startDivisor: 'the first rate is learningRate / this', finalDivisor: 'the last rate is the first / this', threePhase: 'down as long as up, then to the last rate', linearAnneal: 'straight lines in place of cosines',
  cycleMomentum: 'momentum or beta1 goes the other way', leastMomentum: 'at the greatest rate', mostMomentum: 'at the smallest rate',
  per: 'what is counted', warmup: 'epochs or steps of linear warm-up before the schedule', warmupFactor: 'share of the rate at which the warm-up begins',
  monitor: 'column of the history that is watched; if not given, valLoss where there are validation rows, else loss', patience: 'epochs without improvement until it acts', threshold: 'relative improvement that counts', cooldown: 'epochs of rest after a fall',
  size: 'rows a step', 'growing.factor': 'multiplies the batch size', every: 'epochs from one time to the next', most: 'greatest batch size', least: 'smallest batch size', start: 'first epoch that counts; if not given, the last quarter',
  value: 'every gradient to ± this; 0: no', norm: 'gradient of each weight and bias array to this norm; 0: no', globalNorm: 'all gradients together to this norm; 0: no',
  minDelta: 'improvement that counts', restoreBest: 'the fit ends at the weights of its best epoch, however it ends', sparsity: 'share of weights that end at 0', begin: 'epoch at which it begins', end: 'epoch at which the sparsity is reached; if not given, half of the run', scope: 'in each layer, or over all',
  batchSize: 'rows a step; the last batch of an epoch may be shorter; full: all rows', epochs: 'times every row is seen', seed: 'of starting weights, order of rows, masks and validation split', layers: 'number of layers, the last one included', inputs: 'features',
  inputNoise: 'standard deviation of Gaussian noise on training features', mixup: 'alpha of Beta(alpha, alpha): rows are mixed in pairs', dropout: 'rate after every hidden layer',
  fitIntercept: 'whether b is fitted, or 0', 'LinearRegression.statistics': 'what summary and predictInterval need; auto: up to 256 features and 2 million values of X',
  'LogisticRegression.statistics': 'what summary needs, about as much work as two steps; auto: up to 256 features',
  alpha: 'strength of the penalty; 0: none', 'Ridge.alpha': 'strength of the penalty; 0: none; gcv: that of alphas which generalised cross-validation finds best', alphas: 'to choose from with gcv; 25 from 0.001 to 1000 if not given',
  l1Ratio: 'share of the L1 penalty: 1 is the lasso, 0 ridge', maxIterations: 'sweeps over the coefficients at most', 'LogisticRegression.maxIterations': 'steps of the solver at most',
  'Lasso.tolerance': 'duality gap, as a share of the variance of y, that ends the fit', 'ElasticNet.tolerance': 'duality gap, as a share of the variance of y, that ends the fit', 'LogisticRegression.tolerance': 'greatest gradient of the mean loss that ends the fit',
  penalty: '‖w‖² / 2, ‖w‖₁, l1Ratio ‖w‖₁ + (1 − l1Ratio) ‖w‖² / 2, or none', C: 'inverse of the strength of the penalty', solver: 'without an L1 part; with one it is proximal Newton',
  classWeight: 'a weight for each label; balanced: rows / (classes · rows of the class)',
};

/** @param {string} kind @param {readonly import('./choices.js').Option[]} options */
const documented = (kind, options) => options.map((option) => ({ ...option, doc: OPTIONS[`${kind}.${option.name}`] ?? OPTIONS[option.name] }));

/**
 * Entries in the order of the choices; text: one line an entry, name | label | doc.
 * @param {readonly import('./choices.js').Choices[]} list
 * @param {string} text
 * @returns {readonly Entry[]}
 */
function describe(list, text) {
  const lines = new Map(text.split('\n').map((line) => {
    const [name, label, doc] = line.trim().split(' | ');
    return [name, { label, doc }];
  }));
  return list.map((entry) => ({ ...entry, .../** @type {{ label: string, doc: string }} */ (lines.get(entry.name)), options: documented(entry.name, entry.options) }));
}

/** Layers of a Network. Sources: Srivastava et al. 2014 (dropout); Ioffe, Szegedy 2015; Ba et al. 2016. As PyTorch's Linear, Dropout, BatchNorm1d, LayerNorm. */
export const layers = describe(choices.layers, `dense | dense | activation(x W + b), W (in, units)
dropout | dropout | in training each input is 0 with probability rate, else x / (1 − rate); in prediction x
batchNorm | batch normalisation | (x − mean) / √(variance + epsilon) · weight + bias, over the batch; in prediction with running statistics
layerNorm | layer normalisation | (x − mean) / √(variance + epsilon) · weight + bias, over the units of a row`);

/** f(z) of a dense layer's pre-activation z. Source: Goodfellow et al. 2016, 6.3. */
export const activations = describe(choices.activations, `identity | identity | z
relu | ReLU | max(z, 0)
leakyRelu | leaky ReLU | z above 0, negativeSlope · z below
tanh | tanh | (eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ)
sigmoid | sigmoid | 1 / (1 + e⁻ᶻ)
softplus | softplus | log(1 + eᶻ)
elu | ELU | z above 0, alpha · (eᶻ − 1) below
gelu | GELU | z Φ(z), the exact one
silu | SiLU | z / (1 + e⁻ᶻ)`);

/** Means over all rows, Σ s loss / Σ s with sample weights s. Values and gradients as PyTorch's. e = ŷ − y, t = 2y − 1. */
export const losses = describe(choices.losses, `mse | mean squared error | (1 / NK) Σ e²
crossEntropy | cross-entropy | (1 / N) Σ log Σⱼ e^zⱼ − z of the true class; softmax is part of the loss
binaryCrossEntropy | binary cross-entropy | (1 / NK) Σ log(1 + eᶻ) − z y; the sigmoid is part of the loss
mae | mean absolute error | (1 / NK) Σ |e|
huber | Huber | (1 / NK) Σ e² / 2 up to |e| = delta, delta (|e| − delta / 2) beyond
logCosh | log-cosh | (1 / NK) Σ log cosh e
quantile | quantile | (1 / NK) Σ quantile · (y − ŷ) above, (1 − quantile) · (ŷ − y) below
poisson | Poisson | (1 / NK) Σ eᶻ − y z; the prediction is eᶻ
focal | focal | (1 / N) Σ −(1 − p)^gamma log p of the true class; softmax is part of the loss
binaryFocal | binary focal | (1 / NK) Σ −a (1 − p)^gamma log p of the truth, a = alpha for positives, 1 − alpha for negatives
hinge | hinge | (1 / NK) Σ max(0, 1 − t z)
squaredHinge | squared hinge | (1 / NK) Σ max(0, 1 − t z)²
klDivergence | Kullback–Leibler | (1 / N) Σ y log(y / softmax(z / T)) · T², y shares of the classes`);

/** Formulas, names and defaults as PyTorch's; the last three see all rows at each step. */
export const optimizers = describe(choices.optimizers, `sgd | SGD | v ← momentum · v + (1 − dampening) g; w ← w − learningRate · v
adam | Adam | m, v: running means of g and g²; w ← w − learningRate · m̂ / (√v̂ + epsilon)
adagrad | Adagrad | s ← s + g²; w ← w − learningRate · g / (√s + epsilon)
adadelta | Adadelta | s: running mean of g², d of the squared steps; step = g √(d + epsilon) / √(s + epsilon)
rmsprop | RMSprop | s: running mean of g²; w ← w − learningRate · g / (√s + epsilon)
adamw | AdamW | w ← w (1 − learningRate · weightDecay), then Adam
nadam | Nadam | Adam with Nesterov's look ahead
radam | RAdam | Adam, with plain momentum until the variance of its rate is known
lbfgs | L-BFGS | all rows at each step; quasi-Newton with memory pairs, strong-Wolfe line search
conjugateGradient | conjugate gradients | all rows at each step; Polak–Ribière+, strong-Wolfe line search
newtonCG | Newton-CG | all rows at each step; Newton's direction by conjugate gradients on Hessian-vector products`);

/** Starting weights of a layer with I inputs and O units; biases start at zero but for torch. */
export const initializers = describe(choices.initializers, `auto | automatic | heUniform before relu and its kin, glorotUniform before identity, tanh, sigmoid
heUniform | He uniform | U(±√(6 / I))
heNormal | He normal | N(0, 2 / I)
glorotUniform | Glorot uniform | U(±√(6 / (I + O)))
glorotNormal | Glorot normal | N(0, 2 / (I + O))
lecunUniform | LeCun uniform | U(±√(3 / I))
lecunNormal | LeCun normal | N(0, 1 / I)
torch | PyTorch | U(±1 / √I), biases too
zeros | zeros | 0: only for models without hidden layers`);

/** Learning rate after t epochs or steps; r: the optimizer's learningRate. As PyTorch's schedulers. */
export const schedules = describe(choices.schedules, `constant | constant | r
step | step | r · factor^⌊t / period⌋
multiStep | multi-step | r · factor^(milestones passed)
exponential | exponential | r · factorᵗ
inverseTime | inverse time | r / (1 + factor · t)
polynomial | polynomial | r · (1 − t / period)^power
cosine | cosine | minimumRate + (r − minimumRate) (1 + cos(π t / period)) / 2
cosineRestarts | cosine with warm restarts | the cosine again and again, its period times factor
oneCycle | one-cycle | up from r / startDivisor to r, down to r / startDivisor / finalDivisor
plateau | reduce on plateau | times factor when monitor has not improved for patience epochs`);

export const batchSchedules = describe(choices.batchSchedules, `constant | constant | size
growing | growing | size · factor^⌊epoch / every⌋ up to most
random | random | uniform from least to most, by the seed`);

/** Averages of the weights, which the fit ends with. Sources: Polyak, Juditsky 1992; Izmailov et al. 2018. */
export const averages = describe(choices.averages, `none | none | the last weights
ema | exponential moving average | a ← d a + (1 − d) w after every step, d = min(decay, (1 + n) / (10 + n)) after n steps
swa | stochastic weight averaging | mean of the weights at the ends of epochs`);

export const resamples = describe(choices.resamples, `none | none | the rows as they are
over | oversampling | every class as often as the largest, drawn anew each epoch
under | undersampling | every class as often as the smallest, drawn anew each epoch`);

/** Linear models, all in f64; s: sample weights, n their sum. Penalties and defaults as scikit-learn's. */
export const linearModels = describe(choices.linearModels, `LinearRegression | least squares | min Σ s (y − x w − b)²
Ridge | ridge | min Σ s (y − x w − b)² + alpha ‖w‖²
Lasso | lasso | min Σ s (y − x w − b)² / 2n + alpha ‖w‖₁
ElasticNet | elastic net | min Σ s (y − x w − b)² / 2n + alpha (l1Ratio ‖w‖₁ + (1 − l1Ratio) ‖w‖² / 2)
LogisticRegression | logistic regression | min C Σ s loss + penalty`);

/** @type {Record<string, readonly OptionInfo[]>} */
export const techniques = Object.fromEntries(Object.entries(choices.techniques).map(([name, options]) => [name, documented(name, options)]));

/** @type {Record<string, OptionInfo>} */
export const training = Object.fromEntries(Object.entries(choices.training).map(([name, option]) => [name, documented('training', [option])[0]]));
