"""Writes heads.json beside it: what PyTorch makes of networks with several outputs in 20 steps, in float64.

Usage: pip install torch; python test/golden/pytorch/heads.py

Rows are those of data.json. Each head is a linear layer of its own over the same hidden layer, with a loss of its own; the
loss is their sum by weights, as torch adds it up. Kept are the mean loss of each epoch, the parameters in the end, those of
the heads one after the other, the outputs of the first rows, and each head's mean loss over all rows then.
"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn, optim

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
random = np.random.default_rng(20261127)
here = pathlib.Path(__file__).parent
golden = json.loads((here / "data.json").read_text())
BATCH, EPOCHS, SHOWN, HIDDEN = golden["batchSize"], golden["epochs"], 8, 6
rows = {name: torch.tensor(values) for name, values in golden["data"].items()}
count = len(rows["inputs"])

activations = {
    "identity": lambda s: s,
    "sigmoid": torch.sigmoid,
    "softmax": lambda s: torch.softmax(s, dim=1),
    "tanh": torch.tanh,
    "silu": F.silu,
}
# Of logits s, outputs x and targets y: the batch's mean.
losses = {
    "meanSquaredError": lambda s, x, y: F.mse_loss(x, y),
    "huber": lambda s, x, y: F.huber_loss(x, y, delta=0.5),
    "binaryCrossEntropy": lambda s, x, y: F.binary_cross_entropy_with_logits(s, y),
    "categoricalCrossEntropy": lambda s, x, y: F.cross_entropy(s, y),
}


def drawn(*shape):
    return (np.round(random.normal(size=shape) * 0.5 * 64) / 64).tolist()


def case(name, heads, make, optimizer):
    """heads: name -> (data, activation, loss, weight)."""
    units = {head: rows[data].shape[1] for head, (data, *_) in heads.items()}
    hidden = nn.Linear(4, HIDDEN)
    ends = {head: nn.Linear(HIDDEN, n) for head, n in units.items()}
    every = [hidden, *ends.values()]
    with torch.no_grad():
        for layer in every:
            layer.weight.copy_(torch.tensor(drawn(*layer.weight.shape)))
            layer.bias.copy_(torch.tensor(drawn(*layer.bias.shape)))

    def parts():
        flat = lambda which: [v for layer in ends.values() for v in getattr(layer, which).detach().flatten().tolist()]
        return [
            [hidden.weight.detach().flatten().tolist(), hidden.bias.detach().tolist()],
            [flat("weight"), flat("bias")],
        ]

    def outputs(x):
        h = torch.tanh(hidden(x))
        sums = {head: layer(h) for head, layer in ends.items()}
        return {head: (s, activations[heads[head][1]](s)) for head, s in sums.items()}

    def losses_of(part):
        found = outputs(rows["inputs"][part])
        return {head: losses[loss](*found[head], rows[data][part]) for head, (data, _, loss, _) in heads.items()}

    start = parts()
    steps = make([parameter for layer in every for parameter in layer.parameters()])
    epochs = []
    for _ in range(EPOCHS):
        total = 0
        for begin in range(0, count, BATCH):
            steps.zero_grad()
            found = losses_of(slice(begin, begin + BATCH))
            value = sum(heads[head][3] * loss for head, loss in found.items())
            value.backward()
            steps.step()
            total += value.item() * BATCH
        epochs.append(total / count)
    with torch.no_grad():
        shown = outputs(rows["inputs"][:SHOWN])
        final = losses_of(slice(0, count))
    described = {
        head: {
            "units": units[head],
            "activation": activation,
            "loss": {"name": "huber", "delta": 0.5} if loss == "huber" else loss,
            "weight": weight,
        }
        for head, (_, activation, loss, weight) in heads.items()
    }
    return {
        "name": name,
        "network": {"inputs": 4, "layers": [{"units": HIDDEN, "activation": "tanh"}], "heads": described},
        "targets": {head: data for head, (data, *_) in heads.items()},
        "start": start,
        "optimizer": optimizer,
        "losses": epochs,
        "parameters": parts(),
        "outputs": {head: x.flatten().tolist() for head, (_, x) in shown.items()},
        "headLosses": {head: loss.item() for head, loss in final.items()},
    }


cases = [
    case(
        "a class and numbers, by momentum",
        {
            "species": ("classes", "softmax", "categoricalCrossEntropy", 1),
            "sizes": ("numbers", "identity", "huber", 0.5),
        },
        lambda p: optim.SGD(p, lr=0.25, momentum=0.875),
        {"name": "sgd", "learningRate": 0.25, "momentum": 0.875},
    ),
    case(
        "yes or no, mixtures and numbers that are derived by their outputs, by adam",
        {
            "sides": ("sides", "sigmoid", "binaryCrossEntropy", 2),
            "mixtures": ("mixtures", "softmax", "meanSquaredError", 8),
            "sizes": ("numbers", "silu", "meanSquaredError", 0.25),
            "signs": ("sides", "tanh", "huber", 1),
        },
        lambda p: optim.Adam(p, lr=0.0625, eps=2**-20),
        {"name": "adam", "learningRate": 0.0625, "epsilon": 2**-20},
    ),
]
(here / "heads.json").write_text(json.dumps(cases, indent=1) + "\n")
