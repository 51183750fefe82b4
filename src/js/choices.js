// choices.js: what there is to choose from, once, with options, defaults and limits · in: nothing · out: tables · next: options.js
//
// An entry's place in its list is its code in src/wasmfit_registry.h (but for linear models, which are functions of their own there), and
// options are fields there. Labels and descriptions are in registry.js, so that a program that only trains does not load them;
// tests/js/registry.test.js holds all three together. One line an entry: its name, then options as
//   name=default   followed by limits [least,greatest], where ( and ) exclude the limit;   name#= is a whole number, name~= goes by powers of 10,
//   name*= is a list of such numbers, name@= a number for every label;   words after | are choices beside or instead of numbers;
//   =on and =off are switches;   =? has no default.

/**
 * A number: min <= value <= max; above: min itself is excluded, below: max itself is excluded; integer: whole numbers only.
 * A switch has a default of true or false and no bounds. choices: words it may be instead, or, without bounds, must be; list: an array
 * of such numbers; each: words, or one such number for every label.
 * @typedef {{ name: string, default: number | boolean | string | undefined, min?: number, max?: number, above?: boolean, below?: boolean,
 *   integer?: boolean, log?: boolean, choices?: readonly string[], list?: boolean, each?: boolean }} Option
 */
/** @typedef {{ name: string, options: readonly Option[] }} Choices */

