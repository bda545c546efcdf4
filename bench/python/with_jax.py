"""JAX: a whole step, update included, as one jitted function that donates the parameters."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

LEARNING_RATES = {"sgd": 0.01, "adam": 0.001}
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class Contender:
    def __init__(self, threads):
        self.version = f"JAX {jax.__version__}, jit, threads: {threads}"
        jax.devices()  # Starts the backend.

    def train(self, problem, optimizer):
        return Training(problem, optimizer)

    def infer(self, problem):
        layers = on_device(problem.layers)
        inputs = jnp.asarray(problem.inputs)
        last = jax.nn.sigmoid if problem.is_binary else jax.nn.softmax
        forward = jax.jit(lambda layers, x: last(logits_of(layers, x)))
        return lambda: forward(layers, inputs).block_until_ready()

    def learn(self, mnist, recipe, on_epoch):
        layers = on_device(recipe.layers)
        state = adam_state(layers)
        images, labels = jnp.asarray(mnist.train_images), jnp.asarray(mnist.train_labels)
        test_images, test_labels = jnp.asarray(mnist.test_images), jnp.asarray(mnist.test_labels)
        update = partial(adam, rate=recipe.rate)

        @partial(jax.jit, donate_argnums=(0, 1))
        def step(layers, state, rows):
            gradients = jax.grad(categorical)(layers, images[rows], jax.nn.one_hot(labels[rows], 10))
            return update(layers, gradients, state)

        @jax.jit
        def accuracy_of(layers):
            return (logits_of(layers, test_images).argmax(axis=1) == test_labels).mean()

        for batches in recipe.epochs():
            for rows in batches.astype(np.int32):
                layers, state = step(layers, state, rows)
            if not on_epoch(float(accuracy_of(layers))):
                break


class Training:
    def __init__(self, problem, optimizer):
        self.layers = on_device(problem.layers)
        self.inputs, self.targets = jnp.asarray(problem.inputs), jnp.asarray(problem.targets)
        self.last = jax.nn.sigmoid if problem.is_binary else jax.nn.softmax
        loss = binary if problem.is_binary else categorical
        update = partial(sgd if optimizer == "sgd" else adam, rate=LEARNING_RATES[optimizer])
        self.state = () if optimizer == "sgd" else adam_state(self.layers)

        @partial(jax.jit, donate_argnums=(0, 1))
        def step(layers, state, x, t):
            return update(layers, jax.grad(loss)(layers, x, t), state)

        self.compiled = step

    def step(self):
        self.layers, self.state = self.compiled(self.layers, self.state, self.inputs, self.targets)
        jax.block_until_ready(self.layers)

    def first_outputs(self):
        return np.asarray(self.last(logits_of(self.layers, self.inputs[:1])))


def on_device(layers):
    return [(jnp.asarray(weights.T.copy()), jnp.asarray(biases)) for weights, biases in layers]


def logits_of(layers, x):
    for weights, biases in layers[:-1]:
        x = jax.nn.sigmoid(x @ weights + biases)
    weights, biases = layers[-1]
    return x @ weights + biases


def categorical(layers, x, t):
    return -(t * jax.nn.log_softmax(logits_of(layers, x))).sum(axis=1).mean()


def binary(layers, x, t):
    s = logits_of(layers, x)
    return (jax.nn.softplus(s) - t * s).mean()


def sgd(layers, gradients, state, rate):
    return jax.tree.map(lambda w, g: w - rate * g, layers, gradients), state


def adam_state(layers):
    zeros = lambda: jax.tree.map(jnp.zeros_like, layers)
    return jnp.zeros((), jnp.int32), zeros(), zeros()


def adam(layers, gradients, state, rate):
    t, m, v = state
    t = t + 1
    m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, gradients)
    v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, gradients)
    by1, by2 = 1 - BETA1**t, 1 - BETA2**t
    layers = jax.tree.map(lambda w, m, v: w - rate * (m / by1) / (jnp.sqrt(v / by2) + EPSILON), layers, m, v)
    return layers, (t, m, v)
