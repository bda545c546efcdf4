"""scikit-learn's MLPClassifier, batch by batch through partial_fit, as its documentation has it."""

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

LEARNING_RATES = {"sgd": 0.01, "adam": 0.001}


class Contender:
    def __init__(self, threads):
        self.version = f"scikit-learn {sklearn.__version__}, threads: {threads}"

    def train(self, problem, optimizer):
        return Training(problem, optimizer)

    def infer(self, problem):
        network = classifier_of(problem, "sgd")
        return lambda: outputs_of(network, problem.inputs, problem.is_binary)

    def learn(self, mnist, recipe, on_epoch):
        first = recipe.orders[0][: recipe.batch]
        images, labels = mnist.train_images, mnist.train_labels
        network = classifier(recipe.widths, recipe.layers, "adam", recipe.rate, images[first], labels[first])
        for batches in recipe.epochs():
            for rows in batches:
                network.partial_fit(images[rows], labels[rows])
            if not on_epoch(network.score(mnist.test_images, mnist.test_labels)):
                break


class Training:
    def __init__(self, problem, optimizer):
        self.network = classifier_of(problem, optimizer)
        self.inputs, self.labels, self.is_binary = problem.inputs, problem.labels, problem.is_binary

    def step(self):
        self.network.partial_fit(self.inputs, self.labels)

    def first_outputs(self):
        return outputs_of(self.network, self.inputs[:1], self.is_binary)


def outputs_of(network, inputs, is_binary):
    probabilities = network.predict_proba(inputs)
    return probabilities[:, 1:] if is_binary else probabilities


def classifier_of(problem, optimizer):
    rate = LEARNING_RATES[optimizer]
    return classifier(problem.widths, problem.layers, optimizer, rate, problem.inputs, problem.labels)


def classifier(widths, layers, optimizer, rate, inputs, labels):
    """One with those layers: partial_fit has to run once to make its arrays, which then are overwritten."""
    network = MLPClassifier(
        widths[1:-1],
        activation="logistic",
        solver=optimizer,
        alpha=0,
        momentum=0,
        batch_size=len(labels),
        shuffle=False,
        learning_rate_init=rate,
    )
    network.partial_fit(inputs, labels, classes=np.arange(max(2, widths[-1])))
    for k, (weights, biases) in enumerate(layers):
        network.coefs_[k][...] = weights.T
        network.intercepts_[k][...] = biases
    if optimizer == "adam":
        rule = network._optimizer
        rule.t = 0
        for slot in rule.ms + rule.vs:
            slot[...] = 0
    return network
