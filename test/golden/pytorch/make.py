"""Writes the JSON files beside it: what PyTorch makes of small networks in 20 steps, in float64.

Usage: pip install torch torchvision lion-pytorch; python test/golden/pytorch/make.py

Each case says what lanegrad is asked for, in lanegrad's words, and beside it here stands the same in PyTorch's. A network
starts from given weights and sees 40 given rows, 8 a step in their order, four times. What is kept: the mean loss of each
epoch, the parameters in the end, and what the network then says of the first rows. Printed is how far PyTorch's own float32
is from its float64 there, normwise, the worst of all tensors. Data and first weights are multiples of 1/64, and float32
holds them exactly.
"""

import json
import pathlib

import lion_pytorch
import numpy as np
import torch
import torch.nn.functional as F
import torchvision.ops
from torch import nn, optim
from torch.optim import lr_scheduler as schedulers
from torch.optim.swa_utils import AveragedModel

torch.set_num_threads(1)
random = np.random.default_rng(20261126)
ROWS, BATCH, EPOCHS, SHOWN = 40, 8, 4, 8


def sixty_fourths(numbers):
    return np.round(np.asarray(numbers) * 64) / 64


# ---- Data ----
inputs = sixty_fourths(random.normal(size=(ROWS, 4)))
classes = (inputs[:, 0] + inputs[:, 1] * inputs[:, 2] > 0).astype(int) + (inputs[:, 3] > 0.3).astype(int)
sides = np.stack([inputs[:, 0] > inputs[:, 1], inputs[:, 2] > 0], axis=1).astype(float)
mixtures = np.eye(3)[classes] * 0.75 + 0.0625
mixtures[np.arange(ROWS), (classes + 1) % 3] += 0.0625
numbers = sixty_fourths(np.stack([inputs[:, 0] ** 2 - inputs[:, 1], 2 * np.sin(inputs[:, 2] + inputs[:, 3])], axis=1))
data = {
    "inputs": inputs.tolist(),
    "classes": np.eye(3)[classes].tolist(),
    "mixtures": mixtures.tolist(),
    "sides": sides.tolist(),
    "numbers": numbers.tolist(),
    "counts": np.floor(np.abs(numbers)).tolist(),
}


# ---- Networks ----
def named(given):
    return (given, {}) if isinstance(given, str) else (given["name"], {k: v for k, v in given.items() if k != "name"})


def activation(given):
    name, options = named(given)
    slope, alpha = options.get("slope", 0.01), options.get("alpha", 1)
    return {
        "identity": lambda s: s,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "softmax": lambda s: torch.softmax(s, dim=1),
        "leakyRelu": lambda s: F.leaky_relu(s, slope),
        "elu": lambda s: F.elu(s, alpha),
        "selu": F.selu,
        "gelu": lambda s: F.gelu(s, approximate="tanh" if options.get("approximate") else "none"),
        "silu": F.silu,
        "softplus": F.softplus,
        "exponential": torch.exp,
        # Not F.hardsigmoid, whose derivative in float64 is 1/6 as float32 has it.
        "hardSigmoid": lambda s: F.relu6(s + 3) / 6,
    }[name]


def poisson(s, x, y):
    """From logits where outputs are their exponentials, from outputs otherwise, which PyTorch keeps from 0 by eps."""
    if torch.equal(torch.exp(s), x):
        return F.poisson_nll_loss(s, y, log_input=True)
    return F.poisson_nll_loss(x, y, log_input=False, eps=0)


def loss(given):
    """Of logits s, outputs x and targets y: the batch's mean."""
    name, options = named(given)
    smoothing = options.get("labelSmoothing", 0)
    return {
        "meanSquaredError": lambda s, x, y: F.mse_loss(x, y),
        "huber": lambda s, x, y: F.huber_loss(x, y, delta=options.get("delta", 1)),
        "meanAbsoluteError": lambda s, x, y: F.l1_loss(x, y),
        # There is none: 2 max(q d, (q - 1) d) = |d| + (2 q - 1) d for d = y - x.
        "quantile": lambda s, x, y: (F.l1_loss(x, y) + (2 * options.get("quantile", 0.5) - 1) * (y - x).mean()) / 2,
        "poisson": lambda s, x, y: poisson(s, x, y),
        "focal": lambda s, x, y: torchvision.ops.sigmoid_focal_loss(
            s, y, alpha=options.get("alpha", -1), gamma=options.get("gamma", 2), reduction="mean"
        ),
        "binaryCrossEntropy": lambda s, x, y: F.binary_cross_entropy_with_logits(s, y),
        "categoricalCrossEntropy": lambda s, x, y: F.cross_entropy(s, y, label_smoothing=smoothing),
    }[name]


