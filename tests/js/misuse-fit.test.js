// misuse-fit.test.js: wrong data, wrong calls of fit, predict, score, setWeights, and what they are told · next: package.test.js
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Lasso, LinearRegression, MLPClassifier, MLPRegressor, Network, Ridge, WasmfitError, dense, init } from 'wasmfit';
import { Table } from 'wasmfit/preprocessing';
import { frozen, literal, refused, rejected, silent } from './refused.js';

const T = TypeError, R = RangeError, W = WasmfitError;
silent();

const X = frozen([[1, 2], [2, 1], [3, 5], [4, 3], [5, 9], [6, 1]]), numbers = frozen([1, 2, 3, 4, 5, 6]), words = frozen(['a', 'b', 'a', 'b', 'a', 'b']);
const bits = frozen([0, 1, 0, 1, 0, 1]);
const table = Table.from({ age: [1, 2, 3, 4, 5, 6], sex: ['f', 'm', 'f', 'm', 'f', 'm'] });
const small = frozen({ epochs: 1, hiddenLayers: [2] });
/** Every kind of model: how it is made, its y, whether it works in 32 bits. @type {Record<string, { make: () => any, y: any, single: boolean, labels: boolean }>} */
const KINDS = {
  LinearRegression: { make: () => new LinearRegression(), y: numbers, single: false, labels: false },
  Ridge: { make: () => new Ridge(), y: numbers, single: false, labels: false },
  Lasso: { make: () => new Lasso({ alpha: 0.01 }), y: numbers, single: false, labels: false },
  MLPRegressor: { make: () => new MLPRegressor(small), y: numbers, single: true, labels: false },
  MLPClassifier: { make: () => new MLPClassifier(small), y: words, single: true, labels: true },
  Network: { make: () => new Network({ layers: [dense(1)], loss: 'binaryCrossEntropy', epochs: 1 }), y: bits, single: true, labels: false },
};
/** X with another value in row 3, column 2. @param {any} value */
const with32 = (value) => X.map((/** @type {number[]} */ row, /** @type {number} */ r) => (r === 2 ? [row[0], value] : row));
/** @param {any} list @param {any} value in row 4 */
const with4 = (list, value) => list.map((/** @type {any} */ old, /** @type {number} */ i) => (i === 3 ? value : old));
/** @param {any} more */
const matrix = (more) => ({ data: Float32Array.from(X.flat()), rows: 6, cols: 2, ...more });
function detached() {
  const values = Float64Array.from(X.flat());
  structuredClone(values.buffer, { transfer: [values.buffer] });
  return values;
}
const holed = X.map((/** @type {number[]} */ row) => [...row]);
delete holed[1][0];

/** Every X that is refused, by fit and by predict. @type {[unknown, Function, RegExp][]} */
const WRONG_X = [
  [undefined, T, /^X must be an array, a matrix \{ data, rows, cols \} or a Table, not undefined/], [null, T, /not null/], [7, T, /not 7/], ['rows', T, /not "rows"/],
  [{}, T, /not object/], [new DataView(new ArrayBuffer(48)), T, /X must be .*, not DataView/],
  [[1, 2, 3, 4, 5, 6], T, /^X has 1 as row 1; every row must be an array of numbers; for one column wrap every value/],
  [Float64Array.of(1, 2, 3, 4, 5, 6), T, /^X is a flat Float64Array of length 6; it needs rows and columns/],
  [[[], [], [], [], [], []], R, /^X has 6 rows of 0 columns; at least one/],
  [with4(X, [4]), R, /^X is ragged: row 4 has length 1, row 1 has 2; all rows must be equally long/], [with4(X, 'ab'), T, /^X has "ab" as row 4/], [with4(X, null), T, /^X has null as row 4/],
  [with32(NaN), R, /^X has NaN at row 3, column 2; every value must be finite/], [with32(Infinity), R, /^X has Infinity at row 3, column 2/], [with32(-Infinity), R, /^X has -Infinity at row 3/],
  [with32('5'), T, /^X has "5" at row 3, column 2; every value must be a number, not text/], [with32(''), T, /^X has an empty string at row 3, column 2/],
  [with32(null), T, /^X has null at row 3, column 2/], [with32(undefined), T, /^X has undefined at row 3, column 2/], [with32(true), T, /^X has true at row 3, column 2/],
  [with32(5n), T, /^X has 5n at row 3, column 2; .*convert it with Number\(\)/], [with32([5]), T, /^X has an object \(array of length 1\) at row 3, column 2/],
  [holed, T, /^X has a hole at row 2, column 1/],
  [matrix({ data: Float64Array.from(with32(NaN).flat()) }), R, /^X has NaN at row 3, column 2/],
  [matrix({ data: Float32Array.from(with32(Infinity).flat()) }), R, /^X has Infinity at row 3, column 2/],
  [matrix({ rows: 5 }), R, /^X\.data has 12 values, but rows × cols is 5 × 2 = 10/], [matrix({ rows: 1.5 }), R, /^X\.rows is 1\.5; it must be a whole number/],
  [matrix({ cols: -2 }), R, /^X\.cols is -2/], [matrix({ cols: '2' }), T, /^X\.cols is "2"; it must be a number/], [matrix({ rows: 2 ** 53 }), R, /^X\.rows is 9007199254740992/],
  [matrix({ data: X.flat() }), T, /^X\.data is array of length 12; it must be a typed array/], [matrix({ data: new BigInt64Array(12) }), T, /^X\.data is BigInt64Array of length 12/],
  [matrix({ data: detached() }), T, /^X\.data is detached/],
];

