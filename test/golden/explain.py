"""Writes explain.json: what scikit-learn, SciPy and NumPy say of some networks, all in float64.

Usage: pip install scikit-learn; python test/golden/explain.py

Networks are scikit-learn's, trained a little, with their parameters and inputs rounded to numbers that float32 holds exactly.
- partial dependence: sklearn.inspection.partial_dependence
- permutation importance: sklearn.inspection.permutation_importance, whose permutations are others: means and deviations
- integrated gradients: the formula of the paper, by the midpoint rule of 200,000 steps, the derivatives by the chain rule
- calibration: scikit-learn's own, and the minima of the papers' losses by SciPy
- ensembles: scipy.stats.entropy
"""

import json
import pathlib
import warnings

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, logsumexp, softmax
from scipy.stats import entropy
from sklearn.calibration import _SigmoidCalibration, _TemperatureScaling
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.neural_network import MLPClassifier, MLPRegressor

warnings.filterwarnings("ignore")
random = np.random.default_rng(20261126)


def single(values):
    return np.asarray(values, dtype=np.float32).astype(np.float64)


def rounded(model):
    model.coefs_ = [single(w) for w in model.coefs_]
    model.intercepts_ = [single(b) for b in model.intercepts_]
    return model


def network(model):
    """As the library takes it: weights [fanOut][fanIn]."""
    last = {"logistic": "sigmoid"}.get(model.out_activation_, model.out_activation_)
    count = len(model.coefs_)
    loss = {"softmax": "categoricalCrossEntropy", "sigmoid": "binaryCrossEntropy", "identity": "meanSquaredError"}
    return {
        "loss": loss[last],
        "layers": [
            {
                "activation": last if k + 1 == count else {"logistic": "sigmoid"}.get(model.activation, model.activation),
                "weights": model.coefs_[k].T.tolist(),
                "biases": model.intercepts_[k].tolist(),
            }
            for k in range(count)
        ],
    }


x = single(random.normal(size=(120, 4)) * [1, 2, 1, 0.5] + [0, 1, -1, 0])
x[:, 3] = np.round(x[:, 3] * 4) / 4  # few different values
score = x[:, 0] + 0.5 * x[:, 1] ** 2 - x[:, 2] + 0.3 * random.normal(size=120)
classes = np.digitize(score, np.quantile(score, [0.35, 0.7]))
sides = (score + random.normal(size=120) > np.median(score)).astype(int)

models = {
    "softmax": rounded(MLPClassifier(hidden_layer_sizes=(6, 5), activation="tanh", max_iter=150, random_state=1).fit(x, classes)),
    "sigmoid": rounded(MLPClassifier(hidden_layer_sizes=(8,), activation="relu", max_iter=400, random_state=2).fit(x, sides)),
    "identity": rounded(MLPRegressor(hidden_layer_sizes=(7,), activation="relu", max_iter=300, random_state=3).fit(x, score)),
}
targets = {"softmax": classes, "sigmoid": sides, "identity": single(score)}


def outputs(name, rows):
    model = models[name]
    if name == "identity":
        return model.predict(rows)[:, None]
    p = model.predict_proba(rows)
    return p[:, 1:] if name == "sigmoid" else p


def logits(name, rows):
    model = models[name]
    f = {"tanh": np.tanh, "relu": lambda s: np.maximum(s, 0)}[model.activation]
    for w, b in zip(model.coefs_[:-1], model.intercepts_[:-1]):
        rows = f(rows @ w + b)
    return rows @ model.coefs_[-1] + model.intercepts_[-1]


def derivatives(name, rows, output):
    """Of one output by the inputs, [rows, inputs], by the chain rule."""
    model = models[name]
    kept, values = [], rows
    for w, b in zip(model.coefs_[:-1], model.intercepts_[:-1]):
        s = values @ w + b
        values = np.tanh(s) if model.activation == "tanh" else np.maximum(s, 0)
        kept.append(1 - values**2 if model.activation == "tanh" else (s > 0).astype(float))
    s = values @ model.coefs_[-1] + model.intercepts_[-1]
    if name == "softmax":
        p = softmax(s, axis=1)
        d = p[:, [output]] * (np.eye(p.shape[1])[output] - p)
    elif name == "sigmoid":
        d = expit(s) * (1 - expit(s))
    else:
        d = np.ones_like(s)
    for w, slope in zip(model.coefs_[:0:-1], kept[::-1]):
        d = (d @ w.T) * slope
    return d @ model.coefs_[0].T


def integrated(name, row, baseline, output, steps=200_000):
    shares = (np.arange(steps) + 0.5) / steps
    total = sum(
        derivatives(name, baseline + part[:, None] * (row - baseline), output).sum(axis=0)
        for part in np.array_split(shares, 20)
    )
    return ((row - baseline) * total / steps).tolist()


def attribution(name, row, baseline, output):
    values = outputs(name, np.stack([row, baseline]))[:, output]
    return {
        "network": name,
        "row": row.tolist(),
        "baseline": baseline.tolist(),
        "output": output,
        "value": values[0],
        "baselineValue": values[1],
        "attributions": integrated(name, row, baseline, output),
    }


def dependence(name, column, resolution, percentiles=(0.05, 0.95)):
    method = "auto" if name == "identity" else "predict_proba"
    found = partial_dependence(
        models[name],
        x,
        [column],
        grid_resolution=resolution,
        percentiles=percentiles,
        response_method=method,
        method="brute",
        kind="both",
    )
    # Of a yes or a no, scikit-learn gives the positive class, as the library does.
    return {
        "network": name,
        "column": column,
        "resolution": resolution,
        "percentiles": percentiles,
        "grid": found["grid_values"][0].tolist(),
        "average": found["average"].tolist(),
        "individual": found["individual"][:, :4].tolist(),
    }


