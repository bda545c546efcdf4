"""Writes schedules.json: the rates that PyTorch's schedulers give, step by step.

Usage: pip install torch; python test/golden/schedules.py
"""

import json
import pathlib
import warnings

import torch
from torch.optim import lr_scheduler as schedulers

warnings.filterwarnings("ignore")


def optimizer(rate):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)


def rates(make, rate, steps):
    """The rate of each step, the first being that of step 0."""
    with_rate = optimizer(rate)
    scheduler = make(with_rate)
    found = []
    for _ in range(steps):
        found.append(with_rate.param_groups[0]["lr"])
        with_rate.step()
        scheduler.step()
    return found


def plateau(values, rate, **options):
    """The rate after each value that is observed."""
    with_rate = optimizer(rate)
    scheduler = schedulers.ReduceLROnPlateau(with_rate, eps=0, **options)
    found = []
    for value in values:
        scheduler.step(value)
        found.append(with_rate.param_groups[0]["lr"])
    return found


def warm(steps, start, then):
    def make(o):
        rise = schedulers.LinearLR(o, start_factor=start, total_iters=steps)
        return schedulers.SequentialLR(o, [rise, then(o)], milestones=[steps])

    return make


cases = []


def case(schedule, make, rate, steps=100):
    cases.append({"schedule": schedule, "rates": rates(make, rate, steps)})


case({"name": "constant", "rate": 0.3}, lambda o: schedulers.ConstantLR(o, factor=1), 0.3)
case({"name": "step", "from": 0.3, "factor": 0.5, "every": 7}, lambda o: schedulers.StepLR(o, 7, gamma=0.5), 0.3)
case({"name": "step", "from": 0.3, "every": 30}, lambda o: schedulers.StepLR(o, 30), 0.3)
case({"name": "exponential", "from": 0.3, "factor": 0.9}, lambda o: schedulers.ExponentialLR(o, 0.9), 0.3)
case(
    {"name": "exponential", "from": 0.3, "factor": 0.5, "every": 10},
    lambda o: schedulers.LambdaLR(o, lambda t: 0.5 ** (t / 10)),
    0.3,
)
for power in (1, 2, 0.5):
    case(
        {"name": "polynomial", "from": 0.3, "steps": 60, "power": power},
        lambda o: schedulers.LambdaLR(o, lambda t: (1 - min(t, 60) / 60) ** power),
        0.3,
    )
case({"name": "polynomial", "from": 0.3, "steps": 60}, lambda o: schedulers.PolynomialLR(o, 60), 0.3, 55)
case({"name": "polynomial", "from": 0.3, "steps": 60, "power": 2}, lambda o: schedulers.PolynomialLR(o, 60, 2), 0.3, 55)
case(
    {"name": "polynomial", "from": 0.3, "to": 0.03, "steps": 60},
    lambda o: schedulers.LinearLR(o, start_factor=1, end_factor=0.1, total_iters=60),
    0.3,
)
case({"name": "cosine", "from": 0.3, "steps": 100}, lambda o: schedulers.CosineAnnealingLR(o, 100), 0.3)
case(
    {"name": "cosine", "from": 3e-3, "to": 1e-5, "steps": 90},
    lambda o: schedulers.CosineAnnealingLR(o, 90, eta_min=1e-5),
    3e-3,
    91,
)
for growth in (1, 2, 3):
    case(
        {"name": "cosine", "from": 0.3, "to": 0.01, "steps": 9, "restarts": True, "growth": growth},
        lambda o: schedulers.CosineAnnealingWarmRestarts(o, 9, T_mult=growth, eta_min=0.01),
        0.3,
        400,
    )
case({"name": "oneCycle", "peak": 0.1, "steps": 100}, lambda o: schedulers.OneCycleLR(o, 0.1, total_steps=100), 0.1)
case(
    {"name": "oneCycle", "peak": 0.1, "steps": 77, "rise": 0.25, "from": 0.05, "to": 0.001},
    lambda o: schedulers.OneCycleLR(o, 0.1, total_steps=77, pct_start=0.25, div_factor=2, final_div_factor=50),
    0.1,
    77,
)
case(
    {"name": "warmUp", "schedule": {"name": "cosine", "from": 3e-3, "to": 1e-5, "steps": 90}, "steps": 10},
    warm(10, 1 / 11, lambda o: schedulers.CosineAnnealingLR(o, 90, eta_min=1e-5)),
    3e-3,
)
case(
    {"name": "warmUp", "schedule": {"name": "step", "from": 0.5, "every": 20}, "steps": 15, "from": 0.125},
    warm(15, 0.25, lambda o: schedulers.StepLR(o, 20)),
    0.5,
)
case({"name": "warmUp", "schedule": 0.5, "steps": 5}, warm(5, 1 / 6, lambda o: schedulers.ConstantLR(o, factor=1)), 0.5)

values = [3, 2, 2, 2.1, 1.9999, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 0.99, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
plateaus = [
    {"schedule": {"from": 0.4, **ours}, "values": seen, "rates": plateau(seen, 0.4, **torchs)}
    for ours, torchs, seen in [
        ({"patience": 2}, {"patience": 2}, values),
        ({"patience": 0, "factor": 0.5}, {"patience": 0, "factor": 0.5}, values),
        ({"patience": 1, "cooldown": 3}, {"patience": 1, "cooldown": 3}, values),
        ({"patience": 1, "to": 0.03}, {"patience": 1, "min_lr": 0.03}, values),
        ({"patience": 1, "threshold": 0.05}, {"patience": 1, "threshold": 0.05}, values),
        ({"patience": 3, "mode": "max"}, {"patience": 3, "mode": "max"}, [5 - value for value in values]),
        ({"patience": 3}, {"patience": 3}, [value - 2.5 for value in values]),
        ({}, {}, values),
    ]
]

text = json.dumps({"source": f"PyTorch {torch.__version__}", "cases": cases, "plateaus": plateaus}, allow_nan=False)
pathlib.Path(__file__).with_name("schedules.json").write_text(text.replace('{"schedule": {', '\n{"schedule": {') + "\n")
