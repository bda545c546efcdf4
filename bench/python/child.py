"""Answers the tasks on its standard input with one contender: child.py <file> <options as JSON>.

Times as ../timing.ts does: samples of many calls, each long enough for the clock. ../task.ts says what is asked.
"""

import importlib
import json
import statistics
import sys
import time

import numpy as np

ANSWER_MARK = "@bench "
CHECKED_STEPS = 3
SAMPLE_TIME = 0.0005
SLOW = 2.0


class Problem:
    """The numbers of a workload, as ../problem.ts drew them."""

    def __init__(self, task):
        self.widths = task["workload"]["widths"]
        self.batch = task["workload"]["batch"]
        numbers = np.fromfile(task["numbers"], dtype=np.float32)
        self.layers, at = read_layers(numbers, self.widths)
        inputs = self.batch * self.widths[0]
        self.inputs = numbers[at : at + inputs].reshape(self.batch, -1).copy()
        self.targets = numbers[at + inputs :].reshape(self.batch, -1).copy()

    @property
    def is_binary(self):
        return self.widths[-1] == 1

    @property
    def labels(self):
        """[batch], class by class."""
        return (self.targets[:, 0] if self.is_binary else self.targets.argmax(axis=1)).astype(np.int64)


class Mnist:
    """The four files, pixels in [0, 1]."""

    def __init__(self, files):
        images = lambda file: (np.fromfile(file, np.uint8)[16:].reshape(-1, 784) / np.float32(255)).astype(np.float32)
        labels = lambda file: np.fromfile(file, np.uint8)[8:].astype(np.int64)
        self.train_images, self.train_labels = images(files["trainImages"]), labels(files["trainLabels"])
        self.test_images, self.test_labels = images(files["testImages"]), labels(files["testLabels"])


class Recipe:
    """../mnist.ts says what it holds; parameters and orders are read from their files."""

    def __init__(self, recipe):
        self.batch, self.rate, self.widths = recipe["batch"], recipe["learningRate"], [784, recipe["hidden"], 10]
        self.layers, _ = read_layers(np.fromfile(recipe["parameters"], np.float32), self.widths)
        self.orders = np.fromfile(recipe["orders"], np.uint32).astype(np.int64).reshape(-1, 60000)

    def epochs(self):
        """Epoch by epoch, the rows of each batch, [batches, batch]."""
        return (order.reshape(-1, self.batch) for order in self.orders)


def read_layers(numbers, widths):
    """(weights [fan_out, fan_in], biases) of every layer, and where the numbers behind them start."""
    layers, at = [], 0
    for fan_in, fan_out in zip(widths, widths[1:]):
        weights = numbers[at : at + fan_in * fan_out].reshape(fan_out, fan_in)
        at += weights.size
        layers.append((weights.copy(), numbers[at : at + fan_out].copy()))
        at += fan_out
    return layers, at


def clock(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def repeat(call, calls):
    for _ in range(calls):
        call()


def time_calls(call, first, effort):
    best = min(first)
    if best >= SLOW:
        return {"median": best * 1e6, "best": best * 1e6, "samples": len(first), "callsPerSample": 1}
    end, calls = time.perf_counter() + effort["warmup"] / 1000, 1
    while True:
        seconds = clock(lambda: repeat(call, calls))
        if seconds < SAMPLE_TIME:
            calls *= 2
        elif time.perf_counter() >= end:
            break
    samples, end = [], time.perf_counter() + effort["time"] / 1000
    while len(samples) < effort["samples"] or time.perf_counter() < end:
        samples.append(clock(lambda: repeat(call, calls)))
    to_call = 1e6 / calls
    return {
        "median": statistics.median(samples) * to_call,
        "best": min(samples) * to_call,
        "samples": len(samples),
        "callsPerSample": calls,
    }


class Child:
    def __init__(self, contender):
        self.contender = contender
        # Compiled networks are kept for the rounds to come.
        self.trainings, self.inferences = {}, {}

    def version(self, task):
        return {"version": f"{self.contender.version}, Python {sys.version.split()[0]}"}

    def steps(self, task):
        problem, key = Problem(task), (task["workload"]["name"], task["optimizer"])
        if key not in self.trainings:
            training = self.contender.train(problem, task["optimizer"])
            first = [clock(training.step) for _ in range(CHECKED_STEPS)]
            self.trainings[key] = training, first, np.ravel(training.first_outputs()).tolist()
        training, first, outputs = self.trainings[key]
        # The first call may have compiled.
        return {"timing": time_calls(training.step, first[1:], task["effort"]), "outputs": outputs}

    def inference(self, task):
        problem, key = Problem(task), (task["workload"]["name"], task["workload"]["batch"])
        if key not in self.inferences:
            self.inferences[key] = self.contender.infer(problem)
        run = self.inferences[key]
        outputs = np.asarray(run()).reshape(problem.batch, -1)[0].tolist()
        return {"timing": time_calls(run, [clock(run)], task["effort"]), "outputs": outputs}

    def accuracy(self, task):
        recipe = Recipe(task["recipe"])
        milestones, start = [], time.perf_counter()

        def on_epoch(accuracy):
            seconds = time.perf_counter() - start
            milestones.append({"seconds": seconds, "accuracy": float(accuracy)})
            return accuracy < task["until"] and seconds < task["seconds"]

        self.contender.learn(Mnist(task["mnist"]), recipe, on_epoch)
        return {"milestones": milestones}

    def answer(self, task):
        try:
            return getattr(self, task["question"])(task)
        except Exception as error:
            return {"failure": f"{type(error).__name__}: {error}".split("\n")[0][:300]}


def main():
    file, options = sys.argv[1], json.loads(sys.argv[2])
    child = Child(importlib.import_module(f"with_{file}").Contender(**options))
    for line in sys.stdin:
        print(f"\n{ANSWER_MARK}{json.dumps(child.answer(json.loads(line)))}", flush=True)


main()