class Model(nn.Module):
    def __init__(self, network, start):
        super().__init__()
        self.network = network
        self.layers = nn.ModuleList()
        width = network["inputs"]
        for k, layer in enumerate(network["layers"]):
            kind = layer.get("layer", "dense")
            if kind == "dense":
                made = nn.Linear(width, layer["units"])
                width = layer["units"]
            elif kind == "layerNorm":
                made = nn.LayerNorm(width, eps=layer.get("epsilon", 1e-5))
            else:
                made = nn.BatchNorm1d(width, eps=layer.get("epsilon", 1e-5), momentum=layer.get("momentum", 0.1))
            self.layers.append(made)
        self.load(start)

    def load(self, start):
        with torch.no_grad():
            for layer, (weights, biases) in zip(self.layers, start):
                layer.weight.copy_(torch.tensor(weights).reshape(layer.weight.shape))
                layer.bias.copy_(torch.tensor(biases))

    def forward(self, x):
        """Logits and outputs."""
        for layer, described in zip(self.layers, self.network["layers"]):
            s = layer(x)
            x = activation(described.get("activation", "identity"))(s)
        return s, x

    def parts(self):
        """[weights, biases] of each layer, flat."""
        return [[part.detach().double().flatten().tolist() for part in (layer.weight, layer.bias)] for layer in self.layers]

    def statistics(self):
        found = [layer for layer in self.layers if isinstance(layer, nn.BatchNorm1d)]
        return [[one.running_mean.double().tolist(), one.running_var.double().tolist()] for one in found]


starts = {}


def start_of(network):
    """First parameters for layers of these shapes, the same for all that have them."""
    shapes, width = [], network["inputs"]
    for layer in network["layers"]:
        fan_in, width = width, layer.get("units", width)
        shapes.append([width, fan_in] if "units" in layer else [width])
    key = "-".join("x".join(map(str, shape)) for shape in shapes)
    if key not in starts:
        starts[key] = [
            [
                sixty_fourths(random.normal(size=shape) * 0.5 if len(shape) == 2 else 1 + 0.25 * random.normal(size=shape))
                .flatten()
                .tolist(),
                sixty_fourths(random.normal(size=shape[0]) * 0.25).tolist(),
            ]
            for shape in shapes
        ]
    return key


# ---- Training ----
def train(network, key, targets, make, number, before=None, schedule=None, average=None, accumulate=1):
    torch.set_default_dtype(number)
    model = Model(network, starts[key])
    optimizer = make(model)
    scheduler = schedule(optimizer) if schedule else None
    averaged = AveragedModel(model, avg_fn=lambda old, new, _: average * old + (1 - average) * new) if average else None
    loss_of = loss(network["loss"])
    x, y = torch.tensor(inputs, dtype=number), torch.tensor(data[targets], dtype=number)
    losses = []
    for _ in range(EPOCHS):
        sum = 0
        for begin in range(0, ROWS, BATCH * accumulate):
            optimizer.zero_grad()
            end = min(begin + BATCH * accumulate, ROWS)
            for first in range(begin, end, BATCH):
                rows = slice(first, first + BATCH)
                value = loss_of(*model(x[rows]), y[rows])
                (value * BATCH / (end - begin)).backward()
                sum += value.item() * BATCH
            if before:
                before(model)
            optimizer.step()
            if scheduler:
                scheduler.step()
            if averaged:
                averaged.update_parameters(model)
        losses.append(sum / ROWS)
    final = averaged.module if averaged else model
    final.eval()
    with torch.no_grad():
        outputs = final(x[:SHOWN])[1].double().flatten().tolist()
    return {"losses": losses, "parameters": final.parts(), "outputs": outputs, "statistics": final.statistics()}


def distance(found, expected):
    found, expected = np.asarray(found), np.asarray(expected)
    return float(np.abs(found - expected).max(initial=0) / max(np.abs(expected).max(initial=0), 1e-300))


def worst(found, expected):
    pairs = [(found["losses"], expected["losses"]), (found["outputs"], expected["outputs"])]
    for key in ("parameters", "statistics"):
        for f, e in zip(found[key], expected[key]):
            pairs += list(zip(f, e))
    return max(distance(f, e) for f, e in pairs)


