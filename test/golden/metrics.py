"""Writes metrics.json: what scikit-learn says of some outputs and targets.

Usage: pip install scikit-learn; python test/golden/metrics.py

Outputs and weights are numbers that float32 holds exactly, so that any float type gives the same values. NaN is null.
Decisions are the library's: class 1 above 0.5; of equal outputs the first.
"""

import json
import math
import pathlib
import warnings

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve

warnings.filterwarnings("ignore")
random = np.random.default_rng(20261126)
bins = 10
k = 2


def single(values):
    return np.asarray(values, dtype=np.float32).astype(np.float64)


def defined_mean(values):
    values = [value for value in values if not math.isnan(value)]
    return float(np.mean(values)) if values else math.nan


def area(actual, scores, weights):
    if len(set(actual)) < 2:
        return math.nan
    return metrics.roc_auc_score(actual, scores, sample_weight=weights)


def rates(actual, predicted, weights, **average):
    """precision, recall and f1 of one average"""
    found = metrics.precision_recall_fscore_support(
        actual, predicted, sample_weight=weights, zero_division=0, **average
    )
    return dict(zip(("precision", "recall", "f1"), found[:3]))


def named(found, name):
    return {name(key): value for key, value in found.items()}


def averages(actual, predicted, weights, classes):
    camel = lambda word: lambda key: word + key[0].upper() + key[1:]
    return {
        **named(rates(actual, predicted, weights, average="macro"), camel("macro")),
        **named(rates(actual, predicted, weights, average="weighted"), camel("weighted")),
        **named(
            rates(actual, predicted, weights, average=None, labels=range(classes)), lambda key: f"{key}PerClass"
        ),
    }


def of_classes(actual, predicted, weights, classes):
    return {
        "accuracy": metrics.accuracy_score(actual, predicted, sample_weight=weights),
        "balancedAccuracy": metrics.balanced_accuracy_score(actual, predicted, sample_weight=weights),
        "matthewsCorrelation": metrics.matthews_corrcoef(actual, predicted, sample_weight=weights),
        "confusion": metrics.confusion_matrix(actual, predicted, sample_weight=weights, labels=range(classes)),
        **averages(actual, predicted, weights, classes),
    }


def binary(scores, actual, weights):
    predicted = (scores > 0.5).astype(int)
    observed, mean = calibration_curve(actual, scores, n_bins=bins)
    return {
        **of_classes(actual, predicted, weights, 2),
        **rates(actual, predicted, weights, average="binary"),
        "rocAuc": area(actual, scores, weights),
        "averagePrecision": metrics.average_precision_score(actual, scores, sample_weight=weights),
        "logLoss": metrics.log_loss(actual, scores, sample_weight=weights, labels=[0, 1]),
        "brierScore": metrics.brier_score_loss(actual, scores, sample_weight=weights, labels=[0, 1]),
        # calibration_curve knows no weights.
        **({} if weights is not None else {"calibration": {"observed": observed, "predicted": mean}}),
    }


def classes(scores, actual, weights):
    count = scores.shape[1]
    one_hot = np.eye(count)[actual]
    found = {
        **of_classes(actual, scores.argmax(axis=1), weights, count),
        # roc_auc_score refuses classes without samples: each class by itself, as its multi_class="ovr" does.
        "rocAuc": defined_mean([area(one_hot[:, c], scores[:, c], weights) for c in range(count)]),
        "averagePrecision": metrics.average_precision_score(one_hot, scores, sample_weight=weights),
        "logLoss": metrics.log_loss(actual, scores, sample_weight=weights, labels=range(count)),
        "brierScore": metrics.brier_score_loss(actual, scores, sample_weight=weights, labels=range(count)),
        "topK": metrics.top_k_accuracy_score(actual, scores, k=k, sample_weight=weights, labels=range(count)),
    }
    if len(set(actual)) == count:
        ovr = metrics.roc_auc_score(actual, scores, sample_weight=weights, multi_class="ovr")
        assert weights is not None or abs(ovr - found["rocAuc"]) < 1e-12
    return found


def labels(scores, actual, weights):
    predicted = (scores > 0.5).astype(int)
    each = range(scores.shape[1])
    return {
        "accuracy": metrics.accuracy_score(actual, predicted, sample_weight=weights),
        **averages(actual, predicted, weights, scores.shape[1]),
        "rocAuc": defined_mean([area(actual[:, c], scores[:, c], weights) for c in each]),
        "averagePrecision": metrics.average_precision_score(actual, scores, sample_weight=weights),
        # Both of one label only: the mean over labels.
        "logLoss": np.mean(
            [metrics.log_loss(actual[:, c], scores[:, c], sample_weight=weights, labels=[0, 1]) for c in each]
        ),
        "brierScore": np.mean(
            [metrics.brier_score_loss(actual[:, c], scores[:, c], sample_weight=weights, labels=[0, 1]) for c in each]
        ),
    }