const FORM = /^(\w+)([#~*@]*)=([^[(|]*)(?:([[(])([^,]+),([^\])]+)([\])]))?((?:\|[\w]+)*)$/;

/** @param {string} text @returns {Option} */
export function option(text) {
  const [, name, flags, start, open, min, max, close, words] = /** @type {RegExpExecArray} */ (FORM.exec(text));
  /** @type {any} */
  const made = { name, default: start === 'on' ? true : start === 'off' ? false : start === '?' ? undefined : start !== '' && !Number.isNaN(Number(start)) ? Number(start) : start };
  if (open) Object.assign(made, { min: Number(min), max: Number(max) }, open === '(' && { above: true }, close === ')' && { below: true });
  for (const flag of ['#integer', '~log', '*list', '@each']) if (flags.includes(flag[0])) made[flag.slice(1)] = true;
  if (words) made.choices = words.slice(1).split('|');
  return made;
}

/** Options are read when they are first asked for: an import need not wait for all of them. @param {string} text @returns {Choices[]} */
const choices = (text) => text.split('\n').map((line) => {
  const [name, ...rest] = line.split(' ');
  /** @type {Option[] | undefined} */
  let options;
  return { name, get options() { return (options ??= rest.map(option)); } };
});

export const layers = choices(`dense units#=100[1,1e6] activation=identity initializer=auto l1~=0[0,1e6] l2~=0[0,1e6] maxNorm=0[0,1e30]
dropout rate=0.5[0,1)
batchNorm momentum=0.1[0,1] epsilon~=1e-5[1e-30,1]
layerNorm epsilon~=1e-5[1e-30,1]`);

export const activations = choices(`identity
relu
leakyRelu negativeSlope=0.01[0,1e3]
tanh
sigmoid
softplus
elu alpha=1[0,1e3]
gelu
silu`);

/** targets: what y is (see WF_LOSSES). */
export const losses = choices(`mse
crossEntropy labelSmoothing=0[0,1)
binaryCrossEntropy positiveWeight*=1[0,1e6]
mae
huber delta=1[1e-30,1e30]
logCosh
quantile quantile=0.5[0,1]
poisson
focal gamma=2[0,1e3]
binaryFocal gamma=2[0,1e3] alpha=0.25[0,1]
hinge
squaredHinge
klDivergence temperature=1[1e-3,1e3] distillation=1[0,1]`).map((entry, at) => Object.assign(entry, { targets: 'NCBNNNNNCBBBS'[at] }));

const RATE = (/** @type {string} */ value) => `learningRate~=${value}[0,1e6]`, DECAY = (value = '0') => `weightDecay~=${value}[0,1e6]`;
const ADAM = `${RATE('1e-3')} beta1=0.9[0,1) beta2=0.999[0,1) epsilon~=1e-8[1e-30,1]`;
const FULL = 'tolerance~=1e-5[0,1] lossTolerance~=1e-9[0,1]';

export const optimizers = choices(`sgd ${RATE('1e-2')} momentum=0[0,1) dampening=0[0,1] nesterov=off ${DECAY()}
adam ${ADAM} ${DECAY()} amsgrad=off
adagrad ${RATE('1e-2')} learningRateDecay~=0[0,1e6] initialAccumulator=0[0,1e30] epsilon~=1e-10[1e-30,1] ${DECAY()}
adadelta ${RATE('1')} decay=0.9[0,1) epsilon~=1e-6[1e-30,1] ${DECAY()}
rmsprop ${RATE('1e-2')} decay=0.99[0,1) epsilon~=1e-8[1e-30,1] momentum=0[0,1) centered=off ${DECAY()}
adamw ${ADAM} ${DECAY('1e-2')} amsgrad=off
nadam ${ADAM.replace('1e-3', '2e-3')} momentumDecay=4e-3[0,1] ${DECAY()}
radam ${ADAM} ${DECAY()}
lbfgs memory#=10[1,100] ${FULL}
conjugateGradient ${FULL}
newtonCG ${FULL}`);

export const initializers = choices(`auto
heUniform
heNormal
glorotUniform
glorotNormal
lecunUniform
lecunNormal
torch
zeros`);

const MONITOR = 'monitor=?|loss|r2|accuracy|mae|balancedAccuracy|f1|valLoss|valR2|valAccuracy|valMae|valBalancedAccuracy|valF1';
const WHEN = 'per=epoch|epoch|step warmup#=0[0,1e9] warmupFactor=0.1[0,1]', LEAST = 'minimumRate~=0[0,1e6]';

/** period: undefined is all of the run; monitor: undefined is valLoss where there are validation rows, else loss. */
export const schedules = choices(`constant ${WHEN}
step period#=10[1,1e9] factor=0.1[0,1e6] ${WHEN}
multiStep milestones#*=?[1,1e9] factor=0.1[0,1e6] ${WHEN}
exponential factor=0.95[0,1e6] ${WHEN}
inverseTime factor=0.1[0,1e6] ${WHEN}
polynomial period#=?[1,1e9] power=1[0,1e3] ${WHEN}
cosine period#=?[1,1e9] ${LEAST} ${WHEN}
cosineRestarts period#=10[1,1e9] factor=1[0,1e6] ${LEAST} ${WHEN}
oneCycle period#=?[1,1e9] rise=0.3[0,1) startDivisor=25[1,1e9] finalDivisor=1e4[1,1e12] threePhase=off linearAnneal=off cycleMomentum=on leastMomentum=0.85[0,1) mostMomentum=0.95[0,1) ${WHEN.replace('per=epoch', 'per=step')}
plateau ${MONITOR} factor=0.1[0,1e6] patience#=10[0,1e9] threshold~=1e-4[0,1e6] cooldown#=0[0,1e9] ${LEAST} warmup#=0[0,1e9] warmupFactor=0.1[0,1]`);

export const batchSchedules = choices(`constant size#=32[1,1e9]
growing size#=32[1,1e9] factor=2[1,1e6] every#=10[1,1e9] most#=1024[1,1e9]
random least#=16[1,1e9] most#=64[1,1e9]`);

export const averages = choices(`none
ema decay=0.999[0,1)
swa start#=?[0,1e9] every#=1[1,1e9]`);

export const resamples = choices(`none
over
under`);

/** What stands beside layers, loss and optimizer; each an object of options, but for plain numbers. @type {Record<string, readonly Option[]>} */
export const techniques = Object.fromEntries(choices(`clip value=0[0,1e30] norm=0[0,1e30] globalNorm=0[0,1e30]
earlyStopping ${MONITOR} patience#=10[0,1e9] minDelta~=0[0,1e30] restoreBest=on
pruning sparsity=0.8[0,1) begin#=0[0,1e9] end#=?[0,1e9] scope=layer|layer|global`).map(({ name, options }) => [name, options]));

/** @type {Record<string, Option>} */
export const training = Object.fromEntries(['batchSize#=32[1,1e9]|full', 'epochs#=100[1,1e9]', 'seed#=0[0,9007199254740992]', 'units#=100[1,1e6]', 'layers#=1[1,64]',
  'inputs#=1[1,1e6]', 'inputNoise=0[0,1e6]', 'mixup=0[0,1e3]', 'dropout=0[0,1)', 'l1~=0[0,1e6]', 'l2~=0[0,1e6]', 'maxNorm=0[0,1e30]'].map(option).map((one) => [one.name, one]));

const INTERCEPT = 'fitIntercept=on', ALPHA = 'alpha~=1[0,1e300]', RATIO = 'l1Ratio=0.5[0,1]', SEED = 'seed#=0[0,9007199254740992]';
const DESCENT = `${INTERCEPT} maxIterations#=1000[1,1e9] tolerance~=1e-4[0,1] ${SEED}`;

export const linearModels = choices(`LinearRegression ${INTERCEPT} statistics=auto|auto|always|never ${SEED}
Ridge ${ALPHA}|gcv alphas*=?(0,1e300] ${INTERCEPT} ${SEED}
Lasso ${ALPHA} ${DESCENT}
ElasticNet ${ALPHA} ${RATIO} ${DESCENT}
LogisticRegression penalty=l2|l2|l1|elasticnet|none C~=1(0,1e300] ${RATIO} solver=lbfgs|lbfgs|newton ${INTERCEPT} classWeight@=?[0,1e300]|balanced maxIterations#=100[1,1e9] tolerance~=1e-4[0,1] statistics=auto|auto|always|never ${SEED}`);