/** Every y of numbers that is refused. @type {[unknown, Function, RegExp][]} */
const WRONG_NUMBERS = [
  [undefined, T, /^y must be an array of numbers, a typed array or a matrix .*, not undefined/], [null, T, /not null/], ['abcdef', T, /not "abcdef"/], [table, T, /not Table/],
  [[1, 2], R, /^y has 2 values; it needs 6, one for each row/], [new Float32Array(7), R, /^y has 7 values; it needs 6/], [[], R, /^y has 0 values; it needs 6/],
  [with4(numbers, NaN), R, /^y has NaN at row 4; every value must be finite/], [with4(numbers, -Infinity), R, /^y has -Infinity at row 4/],
  [with4(numbers, '4'), T, /^y has "4" at row 4; every value must be a number, not text/], [with4(numbers, null), T, /^y has null at row 4/], [with4(numbers, 4n), T, /^y has 4n at row 4/],
  [Float64Array.from(with4(numbers, NaN)), R, /^y has NaN at row 4/], [detached(), T, /^y is detached/], [new BigInt64Array(6), T, /^y must be .*, not BigInt64Array/],
  [{ data: new Float64Array(6), rows: 3, cols: 2 }, R, /^y has 3 values; it needs 6/],
];

/** Every y of labels that is refused. @type {[unknown, Function, RegExp][]} */
const WRONG_LABELS = [
  [undefined, T, /^y must be an array of labels, not undefined/], ['ababab', T, /not "ababab"/], [['a', 'b'], R, /^y has 2 values; it needs 6/],
  [with4(words, null), T, /^y has null at row 4; a label must be a string, a number or a boolean/], [with4(words, undefined), T, /^y has undefined at row 4/],
  [with4(words, 1), T, /^y mixes kinds of labels: "a" at row 1, 1 at row 4/], [with4(words, ''), R, /^y has an empty string at row 4/], [with4(numbers, NaN), R, /^y has NaN at row 4; every label must be finite/],
  [with4(numbers, 4n), T, /^y has 4n at row 4/], [words.map(() => 'a'), R, /^y has one class only, "a"; a classifier needs at least 2/], [new Int32Array(6).fill(3), R, /^y has one class only, 3/],
  [{ data: new Float64Array(12), rows: 6, cols: 2 }, R, /^y is a matrix of 6 rows × 2 columns; labels must be one per row, not one-hot/],
];

/** Options of fit that every model refuses at once. @type {[any, Function, RegExp][]} */
const WRONG_CALLS = [
  [null, T, /\.fit: options must be an object, not null/], [5, T, /not 5/], [[], T, /not array of length 0/],
  [{ validaton: 0.2 }, T, /\.fit: unknown option "validaton"; did you mean "validation"\?/], [{ __proto__: null, constructor: 1 }, T, /unknown option "constructor"/],
  [{ signal: null }, T, /signal must be an AbortSignal, not null/], [{ signal: new AbortController() }, T, /signal must be an AbortSignal, not AbortController/],
  [{ signal: { aborted: false, addEventListener() {} } }, T, /signal must be an AbortSignal, not object/],
  [{ worker: 'yes' }, T, /\.fit: worker must be true or false, not "yes"/], [{ worker: null }, T, /not null/], [{ worker: 1 }, T, /not 1/],
  [{ onEpoch: 'log' }, T, /\.fit: onEpoch must be a function, not "log"/], [{ onEpoch: null }, T, /not null/],
  [{ metrics: 'all' }, T, /\.fit: unknown option "metrics"; the options are validation, /],
];

