# with_numpy.py: every task in float32 NumPy by hand, as one writes it first · in: a task as JSON · out: times, loss · next: with_torch.py
import numpy as np

from contest import cross_entropy, log_loss, loss_of, mean_square, take_part, task_and_data

task, X, y, layers = task_and_data()
f4 = np.float32


def forward(parameters, x):
    """The outputs of every layer, x first."""
    outputs = [x]
    for l, (W, b) in enumerate(parameters):
        z = outputs[-1] @ W + b
        if l + 1 < len(parameters):
            z = np.maximum(z, 0) if task['activation'] == 'relu' else np.tanh(z)
        outputs.append(z)
    return outputs


def output_gradient(out, wanted):
    if task['loss'] == 'mse':
        return (out - wanted[:, None]) * f4(2 / len(wanted))
    p = np.exp(out - out.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(wanted)), wanted] -= 1
    return p / f4(len(wanted))


def gradients(parameters, outputs, d):
    """Of W and b of every layer, the last layer first."""
    for l in range(len(parameters) - 1, -1, -1):
        yield l, (outputs[l].T @ d, d.sum(axis=0))
        if l > 0:
            slope = outputs[l] > 0 if task['activation'] == 'relu' else 1 - outputs[l] ** 2
            d = (d @ parameters[l][0].T) * slope


def adam(o):
    b1, b2, rate, epsilon = o['beta1'], o['beta2'], o['learningRate'], f4(o['epsilon'])

    def update(p, m, v, g, t):
        m *= f4(b1)
        m += f4(1 - b1) * g
        v *= f4(b2)
        v += f4(1 - b2) * g * g
        p -= f4(rate / (1 - b1 ** t)) * m / (np.sqrt(v * f4(1 / (1 - b2 ** t))) + epsilon)
    return update


def descent(o):
    def update(p, m, v, g, t):
        m *= f4(o['momentum'])
        m += g
        p -= f4(o['learningRate']) * m
    return update


def fit_network():
    parameters = [[W.copy(), b.copy()] for W, b in layers]
    states = [[(np.zeros_like(p), np.zeros_like(p)) for p in layer] for layer in parameters]
    o = task['optimizer']
    update, t = (adam if o['name'] == 'adam' else descent)(o), 0
    wanted = y if task['loss'] == 'mse' else y.astype(int)
    for _ in range(task['epochs']):
        for at in range(0, len(X), task['batch']):
            t += 1
            outputs = forward(parameters, X[at:at + task['batch']])
            d = output_gradient(outputs[-1], wanted[at:at + task['batch']])
            for l, both in list(gradients(parameters, outputs, d)):
                for p, (m, v), g in zip(parameters[l], states[l], both):
                    update(p, m, v, g, t)
    return parameters


def with_ones():
    return np.hstack([X, np.ones((len(X), 1), f4)])


def fit_least_squares():
    A = with_ones()
    return np.linalg.solve(A.T @ A, A.T @ y)


def fit_logistic():
    w, b, iteration = np.zeros(task['cols'], f4), f4(0), 0
    while True:
        error = 1 / (1 + np.exp(-(X @ w + b))) - y
        dw, db = X.T @ error / f4(len(X)), error.mean()
        w -= f4(task['step']) * dw
        b -= f4(task['step']) * db
        if iteration % 10 == 0 and max(np.abs(dw).max(), abs(db)) < task['tolerance']:
            return w, b
        iteration += 1


def predict_single():
    return sum(float(forward(layers, X[i % len(X)][None])[-1][0, 0]) for i in range(task['calls'])) / task['calls']


take_part(*{
    'network': (fit_network, lambda p: loss_of(task)(forward(p, X)[-1], y)),
    'leastSquares': (fit_least_squares, lambda w: mean_square(with_ones() @ w, y)),
    'logistic': (fit_logistic, lambda wb: log_loss(X @ wb[0] + wb[1], y)),
    'predict': (lambda: forward(layers, X)[-1], lambda out: cross_entropy(out, y)),
    'single': (predict_single, float),
}[task['kind']])