files = {}


def case(file, name, network, targets, make, fit, **others):
    key = start_of(network)
    exact = train(network, key, targets, make, torch.float64, **others)
    single = train(network, key, targets, make, torch.float32, **others)
    if not exact["statistics"]:
        del exact["statistics"]
        single["statistics"] = []
    print(f"{worst(single, {'statistics': [], **exact}):.0e} {file}: {name}")
    files.setdefault(file, []).append(
        {"name": name, "network": network, "start": key, "targets": targets, "fit": fit, **exact}
    )


def perceptron(hidden="tanh", units=3, last="softmax", given="categoricalCrossEntropy", between=()):
    layers = [{"units": 6, "activation": hidden}, *between, {"units": units, "activation": last}]
    return {"inputs": 4, "layers": layers, "loss": given}


def with_sgd(rate=0.25):
    return {"optimizer": {"name": "sgd", "learningRate": rate}}, lambda m: optim.SGD(m.parameters(), lr=rate)


def groups(model, decay):
    """Decay for what PyTorch calls weights of dense layers, none for biases and norms."""
    dense = {id(layer.weight) for layer in model.layers if isinstance(layer, nn.Linear)}
    return [
        {"params": [p for p in model.parameters() if id(p) in dense], "weight_decay": decay},
        {"params": [p for p in model.parameters() if id(p) not in dense], "weight_decay": 0},
    ]


# ---- Optimizers, with every option ----
def optimizer(name, ours, theirs, fit=None):
    case(
        "optimizers",
        f"{name} {json.dumps({**ours, **(fit or {})})}",
        perceptron(),
        "classes",
        theirs,
        {"optimizer": {"name": name, **ours}, **(fit or {})},
    )


optimizer("sgd", {"learningRate": 0.25}, lambda m: optim.SGD(m.parameters(), lr=0.25))
for options in (
    {"momentum": 0.9},
    {"momentum": 0.5, "dampening": 0.25},
    {"momentum": 0.9, "dampening": 1},
    {"momentum": 0.9, "nesterov": True},
):
    optimizer("sgd", {"learningRate": 0.125, **options}, lambda m: optim.SGD(m.parameters(), lr=0.125, **options))

for options, theirs in (
    ({"learningRate": 0.01}, {"lr": 0.01}),
    ({"learningRate": 0.01, "alpha": 0.9}, {"lr": 0.01, "alpha": 0.9}),
    ({"learningRate": 0.01, "alpha": 0.9, "epsilon": 0.01}, {"lr": 0.01, "alpha": 0.9, "eps": 0.01}),
    ({"learningRate": 0.01, "momentum": 0.75}, {"lr": 0.01, "momentum": 0.75}),
    ({"learningRate": 0.01, "alpha": 0.9, "centered": True}, {"lr": 0.01, "alpha": 0.9, "centered": True}),
    (
        {"learningRate": 0.005, "alpha": 0.75, "momentum": 0.5, "centered": True, "epsilon": 1e-4},
        {"lr": 0.005, "alpha": 0.75, "momentum": 0.5, "centered": True, "eps": 1e-4},
    ),
):
    optimizer("rmsprop", options, lambda m: optim.RMSprop(m.parameters(), **theirs))

for options, theirs in (
    ({"learningRate": 0.1}, {"lr": 0.1}),
    ({"learningRate": 0.1, "learningRateDecay": 0.05}, {"lr": 0.1, "lr_decay": 0.05}),
    ({"learningRate": 0.1, "initialAccumulatorValue": 0.1}, {"lr": 0.1, "initial_accumulator_value": 0.1}),
    ({"learningRate": 0.1, "epsilon": 0.01}, {"lr": 0.1, "eps": 0.01}),
):
    optimizer("adagrad", options, lambda m: optim.Adagrad(m.parameters(), **theirs))

for options, theirs in (
    ({}, {}),
    ({"learningRate": 0.5, "rho": 0.75}, {"lr": 0.5, "rho": 0.75}),
    ({"epsilon": 1e-3}, {"eps": 1e-3}),
):
    optimizer("adadelta", options, lambda m: optim.Adadelta(m.parameters(), **theirs))