def importance(name, metric, scoring, repeats=300):
    found = permutation_importance(
        models[name], x, targets[name], scoring=scoring, n_repeats=repeats, random_state=5
    )
    sign = -1 if scoring.startswith("neg_") else 1
    scorer = sklearn.metrics.get_scorer(scoring)
    return {
        "network": name,
        "metric": metric,
        "repeats": repeats,
        "baseline": sign * scorer(models[name], x, targets[name]),
        "mean": found.importances_mean.tolist(),
        "std": found.importances_std.tolist(),
    }


def temperature(name):
    z = logits(name, x)
    y = targets[name]
    if name == "softmax":
        loss = lambda b: np.sum(logsumexp(b * z, axis=1) - b * z[np.arange(len(y)), y])
        own = _TemperatureScaling().fit(z, y)
    else:
        loss = lambda b: np.sum(np.logaddexp(0, b * z[:, 0]) - b * y * z[:, 0])
        # It takes the logits for -z and z, which are twice as far apart.
        own = _TemperatureScaling().fit(z[:, 0] / 2, y)
    b = minimize_scalar(loss, bounds=(1e-3, 1e3), method="bounded", options={"xatol": 1e-12}).x
    b = minimize_scalar(loss, bracket=(0.9 * b, b, 1.1 * b), method="brent", tol=1e-12).x
    p = softmax(b * z, axis=1) if name == "softmax" else expit(b * z)
    return {"network": name, "scikitLearn": 1 / own.beta_, "scipy": 1 / b, "probabilities": p[:5].tolist()}


def platt(name):
    z = logits(name, x)
    y = targets[name]
    units = z.shape[1]
    slopes, intercepts, scikit_learn = [], [], []
    for unit in range(units):
        odds = z[:, unit] if units == 1 else z[:, unit] - logsumexp(np.delete(z, unit, axis=1), axis=1)
        yes = y == (1 if units == 1 else unit)
        t = np.where(yes, (yes.sum() + 1) / (yes.sum() + 2), 1 / ((~yes).sum() + 2))
        loss = lambda ab: np.sum(np.logaddexp(0, ab[0] * odds + ab[1]) - t * (ab[0] * odds + ab[1]))
        gradient = lambda ab: np.array(
            [np.sum((expit(ab[0] * odds + ab[1]) - t) * odds), np.sum(expit(ab[0] * odds + ab[1]) - t)]
        )
        a, b = minimize(loss, [0.5, 0.0], jac=gradient, method="BFGS", options={"gtol": 1e-10}).x
        own = _SigmoidCalibration().fit(odds, yes.astype(int))
        slopes.append(a)
        intercepts.append(b)
        scikit_learn.append([-own.a_, -own.b_])
    odds = z if units == 1 else np.stack(
        [z[:, i] - logsumexp(np.delete(z, i, axis=1), axis=1) for i in range(units)], axis=1
    )
    p = expit(odds * slopes + intercepts)
    if units > 1:
        p = p / p.sum(axis=1, keepdims=True)
    return {
        "network": name,
        "slopes": slopes,
        "intercepts": intercepts,
        "scikitLearn": scikit_learn,
        "probabilities": p[:5].tolist(),
    }


def spread():
    rows = x[:6]
    weights = np.array([0.5, 0.3, 0.2])
    members = [outputs("softmax", rows + shift) for shift in (0, 0.25, -0.5)]
    mean = np.tensordot(weights, members, axes=1)
    variance = np.tensordot(weights, [(m - mean) ** 2 for m in members], axes=1)
    total = entropy(mean, axis=1)
    return {
        "rows": rows.tolist(),
        "shifts": [0, 0.25, -0.5],
        "weights": weights.tolist(),
        "mean": mean.tolist(),
        "std": np.sqrt(variance).tolist(),
        "entropy": total.tolist(),
        "mutualInformation": (total - np.tensordot(weights, [entropy(m, axis=1) for m in members], axes=1)).tolist(),
    }


zeros = np.zeros(4)
golden = {
    "by": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}, numpy {np.__version__}",
    "inputs": x.tolist(),
    "networks": {name: network(model) for name, model in models.items()},
    "targets": {name: values.tolist() for name, values in targets.items()},
    "integratedGradients": [
        *(attribution("softmax", x[0], zeros, output) for output in range(3)),
        attribution("sigmoid", x[1], zeros, 0),
        attribution("sigmoid", x[2], x[3], 0),
        attribution("identity", x[4], zeros, 0),
        attribution("identity", 8 * x[5], x[6], 0),
    ],
    "partialDependence": [
        dependence("softmax", 0, 7),
        dependence("softmax", 3, 100),
        dependence("sigmoid", 1, 9, (0.2, 0.6)),
        dependence("identity", 2, 100),
        dependence("identity", 3, 5),
    ],
    "permutationImportance": [
        importance("softmax", "accuracy", "accuracy"),
        importance("softmax", "logLoss", "neg_log_loss"),
        importance("sigmoid", "rocAuc", "roc_auc"),
        importance("identity", "r2", "r2"),
        importance("identity", "loss", "neg_mean_squared_error"),
    ],
    "temperature": [temperature("softmax"), temperature("sigmoid")],
    "platt": [platt("softmax"), platt("sigmoid")],
    "ensemble": spread(),
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
