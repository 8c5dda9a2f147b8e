"""Writes lbfgs.json: L-BFGS in double precision by dense matrices.

The inverse curvature is formed as a matrix from the stored pairs, oldest first,
    H <- (I - r s y') H (I - r y s') + r s s',   r = 1 / y's,   H = (y's / y'y of the newest) I,
so that it shares nothing with the recursion in two loops. The rest is as in torch.optim.LBFGS with
a fixed step: first step min(1, 1 / |g|_1) times the rate, a pair is kept if y's > 1e-10.

Made with Python 3.11 and NumPy 2.4: python3 lbfgs.py > lbfgs.json
"""
import json

import numpy as np


def quadratic():
    scales = np.array([1.0, 2.0, 5.0, 10.0, 20.0, 30.0])
    goal = np.array([0.5, -1.0, 0.25, 1.5, -0.75, 2.0])
    return lambda x: (0.5 * np.sum(scales * (x - goal) ** 2), scales * (x - goal))


def rosenbrock():
    def f(x):
        a, b = x[:-1], x[1:]
        g = np.zeros_like(x)
        g[:-1] += -40 * a * (b - a * a) - 2 * (1 - a)
        g[1:] += 20 * (b - a * a)
        return np.sum(10 * (b - a * a) ** 2 + (1 - a) ** 2), g
    return f


def run(f, x, rate, history, steps):
    pairs, values, places, previous = [], [], [], None
    for step in range(steps):
        value, g = f(x)
        if previous is not None:
            s, y = previous[0], g - previous[1]
            if s @ y > 1e-10:
                pairs = (pairs + [(s, y)])[-history:]
        H = np.eye(len(x))
        if pairs:
            s, y = pairs[-1]
            H *= (s @ y) / (y @ y)
        for s, y in pairs:
            r = 1 / (s @ y)
            left = np.eye(len(x)) - r * np.outer(s, y)
            H = left @ H @ left.T + r * np.outer(s, s)
        t = rate * (min(1, 1 / np.sum(np.abs(g))) if step == 0 else 1)
        change = -t * (H @ g)
        previous = (change, g)
        x = x + change
        values.append(value)
        places.append(x.tolist())
    return {"values": values, "places": places}


start = [-0.5, 0.8, 0.3, -1.0, 1.2, 0.1]
cases = [
    {"name": "quadratic", "rate": 0.5, "history": 3, "steps": 15},
    {"name": "quadratic", "rate": 1.0, "history": 100, "steps": 12},
    {"name": "rosenbrock", "rate": 0.25, "history": 4, "steps": 15},
    {"name": "rosenbrock", "rate": 0.5, "history": 100, "steps": 15},
]
for case in cases:
    f = quadratic() if case["name"] == "quadratic" else rosenbrock()
    case.update(run(f, np.array(start), case["rate"], case["history"], case["steps"]))
print(json.dumps({"start": start, "cases": cases}, indent=1))