/** Options with which the run of every model rejects. @type {[any, Function, RegExp][]} */
const WRONG_OPTIONS = [
  ...[0, 1, -0.1, 1.5, NaN, Infinity].map((validation) => /** @type {[any, Function, RegExp]} */ ([{ validation }, R, literal(`validation is ${validation}; it must be a fraction between 0 and 1, { last: fraction } or { X, y }`)])),
  [{ validation: 'x' }, T, /validation.*not "x"/], [{ validation: true }, T, /validation.*not true/], [{ validation: null }, T, /validation.*not null/], [{ validation: [X, numbers] }, T, /validation: options must be an object, not array of length 2/],
  [{ validation: {} }, T, /^validation\.X must be an array/], [{ validation: { x: X, y: numbers } }, T, /validation: unknown option "x"; did you mean "X"\?|unknown option "x"/],
  [{ validation: { X } }, T, /^validation\.y must be .*, not undefined/], [{ validation: { X: [], y: [] } }, R, /^validation\.X has 0 /], [{ validation: { X: matrix({ data: new Float32Array(0), rows: 0 }), y: [] } }, R, /^validation\.X has 0 rows; at least 1 is needed/],
  [{ validation: { X: with32(NaN), y: numbers } }, R, /^validation\.X has NaN at row 3, column 2/], [{ validation: { X: [[1, 2, 3]], y: [1] } }, R, /^validation\.X has 3 columns; the model has 2 features/],
  [{ validation: { X, y: [1] } }, R, /^validation\.y has 1 values; it needs 6/],
];

/** Options with which the run of a network rejects. @type {[any, Function, RegExp][]} */
const WRONG_TRAINING = [
  [{ epochs: 0 }, R, /\.fit: epochs is 0; it must be a whole number from 1 to 1000000000/], [{ epochs: 1.5 }, R, /epochs is 1\.5/], [{ epochs: NaN }, R, /epochs is NaN/], [{ epochs: '5' }, T, /epochs must be .*, not "5"/],
  [{ epochs: null }, T, /not null/], [{ batchSize: 0 }, R, /\.fit: batchSize is 0/], [{ batchSize: [8] }, T, /batchSize must be .*, not array of length 1/], [{ shuffle: 1 }, T, /\.fit: shuffle must be true or false, not 1/],
  [{ evaluateTraining: 'yes' }, T, /evaluateTraining must be true or false, not "yes"/], [{ stratify: 'yes' }, T, /stratify must be true or false, not "yes"/], [{ stratify: 0, validation: 0.5 }, T, /not 0/],
  [{ sampleWeight: [1, 1, 1, 1, 1, -1] }, R, /sampleWeight has -1 at row 6; every weight must be 0 or more/], [{ sampleWeight: [0, 0, 0, 0, 0, 0] }, R, /sampleWeight is 0 for every row/],
  [{ sampleWeight: [1] }, R, /sampleWeight has 1 values; it needs 6/], [{ resume: 1 }, T, /resume must be true or false, not 1/],
];

