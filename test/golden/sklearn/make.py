"""scikit-learn's own data sets, and how well its perceptrons do on them.

Usage: pip install scikit-learn; python test/golden/sklearn/make.py
writes data.json, the numbers of the sets, made.json, those of two that it makes, and scores.json, what each recipe came to:
the mean score over five seeds of four folds, accuracy or R2.

python test/golden/sklearn/make.py <set> <recipe>
prints one of them as JSON, with the seconds that fitting took: what `npm run bench:sklearn` compares with.

The folds of a seed are said in plain integers, so that others come to the same ones. Inputs are standardized by their
training rows; so are the targets of a regression.
"""

import json
import pathlib
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn import datasets
from sklearn.neural_network import MLPClassifier, MLPRegressor

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
SEEDS, FOLDS = 5, 4
SETS = {
    "digits": datasets.load_digits,
    "iris": datasets.load_iris,
    "breastCancer": datasets.load_breast_cancer,
    "wine": datasets.load_wine,
    "diabetes": datasets.load_diabetes,
}
# What is not said is as scikit-learn has it: 100 relus, alpha 0.0001, batches of 200, at most 200 epochs, tol 0.0001.
RECIPES = {
    "adam": {},
    "sgd": {"solver": "sgd", "learning_rate_init": 0.01},
    "lbfgs": {"solver": "lbfgs"},
    "earlyStopping": {"early_stopping": True, "learning_rate_init": 0.01},
}
LBFGS_ALPHA = {"diabetes": 10}


def order(count, seed):
    """All rows in an order that is the seed's: by a hash of their number."""
    h = (np.arange(1, count + 1, dtype=np.uint64) * 2654435761 + seed * 1000003) % 2**32
    for _ in range(2):
        h = (h ^ (h >> 16)) * 73244475 % 2**32
    return np.argsort(h ^ (h >> 16), kind="stable")


def standardized(values, rows):
    mean, std = values[rows].mean(axis=0), values[rows].std(axis=0)
    return (values - mean) / np.where(std == 0, 1, std)


def measure(name, recipe):
    data = SETS[name]()
    options = dict(RECIPES[recipe])
    if recipe == "lbfgs":
        options["alpha"] = LBFGS_ALPHA.get(name, 1)
    kind = MLPRegressor if name == "diabetes" else MLPClassifier
    scores, seconds = [], 0
    for seed in range(SEEDS):
        rows = order(len(data.target), seed)
        for fold in range(FOLDS):
            test = rows[fold::FOLDS]
            train = rows[np.arange(len(rows)) % FOLDS != fold]
            x = standardized(data.data, train)
            y = standardized(data.target, train) if name == "diabetes" else data.target
            estimator = kind(random_state=seed * FOLDS + fold, **options)
            begin = time.perf_counter()
            estimator.fit(x[train], y[train])
            seconds += time.perf_counter() - begin
            scores.append(estimator.score(x[test], y[test]))
    return {"score": round(float(np.mean(scores)), 5), "std": round(float(np.std(scores)), 5), "seconds": round(seconds, 2)}


def write_sets():
    sets = {}
    for name, load in SETS.items():
        data = load()
        values = data.data.flatten()
        # Of the digits a letter each, "a" being 0.
        inputs = "".join(chr(97 + int(value)) for value in values) if name == "digits" else values.tolist()
        sets[name] = {"width": data.data.shape[1], "inputs": inputs, "targets": data.target.tolist()}
    text = json.dumps(sets, separators=(",", ":"))
    (HERE / "data.json").write_text(text.replace('},"', '},\n"') + "\n")
    made = {}
    x, y = datasets.make_regression(n_samples=200, n_features=10, bias=20, noise=100, random_state=7)
    made["regression"] = {"inputs": np.round(x, 4).tolist(), "targets": np.round((y - y.mean()) / y.std(), 4).tolist()}
    x, y = datasets.make_multilabel_classification(n_samples=50, random_state=0)
    made["multilabel"] = {"inputs": x.astype(int).tolist(), "targets": y.tolist()}
    (HERE / "made.json").write_text(json.dumps(made, separators=(",", ":")).replace('},"', '},\n"') + "\n")


def write_scores():
    scores = {}
    for name in SETS:
        scores[name] = {}
        for recipe in RECIPES:
            scores[name][recipe] = measure(name, recipe)
            print(name, recipe, scores[name][recipe], flush=True)
            del scores[name][recipe]["seconds"]
    source = f"scikit-learn {sklearn.__version__}"
    (HERE / "scores.json").write_text(json.dumps({"source": source, "scores": scores}, indent=2) + "\n")


if len(sys.argv) == 3:
    print(json.dumps(measure(*sys.argv[1:])))
else:
    write_sets()
    write_scores()