for name, kind, ours in (("adam", optim.Adam, {}), ("adamW", optim.AdamW, {"decayBiases": True})):
    for options, theirs in (
        ({}, {}),
        ({"learningRate": 0.02, "beta1": 0.75, "beta2": 0.9}, {"lr": 0.02, "betas": (0.75, 0.9)}),
        ({"learningRate": 0.02, "epsilon": 0.01}, {"lr": 0.02, "eps": 0.01}),
        ({"learningRate": 0.02, "beta2": 0.5, "amsgrad": True}, {"lr": 0.02, "betas": (0.9, 0.5), "amsgrad": True}),
    ):
        optimizer(name, {**options, **ours}, lambda m: kind(m.parameters(), **theirs))
for amsgrad in (False, True):
    optimizer(
        "adamW",
        {"learningRate": 0.02, "weightDecay": 0.25, "amsgrad": amsgrad, "beta2": 0.5},
        lambda m: optim.AdamW(groups(m, 0.25), lr=0.02, amsgrad=amsgrad, betas=(0.9, 0.5)),
    )

for options, theirs in (
    ({}, {}),
    ({"learningRate": 0.02, "beta1": 0.75, "beta2": 0.9}, {"lr": 0.02, "betas": (0.75, 0.9)}),
    ({"learningRate": 0.02, "momentumDecay": 0.1}, {"lr": 0.02, "momentum_decay": 0.1}),
    ({"learningRate": 0.02, "epsilon": 0.01}, {"lr": 0.02, "eps": 0.01}),
):
    optimizer("nadam", options, lambda m: optim.NAdam(m.parameters(), **theirs))

for options, theirs in (
    ({}, {"lr": 1e-4}),
    ({"learningRate": 0.01}, {"lr": 0.01}),
    ({"learningRate": 0.01, "beta1": 0.5, "beta2": 0.75}, {"lr": 0.01, "betas": (0.5, 0.75)}),
    ({"learningRate": 0.01, "weightDecay": 0.5, "decayBiases": True}, {"lr": 0.01, "weight_decay": 0.5}),
):
    optimizer("lion", options, lambda m: lion_pytorch.Lion(m.parameters(), **theirs))

for name, kind, rate in (
    ("sgd", optim.SGD, 0.125),
    ("rmsprop", optim.RMSprop, 0.01),
    ("adagrad", optim.Adagrad, 0.1),
    ("adadelta", optim.Adadelta, 1),
    ("adam", optim.Adam, 0.02),
    ("nadam", optim.NAdam, 0.02),
):
    for decay, biases in ((0.0625, True), (0.25, False)):
        optimizer(
            name,
            {"learningRate": rate},
            lambda m: kind(m.parameters(), lr=rate, weight_decay=decay) if biases else kind(groups(m, decay), lr=rate),
            {"regularization": {"l2": decay, "biases": biases}},
        )


# ---- Clipping ----
def clipped(name, fit, before):
    ours, theirs = with_sgd()
    case("clipping", f"{name} {json.dumps(fit)}", perceptron(), "classes", theirs, {**ours, **fit}, before=before)


for limit in (0.25, 1, 100):
    clipped("norm", {"clipNorm": limit}, lambda m: nn.utils.clip_grad_norm_(m.parameters(), limit))
for limit in (0.03125, 0.25):
    clipped("value", {"clipValue": limit}, lambda m: nn.utils.clip_grad_value_(m.parameters(), limit))


# ---- What else a step may do ----
def refined(fit, **others):
    ours, theirs = with_sgd()
    case("steps", json.dumps(fit), perceptron(), "classes", theirs, {**ours, **fit}, **others)


refined({"accumulate": 2}, accumulate=2)
refined({"averageWeights": {"decay": 0.75}}, average=0.75)
refined({"averageWeights": {"decay": 0.99}}, average=0.99)


# ---- Activations ----
def activations():
    given = [
        "identity",
        "sigmoid",
        "tanh",
        "relu",
        "softmax",
        "leakyRelu",
        {"name": "leakyRelu", "slope": 0.25},
        "elu",
        {"name": "elu", "alpha": 0.5},
        "selu",
        "gelu",
        {"name": "gelu", "approximate": True},
        "silu",
        "softplus",
        "hardSigmoid",
        "exponential",
    ]
    for one in given:
        ours, theirs = with_sgd()
        case("activations", json.dumps(one), perceptron(one), "classes", theirs, ours)


activations()


