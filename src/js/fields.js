// fields.js: configurations by name into the core's structs of doubles · in: options · out: Float64Array · next: packing.js
//
// The order is that of src/wasmfit_registry.h; tests/js/registry.test.js holds the two together. "name=value": what a field has when an
// option does not say; without it 0.

/** @param {string} list @returns {[string, number][]} */
const read = (list) => list.split(' ').map((field) => {
  const [name, value = '0'] = field.split('=');
  return [name, Number(value)];
});

export const CONFIG = read('inputs layers loss delta=1 quantile=.5 labelSmoothing positiveWeight=1 gamma=2 focalAlpha=.25 temperature=1 distillation=1 ' +
  'seed optimizer learningRate momentum dampening nesterov beta1=.9 beta2=.999 epsilon=1e-8 weightDecay decay=.9 centered amsgrad ' +
  'learningRateDecay initialAccumulator momentumDecay memory=10 tolerance=1e-5 lossTolerance');
export const LAYER = read('kind units activation initializer slope l1 l2 maxNorm rate normEpsilon=1e-5 normMomentum=.1');
export const FIT = read('batchSize epochs shuffle evaluateTraining recordGradient batchSchedule batchLeast=1 batchMost=1e9 batchFactor=2 batchEvery=1 ' +
  'resample schedule perStep warmup warmupFactor period=1 factor power minimumRate milestones rise=.3 startDivisor=25 finalDivisor=1e4 threePhase ' +
  'linearAnneal cycleMomentum leastMomentum=.85 mostMomentum=.95 plateauMonitor plateauPatience plateauThreshold plateauCooldown clipValue ' +
  'clipNorm clipGlobalNorm inputNoise mixup average averageDecay averageStart averageEvery=1 stopMonitor stopPatience stopMinDelta restoreBest ' +
  'pruneSparsity pruneBegin pruneEnd pruneGlobal');
/** One column of a report each. */
export const REPORT = ('epoch loss metric validationLoss validationMetric learningRate rowsSeen gradientNorm batchSize penalty mae validationMae ' +
  'balancedAccuracy validationBalancedAccuracy f1 validationF1 sparsity').split(' ');

export const REPORT_FIELDS = REPORT.length;
/** wf_fit_state */
export const RUNNING = 0, DONE = 1, DIVERGED = 2, CONVERGED = 3, STOPPED = 4;

/** One report; what was not measured is NaN. @param {Record<string, number>} values @returns {number[]} */
export const report = (values) => REPORT.map((name) => values[name] ?? NaN);

/** @param {[string, number][]} fields @param {Record<string, unknown>} values @returns {number[]} */
export const pack = (fields, values) => fields.map(([name, value]) => Number(values[name] ?? value));