def numbers(outputs, actual, weights):
    return {
        "r2": metrics.r2_score(actual, outputs, sample_weight=weights),
        "meanAbsoluteError": metrics.mean_absolute_error(actual, outputs, sample_weight=weights),
        "meanSquaredError": metrics.mean_squared_error(actual, outputs, sample_weight=weights),
        "rootMeanSquaredError": metrics.root_mean_squared_error(actual, outputs, sample_weight=weights),
        "explainedVariance": metrics.explained_variance_score(actual, outputs, sample_weight=weights),
    }


def plain(value):
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return None if math.isnan(value) else float(value)


cases = []


def case(name, judge, outputs, actual, weights=None):
    units = 1 if outputs.ndim == 1 else outputs.shape[1]
    targets = np.eye(units)[actual] if judge is classes else actual
    cases.append(
        {
            "name": f"{judge.__name__}: {name}",
            "task": {"kind": judge.__name__, "units": units},
            "outputs": plain(outputs.ravel()),
            "targets": plain(targets.ravel()),
            "weights": None if weights is None else plain(weights),
            "expected": plain(judge(outputs, actual, weights)),
        }
    )


def soft(count, units):
    """Rows of probabilities that add up to 1 as exactly as float32 can say."""
    scores = np.exp(random.normal(size=(count, units)))
    return single(scores / scores.sum(axis=1, keepdims=True))


def some_weights(count):
    return single(random.uniform(0.1, 3, count))


def some_zero(count):
    """Of the rows, about a third count for nothing."""
    return np.where(random.uniform(size=count) < 0.33, 0.0, some_weights(count))


n = 40
chances = single(random.uniform(size=n))
truth = (random.uniform(size=n) < chances).astype(int)
case("plain", binary, chances, truth)
case("weights", binary, chances, truth, some_weights(n))
case("weights of which some are 0", binary, chances, truth, some_zero(n))
case("ties, 0.5 among them", binary, single(random.integers(0, 5, n) / 4), truth)
case("ties and weights", binary, single(random.integers(0, 5, n) / 4), truth, some_weights(n))
case("certain, and wrong at times", binary, single(random.integers(0, 2, n)), truth)
case("never class 1", binary, single(chances / 2), truth)
case("all equal", binary, single(np.full(n, 0.75)), truth)
case("class 1 only", binary, chances, np.ones(n, dtype=int))
case("class 0 only", binary, chances, np.zeros(n, dtype=int))
case("right everywhere", binary, single(truth * 0.5 + 0.25), truth)
case("edges of bins", binary, single(np.arange(n) % 11 / 10), truth)

scores = soft(n, 4)
actual = np.array([random.choice(4, p=row / row.sum()) for row in scores])
case("plain", classes, scores, actual)
case("weights", classes, scores, actual, some_weights(n))
case("weights of which some are 0", classes, scores, actual, some_zero(n))
case("a class without samples", classes, scores, actual % 3)
absent = scores.copy()
absent[:, 3] = single(absent[:, 3] / 1e3)
case("a class that is neither there nor predicted", classes, absent, actual % 3)
case("one class only", classes, scores, np.full(n, 2))
case("one class, always said", classes, single(np.tile([0.125, 0.125, 0.5, 0.25], (n, 1))), np.full(n, 2))

several = single(random.uniform(size=(n, 3)))
present = (random.uniform(size=(n, 3)) < several).astype(int)
case("plain", labels, several, present)
case("weights", labels, several, present, some_weights(n))
none = present.copy()
none[:, 1] = 0
case("a label that no row has", labels, several, none)
case("nothing is ever said", labels, single(several / 2), present)

wanted = single(random.normal(size=(n, 2)) * [1, 100])
guess = single(wanted + random.normal(size=(n, 2)))
case("one output", numbers, guess[:, 0], wanted[:, 0])
case("two outputs of other scales", numbers, guess, wanted)
case("weights", numbers, guess, wanted, some_weights(n))
case("weights of which some are 0", numbers, guess, wanted, some_zero(n))
case("far from 0", numbers, single(guess + 4096), single(wanted + 4096))
flat = wanted.copy()
flat[:, 0] = 0.5
case("a constant target", numbers, guess, flat)
right = guess.copy()
right[:, 0] = 0.5
case("a constant target, always right", numbers, right, flat)
case("an error that is the same in all rows", numbers, single(wanted + 8), wanted)
case("one row", numbers, guess[:1, 0], wanted[:1, 0])

text = json.dumps(
    {"source": f"scikit-learn {sklearn.__version__}", "bins": bins, "k": k, "cases": cases}, allow_nan=False
)
pathlib.Path(__file__).with_name("metrics.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")
