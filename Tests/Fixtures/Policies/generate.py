#!/usr/bin/env python3
"""Writes distributions.json and recurrence.json beside this file, with NumPy and SciPy.

    python3 generate.py

Everything is computed in double precision from the formulas in the doc comments, in ways that the
package does not use: probabilities by scipy.special, densities by scipy.stats, the entropy of a
squashed Gaussian by adaptive quadrature, gradients by central differences of the fourth order.
"""

import json
import pathlib

import numpy as np
from scipy import integrate, special, stats

FOLDER = pathlib.Path(__file__).parent
random = np.random.default_rng(20)


def array(x):
    x = np.asarray(x, dtype=float)
    return {"shape": list(x.shape), "data": x.ravel().tolist()}


def single(x):
    """Numbers that single precision holds exactly, so that both sides start from the same."""
    return np.asarray(x, dtype=np.float32).astype(float)


def gradient(f, x, step=1e-3):
    """The gradient of a scalar function of an array."""
    result = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        def at(offset):
            moved = x.copy()
            moved[index] += offset
            return f(moved)
        near, far = at(step) - at(-step), at(2 * step) - at(-2 * step)
        result[index] = (8 * near - far) / (12 * step)
    return result


# Distributions. A case gives inputs, actions, log-probabilities and entropies for each row, and the
# gradients of Σ c log π + Σ d H with respect to the inputs.


def case(kind, inputs, actions, evaluate, rows, mask=None, counts=None):
    c, d = single(random.normal(size=rows)), single(random.normal(size=rows))

    def loss(name):
        def f(x):
            log_probabilities, entropies = evaluate(**{**inputs, name: x})
            return c @ log_probabilities + d @ entropies
        return f

    log_probabilities, entropies = evaluate(**inputs)
    return {
        "kind": kind,
        "counts": counts or [],
        "mask": None if mask is None else array(mask),
        "inputs": {name: array(x) for name, x in inputs.items()},
        "actions": array(actions),
        "log_probabilities": array(log_probabilities),
        "entropies": array(entropies),
        "log_probability_weights": array(c),
        "entropy_weights": array(d),
        "gradients": {name: array(gradient(loss(name), x)) for name, x in inputs.items()},
    }


def choices(counts, rows, is_masked):
    total = sum(counts)
    scores = single(random.normal(size=(rows, total)) * 2)
    mask = np.ones((rows, total))
    if is_masked:
        mask = (random.random((rows, total)) < 0.5).astype(float)
        first = 0
        for count in counts:
            for row in range(rows):
                mask[row, first + random.integers(count)] = 1
            first += count
    # Any valid choice.
    actions = np.zeros((rows, len(counts)))
    first = 0
    for component, count in enumerate(counts):
        for row in range(rows):
            actions[row, component] = random.choice(np.flatnonzero(mask[row, first:first + count]))
        first += count

    def evaluate(scores):
        log_probabilities, entropies = np.zeros(rows), np.zeros(rows)
        first = 0
        for component, count in enumerate(counts):
            for row in range(rows):
                valid = np.flatnonzero(mask[row, first:first + count])
                p = special.softmax(scores[row, first:first + count][valid])
                place = list(valid).index(int(actions[row, component]))
                log_probabilities[row] += np.log(p[place])
                entropies[row] += stats.entropy(p)
            first += count
        return log_probabilities, entropies

    kind = "categorical" if len(counts) == 1 else "multiCategorical"
    return case(kind, {"scores": scores}, actions, evaluate, rows, mask if is_masked else None, counts)


def gaussian(rows, count, is_of_rows):
    mean = single(random.normal(size=(rows, count)))
    log_deviation = single(random.uniform(-1.5, 0.5, size=(rows, count) if is_of_rows else count))
    actions = single(mean + np.exp(log_deviation) * random.normal(size=(rows, count)))

    def evaluate(mean, log_deviation):
        normal = stats.norm(mean, np.exp(log_deviation))
        return normal.logpdf(actions).sum(axis=1), normal.entropy().sum(axis=1) * np.ones(rows)

    return case(
        "gaussian", {"mean": mean, "log_deviation": log_deviation}, actions, evaluate, rows)