# ---- Losses ----
def losses():
    given = [
        ("meanSquaredError", "identity", "numbers"),
        ("meanSquaredError", "sigmoid", "sides"),
        ("huber", "identity", "numbers"),
        ({"name": "huber", "delta": 0.25}, "identity", "numbers"),
        ("meanAbsoluteError", "identity", "numbers"),
        ("quantile", "identity", "numbers"),
        ({"name": "quantile", "quantile": 0.875}, "identity", "numbers"),
        ("poisson", "exponential", "counts"),
        ("poisson", "softplus", "counts"),
        ("binaryCrossEntropy", "sigmoid", "sides"),
        ("focal", "sigmoid", "sides"),
        ({"name": "focal", "gamma": 0.5, "alpha": 0.75}, "sigmoid", "sides"),
        ("categoricalCrossEntropy", "softmax", "classes"),
        ("categoricalCrossEntropy", "softmax", "mixtures"),
        ({"name": "categoricalCrossEntropy", "labelSmoothing": 0.125}, "softmax", "classes"),
        ({"name": "categoricalCrossEntropy", "labelSmoothing": 0.125}, "softmax", "mixtures"),
    ]
    for one, last, targets in given:
        units = len(data[targets][0])
        ours, theirs = with_sgd(0.125)
        case("losses", f"{json.dumps(one)} of {last}, {targets}", perceptron("tanh", units, last, one), targets, theirs, ours)


losses()


# ---- Norms: training with a batch's own statistics, answers with the running ones ----
def norms():
    given = [
        {"layer": "layerNorm"},
        {"layer": "layerNorm", "epsilon": 0.01},
        {"layer": "batchNorm"},
        {"layer": "batchNorm", "epsilon": 0.01, "momentum": 0.25},
    ]
    for one in given:
        ours, theirs = with_sgd()
        case("norms", f"{json.dumps(one)} within", perceptron(between=[one]), "classes", theirs, ours)
        first = perceptron()
        first["layers"] = [one, *first["layers"]]
        case("norms", f"{json.dumps(one)} first", first, "classes", theirs, ours)


norms()


# ---- Schedules, a step each ----
def schedule(rate, make, first):
    case(
        "schedules",
        json.dumps(rate),
        perceptron(),
        "classes",
        lambda m: optim.SGD(m.parameters(), lr=first),
        {"optimizer": {"name": "sgd", "learningRate": rate}},
        schedule=make,
    )


def warm(steps, start, then):
    def make(o):
        rise = schedulers.LinearLR(o, start_factor=start, total_iters=steps)
        return schedulers.SequentialLR(o, [rise, then(o)], milestones=[steps])

    return make


schedule({"name": "step", "from": 0.5, "factor": 0.5, "every": 6}, lambda o: schedulers.StepLR(o, 6, gamma=0.5), 0.5)
schedule({"name": "exponential", "from": 0.5, "factor": 0.875}, lambda o: schedulers.ExponentialLR(o, 0.875), 0.5)
schedule({"name": "polynomial", "from": 0.5, "steps": 16, "power": 2}, lambda o: schedulers.PolynomialLR(o, 16, 2), 0.5)
schedule({"name": "cosine", "from": 0.5, "to": 0.01, "steps": 20}, lambda o: schedulers.CosineAnnealingLR(o, 20, 0.01), 0.5)
schedule(
    {"name": "cosine", "from": 0.5, "steps": 4, "restarts": True, "growth": 2},
    lambda o: schedulers.CosineAnnealingWarmRestarts(o, 4, T_mult=2),
    0.5,
)
schedule(
    {"name": "oneCycle", "peak": 0.5, "steps": 20},
    lambda o: schedulers.OneCycleLR(o, 0.5, total_steps=20, cycle_momentum=False),
    0.5,
)
schedule(
    {"name": "warmUp", "schedule": {"name": "cosine", "from": 0.5, "steps": 15}, "steps": 5},
    warm(5, 1 / 6, lambda o: schedulers.CosineAnnealingLR(o, 15)),
    0.5,
)


def main():
    here = pathlib.Path(__file__).parent
    source = f"PyTorch {torch.__version__}"

    def write(name, content):
        text = json.dumps(content, separators=(",", ":"), allow_nan=False)
        (here / name).write_text(text.replace('{"name":"', '\n{"name":"').replace('":\n{', '":{') + "\n")

    write("data.json", {"source": source, "batchSize": BATCH, "epochs": EPOCHS, "data": data, "starts": starts})
    for name, cases in files.items():
        write(f"{name}.json", cases)


main()
