// mlp.js: the three classes of networks: Network with its own layers, MLPRegressor and MLPClassifier · in: options · out: models · next: load.js
import { checkKeys, notReady, show } from './errors.js';
import { checkLayer } from './layers.js';
import { NeuralModel } from './network.js';
import { networks } from './predictor.js';
import { checkActivation, checkGiven, checkInitializer, checkNumber, checkSwitch, freeze, oneOf, targetsOf } from './options.js';
import { training } from './choices.js';
import { TRAINING } from './training.js';

/** @typedef {import('./training.js').TrainingOptions} TrainingOptions */
/**
 * @typedef {TrainingOptions & { hiddenLayers?: readonly number[], activation?: unknown, initializer?: string, loss?: unknown, dropout?: number,
 *   normalization?: 'none' | 'batch' | 'layer', l1?: number, l2?: number, maxNorm?: number, warmStart?: boolean }} MLPOptions
 * activation: of the hidden layers; loss: a regressor's 'mse' and its kin, a classifier's 'crossEntropy' or 'focal'; dropout, normalization: after
 * every hidden layer; l1, l2, maxNorm: of the weights of every layer; warmStart: a further fit goes on from the weights there are
 */
/** @typedef {TrainingOptions & { inputs?: number, layers: readonly unknown[], loss: unknown }} NetworkOptions */

/**
 * A network of given layers and loss; a further fit trains on from the weights it has.
 *
 *   new Network({ inputs: 2, layers: [dense(8, { activation: 'tanh' }), dense(1)], loss: 'mse' })
 */
export class Network extends NeuralModel {
  /** @param {NetworkOptions} options loss: 'mse' and its kin for numbers, 'crossEntropy' or 'focal' for classes, 'binaryCrossEntropy' and its kin for 0/1 in one or many columns */
  constructor(options) {
    checkKeys(options, ['inputs', 'layers', 'loss', ...TRAINING], 'Network');
    super(options, options.loss, 'Network');
    const { inputs, layers } = options;
    if (!Array.isArray(layers) || layers.length === 0) throw new TypeError(`Network: layers must be a list such as [dense(8), dense(1)], not ${show(layers)}`);
    checkNumber(layers.length, training.layers, 'Network');
    /** @type {Readonly<any>} */
    this.options = freeze({
      ...(inputs === undefined ? {} : { inputs: checkNumber(inputs, training.inputs, 'Network') }),
      layers: Array.from(layers, checkLayer), ...this._common,
    });
    const { name } = this._common.loss, last = this.options.layers[layers.length - 1];
    if (last.type !== 'dense') throw new RangeError(`Network: the last layer is ${last.type}; it must be dense`);
    if ((targetsOf(name) !== 'N' || name === 'poisson') && last.activation.name !== 'identity') {
      throw new RangeError(`Network: the last layer has the activation ${show(last.activation.name)}; with ${name} it must be identity`);
    }
    if ('CS'.includes(targetsOf(name)) && last.units < 2) throw new RangeError(`Network: the last layer has ${last.units} unit; ${name} needs one a class, at least 2`);
  }

  get _name() {
    return 'Network';
  }

  /** A Network with `inputs` has its starting weights as soon as the core is loaded. @ignore @param {string} what */
  _checkFitted(what) {
    this._checkAlive(what);
    if (!this._trained && this.options.inputs !== undefined) {
      if (!networks.code) throw notReady(`Network.${what}`);
      networks.code.start(this, what);
    }
    if (!this._trained) super._checkFitted(what);
  }
}

const PENALTIES = ['l1', 'l2', 'maxNorm'];

/** @abstract */
class MLP extends NeuralModel {
  /** @param {MLPOptions} options @param {string} loss its own, unless the options name another @param {string} targets of its losses @param {string} where */
  constructor(options, loss, targets, where) {
    checkKeys(options, ['hiddenLayers', 'activation', 'initializer', 'loss', 'dropout', 'normalization', ...PENALTIES, 'warmStart', ...TRAINING], where);
    super(options, options.loss ?? loss, where);
    const { hiddenLayers = [100], activation = 'relu', initializer, normalization = 'none', warmStart = false } = options;
    const { name } = this._common.loss;
    if (targetsOf(name) !== targets) throw new RangeError(`${where}: loss is "${name}", which is not for ${targets === 'N' ? 'numbers' : 'classes'}; use ${loss} or its kin, or a Network`);
    if (!Array.isArray(hiddenLayers)) throw new TypeError(`${where}: hiddenLayers must be a list such as [32, 16], not ${show(hiddenLayers)}`);
    /** @type {Readonly<any>} */
    this.options = freeze({
      hiddenLayers: Array.from(hiddenLayers, (units, l) => checkGiven(units, { ...training.units, name: `hiddenLayers[${l}]` }, where)),
      activation: checkActivation(activation, where), initializer: checkInitializer(initializer, where),
      ...Object.fromEntries(['dropout', ...PENALTIES].map((key) => [key, checkNumber(/** @type {any} */ (options)[key], training[key], where)])),
      normalization: oneOf(normalization, ['none', 'batch', 'layer'], `${where}: normalization`), warmStart: checkSwitch(warmStart, `${where}: warmStart`), ...this._common,
    });
    checkNumber(hiddenLayers.length * (1 + Number(normalization !== 'none') + Number(this.options.dropout > 0)) + 1, training.layers, where);
  }
}

/** A multilayer perceptron for numbers: identity output; mean squared error, or another loss of numbers. */
export class MLPRegressor extends MLP {
  /** @param {MLPOptions} [options] */
  constructor(options = {}) {
    super(options, 'mse', 'N', 'MLPRegressor');
  }

  get _name() {
    return 'MLPRegressor';
  }
}

/** A multilayer perceptron for classes: one output a class; softmax and cross-entropy, or focal loss. */
export class MLPClassifier extends MLP {
  /** @param {MLPOptions} [options] */
  constructor(options = {}) {
    super(options, 'crossEntropy', 'C', 'MLPClassifier');
  }

  get _name() {
    return 'MLPClassifier';
  }
}