for (const [name, { make, y, single, labels }] of Object.entries(KINDS)) {
  describe(name, () => {
    const model = make();
    /** @param {any} [given] @param {any} [target] @param {any} [options] */
    const fit = (given = X, target = y, options) => model.fit(given, target, options);
    /** @type {any} */
    let fitted;
    before(async () => {
      await init();
      fitted = make();
      await fitted.fit(X, y);
    });

    test('is not fitted before its fit, and says so', () => {
      for (const use of ['predict', 'score', 'save', 'predictProba', 'getWeights', 'setWeights']) {
        if (model[use]) refused(() => model[use](X, y), W, literal(`${name}.${use}: the model is not fitted yet`), 'NOT_FITTED');
      }
    });

    test('fit refuses every wrong X by place and value', async () => {
      for (const [wrong, Class, message] of WRONG_X) await rejected(() => model.fit(wrong, y), Class, message);
      for (const wrong of [[], matrix({ data: new Float32Array(0), rows: 0 })]) await rejected(() => fit(wrong, []), R, /^X has 0 rows; at least 1 is needed/);
      await rejected(() => fit(X.slice(1)), R, /^y has 6 values; it needs 5, one for each row/);
      const missing = Table.from({ age: [1, 2, null, 4, 5, 6], sex: ['f', 'm', 'f', 'm', 'f', 'm'] });
      await rejected(() => fit(missing), R, /^X has a missing value at row 3, column "age"/);
      await rejected(() => fit(Table.from({ sex: ['f', 'm', 'f', '', 'f', 'm'] })), R, /^X has a missing value at row 4, column "sex"/);
      if (single) {
        await rejected(() => fit(with32(1e39)), R, /^X has 1e\+39 at row 3, column 2; values must fit in 32-bit floats/);
        await rejected(() => fit(Table.from({ big: [1, 2, 3, 1e39, 5, 6] })), R, /^X has 1e\+39 at row 4, column "big"; .*32-bit/);
      }
    });

    test('fit refuses every wrong y by place and value', async () => {
      for (const [wrong, Class, message] of labels ? WRONG_LABELS : WRONG_NUMBERS) await rejected(() => model.fit(X, wrong), Class, message);
      if (single && !labels && name !== 'Network') await rejected(() => fit(X, with4(numbers, 1e39)), R, /^y has 1e\+39 at row 4; values must fit in 32-bit floats/);
    });

    test('fit refuses every wrong option', async () => {
      for (const [options, Class, message] of WRONG_CALLS) refused(() => fit(X, y, frozen(options)), Class, message);
      if (single) refused(() => fit(X, y, { epoch: 3 }), T, /unknown option "epoch"; did you mean "epochs"\?/);
      for (const [options, Class, message] of [...WRONG_OPTIONS, ...(single ? WRONG_TRAINING : [])]) await rejected(() => fit(X, y, frozen(options)), Class, message);
      await rejected(() => fit([[1, 2]], y.slice(0, 1), { validation: 0.5 }), R, labels ? /one class only/ : /^fit: X has 1 row; a validation share needs at least 2/);
    });

    test('predict and score refuse every wrong X, other columns, a table, another length of y', () => {
      for (const [wrong, Class, message] of WRONG_X) {
        const other = message.source.startsWith('^X must be an array,') || /not (null|7|"rows"|object)/.test(message.source); // fit counts rows first
        refused(() => fitted.predict(wrong), Class, other ? /^X must be an array of rows, a matrix \{ data, rows, cols \} or a Table, not / : message);
      }
      refused(() => fitted.predict([[1, 2, 3]]), R, /^X has 3 columns; the model has 2 features/);
      refused(() => fitted.score([[1]], [1]), R, /^X has 1 columns; the model has 2 features/);
      refused(() => fitted.predict(table), T, /^X is a Table; the model was fitted on plain numbers, so pass rows of 2 numbers/);
      refused(() => fitted.score(X, y.slice(1)), R, /^y has 5 values; it needs 6, one for each row/);
      refused(() => fitted.score(X, with4(y, null)), T, /^y has null at row 4/);
      refused(() => fitted.score([], []), R, /has 0 rows/);
      if (single) refused(() => fitted.predict(with32(1e39)), R, /^X has 1e\+39 at row 3, column 2; values must fit/);
    });

    test('nothing of all that did harm', async () => {
      assert.equal(model.fitted, false);
      await fit();
      assert.deepEqual(model.predict(X), fitted.predict(X));
      assert.equal(Array.from(model.predict([])).length, 0, 'no rows, no predictions');
      if (name === 'Network') await rejected(() => model.fit(table, y), R, /^X has 3 columns; the model has 2 features/);
      else await model.fit(table, y);
    });
  });
}

