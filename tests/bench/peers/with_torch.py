# with_torch.py: every task in PyTorch, on the processor · in: a task as JSON · out: times, loss · next: with_sklearn.py
import os

import torch
from torch import nn

from contest import cross_entropy, log_loss, loss_of, mean_square, take_part, task_and_data

torch.set_num_threads(int(os.environ.get('OMP_NUM_THREADS', '1')))
task, x, y, layers = task_and_data()
X, Y = torch.from_numpy(x), torch.from_numpy(y)
ACTIVATIONS = {'relu': nn.ReLU, 'tanh': nn.Tanh}


def network():
    parts = []
    for l, (W, b) in enumerate(layers):
        layer = nn.Linear(*W.shape)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(W.T.copy()))
            layer.bias.copy_(torch.from_numpy(b))
        parts += [layer] if l + 1 == len(layers) else [layer, ACTIVATIONS[task['activation']]()]
    return nn.Sequential(*parts)


def optimizer_of(parameters, name, learningRate, momentum=0, beta1=0, beta2=0, epsilon=0):
    if name == 'adam':
        return torch.optim.Adam(parameters, learningRate, (beta1, beta2), epsilon)
    return torch.optim.SGD(parameters, learningRate, momentum=momentum)


def fit_network():
    model = network()
    optimizer = optimizer_of(model.parameters(), **task['optimizer'])
    loss = nn.MSELoss() if task['loss'] == 'mse' else nn.CrossEntropyLoss()
    wanted, batch = Y[:, None] if task['loss'] == 'mse' else Y.long(), task['batch']
    for _ in range(task['epochs']):
        for at in range(0, len(X), batch):
            optimizer.zero_grad()
            loss(model(X[at:at + batch]), wanted[at:at + batch]).backward()
            optimizer.step()
    return model


@torch.no_grad()
def check_network(model):
    return loss_of(task)(model(X).numpy(), y)


def with_ones():
    return torch.cat([X, torch.ones(len(X), 1)], 1)


def fit_logistic():
    w = torch.zeros(task['cols'] + 1, requires_grad=True)
    optimizer = torch.optim.LBFGS([w], max_iter=200, tolerance_grad=task['tolerance'], line_search_fn='strong_wolfe')

    def closure():
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(X @ w[:-1] + w[-1], Y)
        loss.backward()
        return loss
    optimizer.step(closure)
    return w.detach()


def predictions():
    model = network()

    @torch.no_grad()
    def all_rows():
        return model(X).numpy()

    @torch.no_grad()
    def single():
        return sum(model(X[i % len(X)][None]).item() for i in range(task['calls'])) / task['calls']
    return (all_rows, lambda out: cross_entropy(out, y)) if task['kind'] == 'predict' else (single, float)


take_part(*{
    'network': lambda: (fit_network, check_network),
    'leastSquares': lambda: (lambda: torch.linalg.lstsq(with_ones(), Y[:, None]).solution, lambda w: mean_square(with_ones() @ w, y)),
    'logistic': lambda: (fit_logistic, lambda w: log_loss((X @ w[:-1] + w[-1]).numpy(), y)),
    'predict': predictions,
    'single': predictions,
}[task['kind']]())