def squashed(rows, count, is_of_rows):
    mean = single(random.normal(size=(rows, count)) * 1.5)
    log_deviation = single(random.uniform(-2, 0.4, size=(rows, count) if is_of_rows else count))
    actions = single(mean + np.exp(log_deviation) * random.normal(size=(rows, count)))

    def entropy(mean, deviation):
        """−∫ p(y) log p(y) dy with y = tanh u, as an integral over u."""
        def integrand(u):
            log_p = stats.norm.logpdf(u, mean, deviation) + 2 * np.log(np.cosh(u))
            return -stats.norm.pdf(u, mean, deviation) * log_p
        return integrate.quad(
            integrand, mean - 10 * deviation, mean + 10 * deviation, epsabs=1e-12, limit=200)[0]

    def evaluate(mean, log_deviation):
        deviation = np.exp(log_deviation) * np.ones_like(mean)
        log_p = stats.norm.logpdf(actions, mean, deviation) + 2 * np.log(np.cosh(actions))
        return log_p.sum(axis=1), np.vectorize(entropy)(mean, deviation).sum(axis=1)

    return case(
        "squashed", {"mean": mean, "log_deviation": log_deviation}, actions, evaluate, rows)


def exploring(rows, width, count):
    mean = single(random.normal(size=(rows, count)))
    features = single(np.tanh(random.normal(size=(rows, width))))
    log_deviations = single(random.uniform(-1, 0.3, size=(width, count)))
    actions = single(mean + random.normal(size=(rows, count)))

    def evaluate(mean, log_deviations):
        covariance = features**2 @ np.exp(log_deviations)**2 + 1e-6
        normal = stats.norm(mean, np.sqrt(covariance))
        return normal.logpdf(actions).sum(axis=1), normal.entropy().sum(axis=1)

    result = case(
        "gsde", {"mean": mean, "log_deviations": log_deviations}, actions, evaluate, rows)
    noise = single(random.normal(size=(rows, width, count)))
    drawn = mean + np.einsum("rk,rka->ra", features, np.exp(log_deviations) * noise)
    result["features"], result["noise"] = array(features), array(noise)
    result["drawn"] = array(drawn)
    return result


# Recurrent layers over sequences, in which an episode begins where `continues` is 0.


def advance(cell, state, x, weights):
    size = weights["hidden_weight"].shape[1]
    h = state[:, :size]
    inputs = x @ weights["input_weight"].T + weights["input_bias"]
    hidden = h @ weights["hidden_weight"].T + weights["hidden_bias"]
    if cell == "gru":
        reset, update = special.expit(inputs + hidden)[:, :2 * size].reshape(-1, 2, size).swapaxes(0, 1)
        new = np.tanh(inputs[:, 2 * size:] + reset * hidden[:, 2 * size:])
        return (1 - update) * new + update * h
    c = state[:, size:]
    i, f, g, o = (inputs + hidden).reshape(-1, 4, size).swapaxes(0, 1)
    c = special.expit(f) * c + special.expit(i) * np.tanh(g)
    return np.hstack([special.expit(o) * np.tanh(c), c])


def recurrence(cell, steps, sequences, inputs, size):
    gates = {"gru": 3, "lstm": 4}[cell] * size
    memory = {"gru": 1, "lstm": 2}[cell] * size
    continues = (random.random((steps, sequences)) < 0.7).astype(float)
    continues[0] = 1
    states = single(random.normal(size=(sequences, memory)) * 0.5)
    variables = {
        "x": single(random.normal(size=(steps * sequences, inputs))),
        "input_weight": single(random.normal(size=(gates, inputs)) * 0.5),
        "input_bias": single(random.normal(size=gates) * 0.3),
        "hidden_weight": single(random.normal(size=(gates, size)) * 0.5),
        "hidden_bias": single(random.normal(size=gates) * 0.3),
    }

    def run(variables):
        state, outputs = states, []
        for step in range(steps):
            state = state * continues[step][:, None]
            x = variables["x"][step * sequences:(step + 1) * sequences]
            state = advance(cell, state, x, variables)
            outputs.append(state[:, :size])
        return np.vstack(outputs), state

    outputs, final = run(variables)
    cotangent = single(random.normal(size=outputs.shape))
    return {
        "cell": cell, "steps": steps, "size": size,
        "states": array(states),
        "continues": array(continues.reshape(-1, 1)),
        "inputs": {name: array(x) for name, x in variables.items()},
        "outputs": array(outputs), "final_states": array(final), "cotangent": array(cotangent),
        "gradients": {
            name: array(gradient(lambda y: (cotangent * run({**variables, name: y})[0]).sum(), x))
            for name, x in variables.items()
        },
    }


def write(name, cases):
    (FOLDER / name).write_text(json.dumps({"cases": cases}) + "\n")


write("distributions.json", [
    choices([4], 5, False), choices([4], 5, True), choices([3, 1, 5], 6, False),
    choices([3, 1, 5], 6, True), gaussian(3, 4, False), gaussian(3, 4, True),
    squashed(3, 2, False), squashed(3, 2, True), exploring(3, 5, 2),
])
write("recurrence.json", [
    recurrence("gru", 1, 2, 3, 4), recurrence("gru", 5, 3, 2, 4), recurrence("lstm", 1, 2, 3, 4),
    recurrence("lstm", 5, 3, 2, 4),
])
