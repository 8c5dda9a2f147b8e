"""Minimax coefficients of the elementary functions in functions.h, with their errors.

Run with NumPy and mpmath: python3 coefficients.py
Lawson's reweighted least squares; the rational function of tanh is linearised around its last
denominator. All errors are relative.
"""

import mpmath
import numpy as np
from numpy.polynomial import Polynomial
from numpy.polynomial import chebyshev

mpmath.mp.dps = 40


def nodes(lowest, highest, count=2000):
    return (lowest + highest) / 2 + (highest - lowest) / 2 * np.cos(np.pi * (np.arange(count) + 0.5) / count)


def exact(function, points):
    return np.array([float(function(mpmath.mpf(float(point)))) for point in points])


def lawson(basis, target, weight, rounds=200):
    emphasis, best = np.ones(len(target)), None
    for _ in range(rounds):
        root = np.sqrt(emphasis) * weight
        coefficients, *_ = np.linalg.lstsq(basis * root[:, None], target * root, rcond=None)
        error = np.abs((basis @ coefficients - target) * weight)
        if best is None or error.max() < best[1]:
            best = (coefficients, error.max())
        emphasis = emphasis * (error / error.max() + 1e-3)
        emphasis /= emphasis.sum()
    return best


def polynomial(name, points, degree, target, weight):
    coefficients, error = lawson(points[:, None] ** np.arange(degree + 1), target, weight)
    print(f"{name}, error {error:.1e}:", ", ".join(f"{c:.9e}f" for c in coefficients))


def tanh(limit=8.0, over=7, under=4):
    points = np.concatenate([nodes(1e-3, limit, 4000), nodes(1e-3, 1)])
    target = np.tanh(points)
    basis = chebyshev.chebvander(2 * points**2 / limit**2 - 1, max(over, under))
    denominator, emphasis, best = np.ones_like(points), np.ones_like(points), None
    for _ in range(200):
        matrix = np.hstack([basis[:, :over] * points[:, None], -target[:, None] * basis[:, 1:under]])
        root = np.sqrt(emphasis) / denominator / target
        solution, *_ = np.linalg.lstsq(matrix * root[:, None], target * root, rcond=1e-15)
        p, q = solution[:over], np.r_[1, solution[over:]]
        denominator = basis[:, :under] @ q
        error = np.abs(points * (basis[:, :over] @ p) / denominator / target - 1)
        if best is None or error.max() < best[0]:
            best = (error.max(), p, q)
        emphasis = emphasis * (error / error.max() + 1e-2)
        emphasis /= emphasis.sum()
    error, p, q = best
    inner = Polynomial([-1, 2 / limit**2])
    p, q = (Polynomial(chebyshev.cheb2poly(c))(inner).coef for c in (p, q))
    for name, c in (("tanh P", p / q[0]), ("tanh Q", q / q[0])):
        print(f"{name}, error {error:.1e}:", ", ".join(f"{x:.9e}f" for x in c))


r = nodes(-0.34658, 0.34658)
polynomial("exp P", r, 4, exact(lambda v: (mpmath.exp(v) - 1 - v) / v**2, r), r**2 / np.exp(r))
f = nodes(2**-0.5 - 1, 2**0.5 - 1)
polynomial("log P", f, 8, exact(lambda v: (mpmath.log(1 + v) - v + v**2 / 2) / v**3, f),
           np.abs(f) ** 3 / np.abs(np.log1p(f)))
tanh()
x = nodes(1e-4, 1.0)
ratio = exact(lambda v: mpmath.erf(v) / v, x)
polynomial("erf P", x * x, 6, ratio, 1 / ratio)
x = nodes(1.0, 4.2)
u = 1 / (1 + x / 2)
ratio = exact(lambda v: mpmath.erfc(v) * mpmath.exp(v**2), x) / u
polynomial("erf R", u, 7, ratio, 1 / ratio)