describe('what only some models refuse', () => {
  before(init);
  const line = new LinearRegression();
  /** @param {any} sampleWeight @param {number} [validation] */
  const weighted = (sampleWeight, validation) => () => line.fit(X, numbers, { sampleWeight, ...(validation === undefined ? {} : { validation }) });
  /** @param {number} units @param {string} loss */
  const net = (units, loss) => new Network({ layers: [dense(units)], loss, epochs: 1 });

  test('sample weights', async () => {
    await rejected(weighted([1, 1, -1, 1, 1, 1]), R, /^sampleWeight has -1 at row 3; every weight must be 0 or more/);
    await rejected(weighted([0, 0, 0, 0, 0, 0]), R, /^sampleWeight is 0 for every row; at least one must count/);
    await rejected(weighted([1, NaN, 1, 1, 1, 1]), R, /^sampleWeight has NaN at row 2/);
    await rejected(weighted([1, 1]), R, /^sampleWeight has 2 values; it needs 6/);
    await rejected(weighted(['1', 1, 1, 1, 1, 1]), T, /^sampleWeight has "1" at row 1/);
    await rejected(weighted(null), T, /^sampleWeight must be an array of numbers.*, not null/);
    await rejected(weighted({ data: new Float64Array(12), rows: 6, cols: 2 }), R, /^sampleWeight has 2 columns; it must be one weight a row/);
    const { splits } = await line.fit(X, numbers, { validation: 0.5 });
    const alone = numbers.map((/** @type {number} */ _, /** @type {number} */ row) => Number(row === splits?.validation[0]));
    await rejected(weighted(alone, 0.5), R, /^sampleWeight is 0 for every training row; at least one must count/);
  });

  test('targets and labels', async () => {
    await rejected(() => net(1, 'mse').fit(X, { data: new Float64Array(12), rows: 6, cols: 2 }), R, /^y has 2 columns; the last layer has 1 units/);
    await rejected(() => net(2, 'mse').fit(X, numbers), R, /^y has 1 columns; the last layer has 2 units/);
    await rejected(() => net(2, 'crossEntropy').fit(X, ['a', 'b', 'c', 'a', 'b', 'c']), R, /^y has 3 classes, the last layer has 2 units; they must be equal, or the labels whole numbers from 0 to 1/);
    await rejected(() => net(2, 'crossEntropy').fit(X, [0, 1, 2, 0, 1, -100]), R, /^y has 4 classes, the last layer has 2 units/);
    await rejected(() => net(1, 'binaryCrossEntropy').fit(X, numbers), R, /^y has 2 at row 2; binaryCrossEntropy needs values from 0 to 1/);
    await rejected(() => net(1, 'binaryCrossEntropy').fit(X, ['a', 'b', 'c', 'a', 'b', 'c']), R, /^y has 3 classes; binaryCrossEntropy needs 2/);
    await rejected(() => new Network({ inputs: 3, layers: [dense(1)], loss: 'mse' }).fit(X, numbers), R, /^X has 2 columns; the network has inputs: 3/);
    await rejected(() => new MLPClassifier(small).fit(X, words, { validation: { X, y: with4(words, 'c') } }), R, /^validation\.y has the label "c" at row 4; the model knows "a", "b"/);
    await rejected(() => new MLPClassifier(small).fit(X, with4(words, 'c'), { validation: 0.5, stratify: true }), R, /stratify: class "?(2|c)"? has 1 row; every class needs at least 2/);
    await rejected(() => new MLPRegressor(small).fit(X, numbers, { validation: 0.5, stratify: true }), T, /stratify needs class labels; this model learns numbers/);
    await rejected(() => new MLPRegressor(small).fit(X, numbers, { validation: { X, y: [[1, 1], [1, 1], [1, 1], [1, 1], [1, 1], [1, 1]] } }), R, /^validation\.y has 2 columns, y has 1/);
  });

  test('labels unlike those of the former fit', async () => {
    const warm = new MLPClassifier({ ...small, warmStart: true }), yes = net(1, 'binaryCrossEntropy');
    await warm.fit(X, words);
    await yes.fit(X, words);
    await rejected(() => warm.fit(X, with4(words, 'c')), R, /^y has the label "c" at row 4; the model knows "a", "b"/);
    await rejected(() => yes.fit(X, bits), R, /^y has the label 0 at row 1; the model knows "a", "b"/);
    await rejected(() => warm.fit([[1], [2]], ['a', 'b']), R, /^X has 1 columns; the model has 2 features/);
    refused(() => warm.score(X, bits), T, /labels like 0, yPred like "[ab]"/);
  });

  test('tables unlike that of the fit', async () => {
    for (const model of [new LinearRegression(), new MLPRegressor(small)]) {
      await model.fit(table, numbers);
      refused(() => model.predict(Table.from({ age: [1] })), R, /^X has no column "sex", which the model was fitted with/);
      refused(() => model.predict(Table.from({ age: [1], Sex: ['f'] })), R, /no column "sex".*is it the one named "Sex"\?/);
      refused(() => model.predict(Table.from({ age: [1, 2], sex: ['f', 'x'] })), R, /^X has "x" at row 2, column "sex"; the model knows "f", "m"/);
      refused(() => model.predict(Table.from({ age: ['old'], sex: ['f'] })), T, /column "age" holds text; the model was fitted with numbers there/);
      refused(() => model.predict([[1, 2]]), R, /^X has 2 columns; the model has 3 features/);
    }
  });

  test('weights of another number, name, shape or kind', async () => {
    const model = new MLPRegressor(small);
    await model.fit(X, numbers);
    const before = model.getWeights();
    /** @param {any} data @param {any} [more] */
    const first = (data, more) => [{ data, ...more }, ...before.slice(1)];
    for (const [weights, Class, message] of /** @type {[any, Function, RegExp][]} */ ([
      [undefined, R, /^setWeights: 4 arrays are needed \(layers\.0\.weight, …\), not undefined/], [[], R, /not array of length 0/], [before.slice(1), R, /not array of length 3/],
      [[null, ...before.slice(1)], R, /layers\.0\.weight has the shape \(2,2\) and undefined values; it must be \(2,2\), 4 values/], [first([1, 2, 3]), R, /3 values; it must be \(2,2\), 4 values/],
      [first([1, 2, 3, 4], { shape: [4, 1] }), R, /shape \(4,1\) and 4 values; it must be \(2,2\)/], [first([1, 2, 3, 4], { name: 'layers.0.bias' }), R, /"layers\.0\.bias" stands where layers\.0\.weight belongs/],
      [first([1, NaN, 3, 4]), R, /layers\.0\.weight has NaN at 1; every weight must be finite/], [first([1, 2, 1e39, 4]), R, /has 1e\+39 at 2; .*32-bit floats/], [first([1, 2, -Infinity, 4]), R, /-Infinity at 2/],
      [first(['1', 2, 3, 4]), T, /has "1" at 0; every weight must be a number/], [first('1234'), T, /has "1" at 0/], [first([1, null, 3, 4]), T, /has null at 1/], [first([1, 2, 3n, 4]), T, /has 3n at 2/], [first(new Array(4)), T, /has undefined at 0/],
    ])) refused(() => model.setWeights(weights), Class, message);
    assert.deepEqual(model.getWeights(), before);
  });

  test('probabilities of a regression, and learning rates of a run', async () => {
    const model = new MLPRegressor({ ...small, epochs: 1e8 });
    const run = /** @type {any} */ (model.fit(X, numbers));
    for (const [change, Class, message] of /** @type {[any, Function, RegExp][]} */ ([
      [undefined, T, /^run\.update: options must be an object, not undefined/], [{}, T, /^run\.update: learningRate must be a number from 0 to 1000000, not undefined/], [{ learningrate: 1 }, T, /did you mean "learningRate"\?/],
      [{ learningRate: '1' }, T, /not "1"/], [{ learningRate: NaN }, R, /^run\.update: learningRate is NaN/], [{ learningRate: -1 }, R, /learningRate is -1/],
    ])) refused(() => run.update(change), Class, message);
    run.step();
    for await (const { learningRate } of run) {
      assert.equal(learningRate, 0.001);
      run.stop();
    }
    refused(() => model.predictProba(X), W, /MLPRegressor\.predictProba: a regression has no probabilities/, 'NOT_A_CLASSIFIER');
  });
});

test('good calls leave frozen options and all arrays as they were', async () => {
  const given = matrix({ data: Float32Array.from(X.flat()) }), wide = matrix({ data: Float64Array.from(X.flat()) });
  const target = Float64Array.from(numbers), weights = Float64Array.of(1, 2, 0, 1, 1, 1);
  const copies = [given.data, wide.data, target, weights].map((values) => values.slice());
  for (const { make, y, single, labels } of Object.values(KINDS)) {
    for (const rows of [given, wide, X, table]) {
      const model = make();
      const own = labels || y === bits ? y : target;
      await model.fit(rows, own, frozen({ validation: 0.5 }));
      await model.fit(rows, own, frozen({ validation: { X: rows, y: own }, ...(single ? { shuffle: true } : { sampleWeight: weights }) }));
      model.predict(rows);
      model.score(rows, own);
    }
  }
  assert.deepEqual([given.data, wide.data, target, weights], copies);
  assert.ok([given, wide].every(({ data }) => data.buffer.byteLength > 0));
});
