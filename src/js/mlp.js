// mlp.js: the three classes of networks: Network with its own layers, MLPRegressor and MLPClassifier · in: options · out: models · next: model-file.js
import { checkKeys, show } from './errors.js';
import { engineNow } from './engine.js';
import { NeuralModel, checkLayer, dense } from './network.js';
import { NativeModel } from './native.js';
import { checkActivation, checkGiven, checkInitializer, checkLoss, checkNumber, checkSwitch, freeze } from './options.js';
import { training } from './registry.js';

/** @typedef {import('./native.js').Config} Config */
/**
 * @typedef {{ hiddenLayers?: readonly number[], activation?: unknown, optimizer?: unknown, batchSize?: number, epochs?: number,
 *   seed?: number, initializer?: string, standardize?: boolean, warmStart?: boolean }} MLPOptions
 * activation: of the hidden layers; optimizer: 'adam', or { name: 'sgd', learningRate: 0.1, momentum: 0.9 }; standardize: features
 * (and a regression's target) are brought to mean 0 and standard deviation 1 of the training rows, predictions back to units of y,
 * and loss is in standardised units; warmStart: a further fit goes on from the weights there are
 */
/** @typedef {{ inputs?: number, layers: readonly unknown[], loss: string, optimizer?: unknown, batchSize?: number, epochs?: number,
 *   seed?: number, standardize?: boolean }} NetworkOptions */

const COMMON = ['optimizer', 'batchSize', 'epochs', 'seed', 'standardize'];

/**
 * A network of given layers and loss; a further fit trains on from the weights it has.
 *
 *   new Network({ inputs: 2, layers: [dense(8, { activation: 'tanh' }), dense(1)], loss: 'mse' })
 */
export class Network extends NeuralModel {
  /** @param {NetworkOptions} options loss: 'mse' for numbers, 'crossEntropy' for classes, 'binaryCrossEntropy' for two or many-label 0/1 */
  constructor(options) {
    checkKeys(options, ['inputs', 'layers', 'loss', ...COMMON], 'Network');
    super(options, options.loss, 'Network');
    const { inputs, layers, loss } = options;
    if (!Array.isArray(layers) || layers.length === 0) throw new TypeError(`Network: layers must be a list of layers such as [dense(8), dense(1)], not ${show(layers)}`);
    checkNumber(layers.length, training.layers, 'Network');
    /** @type {Readonly<NetworkOptions>} */
    this.options = freeze({
      ...(inputs === undefined ? {} : { inputs: checkNumber(inputs, training.inputs, 'Network') }),
      layers: Array.from(layers, checkLayer), ...this._common,
    });
    const last = /** @type {import('./options.js').Layer} */ (this.options.layers[layers.length - 1]);
    if (checkLoss(loss, 'Network') !== 'mse' && last.activation.name !== 'identity') {
      throw new RangeError(`Network: the last layer has the activation ${show(last.activation.name)}; with ${loss} it must be identity, as the loss does the rest`);
    }
    if (loss === 'crossEntropy' && last.units < 2) throw new RangeError(`Network: the last layer has ${last.units} unit; crossEntropy needs one a class, at least 2`);
  }

  get _name() {
    return 'Network';
  }

  get _units() {
    const { layers } = this.options;
    return /** @type {import('./options.js').Layer} */ (layers[layers.length - 1]).units;
  }

  /** A Network with `inputs` has its starting weights as soon as the core is loaded. @protected @param {string} what */
  _checkFitted(what) {
    this._checkAlive(what);
    if (!this._trained && this.options.inputs !== undefined) this._begin(what);
    if (!this._trained) super._checkFitted(what);
  }

  /** @param {string} what */
  _begin(what) {
    const config = this._configFor(Number(this.options.inputs), this._units);
    const native = new NativeModel(engineNow(`Network.${what}`), config, null);
    let state;
    try {
      state = native.state();
    } finally {
      native.free();
    }
    const classes = config.loss === 'mse' || (config.loss === 'binaryCrossEntropy' && this._units > 1) ? null : Array.from({ length: Math.max(2, this._units) }, (_, i) => i);
    this._restore({ config, state, classes, features: null, target: null, encoder: null, fresh: true });
  }

  _former() {
    return this._trained;
  }

  /** @param {number} inputs @param {number} outputs @returns {Config} */
  _configFor(inputs, outputs) {
    const { inputs: stated = inputs, layers } = this.options;
    if (inputs !== stated) throw new RangeError(`X has ${inputs} columns; the network has inputs: ${stated}`);
    if (outputs !== this._units) throw new RangeError(`y has ${outputs} columns; the last layer has ${this._units} units`);
    const { loss, optimizer, seed } = this._common;
    return { inputs, layers: /** @type {import('./options.js').Layer[]} */ ([...layers]), loss, optimizer, seed };
  }
}

/** @abstract */
class MLP extends NeuralModel {
  /** @param {MLPOptions} options @param {string} loss @param {string} where */
  constructor(options, loss, where) {
    checkKeys(options, ['hiddenLayers', 'activation', 'initializer', 'warmStart', ...COMMON], where);
    super(options, loss, where);
    const { hiddenLayers = [100], activation = 'relu', initializer, warmStart = false } = options;
    if (!Array.isArray(hiddenLayers)) throw new TypeError(`${where}: hiddenLayers must be a list of unit counts such as [32, 16], not ${show(hiddenLayers)}`);
    const { loss: _, ...common } = this._common;
    checkNumber(hiddenLayers.length + 1, training.layers, where);
    /** @type {Readonly<Required<MLPOptions>>} */
    this.options = freeze({
      hiddenLayers: Array.from(hiddenLayers, (units, l) => checkGiven(units, { ...training.units, name: `hiddenLayers[${l}]` }, where)),
      activation: checkActivation(activation, where), initializer: checkInitializer(initializer, where),
      warmStart: checkSwitch(warmStart, `${where}: warmStart`), ...common,
    });
  }

  _former() {
    return this.options.warmStart ? this._trained : null;
  }

  /** @param {number} inputs @param {number} outputs @returns {Config} */
  _configFor(inputs, outputs) {
    const { hiddenLayers, activation, initializer } = this.options;
    const { loss, optimizer, seed } = this._common;
    return { inputs, layers: [...hiddenLayers.map((units) => dense(units, { activation, initializer })), dense(outputs, { initializer })], loss, optimizer, seed };
  }
}

/** A multilayer perceptron for numbers: mean squared error, identity output. */
export class MLPRegressor extends MLP {
  /** @param {MLPOptions} [options] */
  constructor(options = {}) {
    super(options, 'mse', 'MLPRegressor');
  }

  get _name() {
    return 'MLPRegressor';
  }
}

/** A multilayer perceptron for classes: softmax and cross-entropy, one output a class. */
export class MLPClassifier extends MLP {
  /** @param {MLPOptions} [options] */
  constructor(options = {}) {
    super(options, 'crossEntropy', 'MLPClassifier');
  }

  get _name() {
    return 'MLPClassifier';
  }
}
