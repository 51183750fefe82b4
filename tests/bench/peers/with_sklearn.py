# with_sklearn.py: every task in scikit-learn · in: a task as JSON · out: times, loss · next: ../contest.js
#
# Its networks begin with the task's weights where the version has _init_coef to override (1.2 has), else with its own. Half its squared
# error is what it descends, so that without Adam, which does not see a factor, twice the learning rate is the same step.
import warnings

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor

from contest import cross_entropy, log_loss, mean_square, take_part, task_and_data

warnings.filterwarnings('ignore')
task, X, y, layers = task_and_data()
classes = task.get('loss') == 'crossEntropy'
wanted = y.astype(int) if classes else y


class Mlp(MLPClassifier if classes else MLPRegressor):
    def _init_coef(self, fan_in, fan_out, dtype):
        self.begun = getattr(self, 'begun', 0) + 1
        return tuple(part.astype(dtype) for part in layers[self.begun - 1])


def network(epochs):
    o = task.get('optimizer', {'name': 'adam', 'learningRate': 1e-3})
    rule = dict(solver='adam', learning_rate_init=o['learningRate']) if o['name'] == 'adam' else dict(
        solver='sgd', learning_rate_init=2 * o['learningRate'], momentum=o['momentum'], nesterovs_momentum=False)
    return Mlp(hidden_layer_sizes=task['sizes'][1:-1], activation=task['activation'], alpha=0, shuffle=False, random_state=0, tol=0,
               n_iter_no_change=10**6, max_iter=epochs, batch_size=task.get('batch', 256), **rule)


def check_network(model):
    return cross_entropy(np.log(np.maximum(model.predict_proba(X), 1e-12)), y) if classes else mean_square(model.predict(X), y)


def predictions():
    model = network(1).fit(X[:1000], wanted[:1000])
    model.coefs_, model.intercepts_ = [W for W, _ in layers], [b for _, b in layers]
    if task['kind'] == 'predict':
        return lambda: model.predict_proba(X), lambda p: cross_entropy(np.log(p), y)
    return lambda: sum(float(model.predict(X[i % len(X)][None])[0]) for i in range(task['calls'])) / task['calls'], float


def logistic():
    try:
        model = LogisticRegression(penalty=None, tol=task['tolerance'], max_iter=1000)
        model.fit(X[:100], y[:100])
    except ValueError:  # before 1.2
        model = LogisticRegression(penalty='none', tol=task['tolerance'], max_iter=1000)
    return lambda: model.fit(X, y), lambda m: log_loss(m.decision_function(X), y)


take_part(*{
    'network': lambda: (lambda: network(task['epochs']).fit(X, wanted), check_network),
    'leastSquares': lambda: (lambda: LinearRegression().fit(X, y), lambda m: mean_square(m.predict(X), y)),
    'logistic': logistic,
    'predict': predictions,
    'single': predictions,
}[task['kind']]())
