"""PyTorch, eager or by torch.compile, with its fused optimizers: the fastest that it has on a CPU."""

import torch
import torch._dynamo  # Its optimizers would import this at their first step: a second that is not learning.
import torch.nn.functional as F

LEARNING_RATES = {"sgd": 0.01, "adam": 0.001}


class Contender:
    def __init__(self, compile, threads):
        torch.set_num_threads(threads)
        self.compile = compile
        self.version = f"PyTorch {torch.__version__}, {'torch.compile' if compile else 'eager'}, threads: {threads}"

    def train(self, problem, optimizer):
        return Training(problem, optimizer, self.compile)

    def infer(self, problem):
        network = perceptron(problem.widths, problem.layers)
        inputs = torch.from_numpy(problem.inputs)
        last = torch.sigmoid if problem.is_binary else lambda s: torch.softmax(s, dim=1)
        forward = lambda x: last(network(x))
        forward = torch.compile(forward) if self.compile else forward

        def run():
            with torch.inference_mode():
                return forward(inputs)

        return run

    def learn(self, mnist, recipe, on_epoch):
        network = perceptron(recipe.widths, recipe.layers)
        optimizer = torch.optim.Adam(network.parameters(), lr=recipe.rate, fused=True)
        images, labels = torch.from_numpy(mnist.train_images), torch.from_numpy(mnist.train_labels)
        test_images, test_labels = torch.from_numpy(mnist.test_images), torch.from_numpy(mnist.test_labels)
        loss_of = lambda x, y: F.cross_entropy(network(x), y)
        loss_of = torch.compile(loss_of) if self.compile else loss_of
        for batches in recipe.epochs():
            for rows in torch.from_numpy(batches):
                optimizer.zero_grad()
                loss_of(images[rows], labels[rows]).backward()
                optimizer.step()
            with torch.inference_mode():
                accuracy = (network(test_images).argmax(dim=1) == test_labels).float().mean().item()
            if not on_epoch(accuracy):
                break


class Training:
    def __init__(self, problem, optimizer, compile):
        self.network = perceptron(problem.widths, problem.layers)
        self.inputs = torch.from_numpy(problem.inputs)
        self.is_binary = problem.is_binary
        self.targets = torch.from_numpy(problem.targets if problem.is_binary else problem.labels)
        kind = torch.optim.SGD if optimizer == "sgd" else torch.optim.Adam
        self.optimizer = kind(self.network.parameters(), lr=LEARNING_RATES[optimizer], fused=True)
        loss = F.binary_cross_entropy_with_logits if problem.is_binary else F.cross_entropy
        loss_of = lambda x, y: loss(self.network(x), y)
        self.loss_of = torch.compile(loss_of) if compile else loss_of

    def step(self):
        self.optimizer.zero_grad()
        self.loss_of(self.inputs, self.targets).backward()
        self.optimizer.step()

    def first_outputs(self):
        with torch.no_grad():
            logits = self.network(self.inputs[:1])
            return (torch.sigmoid(logits) if self.is_binary else torch.softmax(logits, dim=1)).numpy()


def perceptron(widths, layers):
    """Sigmoid hidden units; the last layer leaves logits."""
    modules = []
    for fan_in, fan_out, (weights, biases) in zip(widths, widths[1:], layers):
        linear = torch.nn.Linear(fan_in, fan_out)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weights))
            linear.bias.copy_(torch.from_numpy(biases))
        modules += [linear, torch.nn.Sigmoid()]
    return torch.nn.Sequential(*modules[:-1])
