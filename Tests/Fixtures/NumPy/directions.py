"""Writes directions.json: updates of CAGrad, IMTL-G, ConFIG and Aligned-MTL on gradients that are hard.

More rows than columns, equal rows, exactly opposite rows, and lengths that differ by up to 1e12, each
with the rows in two orders. All is computed with 60 digits and by other means than in Swift: CAGrad by
trying every set of terms that fall alike, and solving the quadratic equation that is left; whether a
convex combination is 0 by trying every set of rows. `null` stands for the weights of the minibatch
before being kept.

Made with Python 3.11 and mpmath 1.3: python3 directions.py > directions.json
"""
import itertools
import json
import random

from mpmath import eigsy, lu_solve, matrix, mp, mpf, sqrt

mp.dps = 60
tiny = mpf(10) ** -40
random.seed(5)


def gram(J):
    return matrix([[sum(a * b for a, b in zip(x, y)) for y in J] for x in J])


def subsets(n):
    for size in range(1, n + 1):
        yield from (list(s) for s in itertools.combinations(range(n), size))


def solve(G, rows, right):
    """G[rows, rows] x = right, or nothing where that is singular."""
    A = matrix([[G[i, j] / sqrt(G[i, i] * G[j, j]) for j in rows] for i in rows])
    try:
        x = lu_solve(A, matrix([right[k] / sqrt(G[i, i]) for k, i in enumerate(rows)]))
    except ZeroDivisionError:
        return None
    if max(abs(v) for v in x) > mpf(10) ** 25:
        return None
    return [x[k] / sqrt(G[i, i]) for k, i in enumerate(rows)]


def zero_in_hull(G):
    """Whether some convex combination is 0: the smallest such sets have one linear dependence."""
    n = G.rows
    for rows in subsets(n):
        A = matrix([[G[i, j] / sqrt(G[i, i] * G[j, j]) for j in rows] for i in rows])
        values, vectors = eigsy(A)
        if abs(values[0]) > tiny or (len(rows) > 1 and abs(values[1]) < tiny):
            continue
        v = [vectors[k, 0] for k in range(len(rows))]
        if all(x > tiny for x in v) or all(x < -tiny for x in v):
            return True
    return False


def cagrad(J, c):
    G, n = gram(J), len(J)
    p = [sum(G[i, j] for j in range(n)) for i in range(n)]
    total = sum(p)
    if total < tiny * sum(G[i, i] for i in range(n)):
        return [mpf(1)] * n
    reach = c * sqrt(total)
    size = [sqrt(G[i, i]) for i in range(n)]

    def fits(weights, t):
        falls = [p[i] + sum(G[i, j] * weights[j] for j in range(n)) for i in range(n)]
        return all(f >= t - tiny * s * reach for f, s in zip(falls, size))

    def filled(rows, values):
        weights = [mpf(0)] * n
        for i, v in zip(rows, values):
            weights[i] = v
        return weights

    def length(w):
        return sqrt(abs(sum(w[i] * w[j] * G[i, j] for i in range(n) for j in range(n))))

    if zero_in_hull(G):
        candidates = [filled([], [])] + [
            filled(rows, x) for rows in subsets(n)
            if (x := solve(G, rows, [-p[i] for i in rows])) and all(v >= -tiny * max(map(abs, x)) for v in x)]
        for weights in candidates:
            if fits(weights, 0) and length(weights) <= reach * (1 + tiny):
                return [1 + w for w in weights]
    for rows in subsets(n):
        a = solve(G, rows, [mpf(1)] * len(rows))
        b = solve(G, rows, [p[i] for i in rows])
        if a is None or b is None:
            continue
        # lambda = t a - b; (t 1 - p)' (t a - b) = reach^2
        A = sum(a)
        B = -sum(b) - sum(p[i] * x for i, x in zip(rows, a))
        C = sum(p[i] * x for i, x in zip(rows, b)) - reach**2
        if B * B - 4 * A * C < 0:
            continue
        for sign in (1, -1):
            t = (-B + sign * sqrt(B * B - 4 * A * C)) / (2 * A)
            x = [t * u - v for u, v in zip(a, b)]
            if all(v > -tiny for v in x) and fits(filled(rows, x), t):
                return [1 + w for w in filled(rows, x)]
    raise RuntimeError("no solution")


def parts(G):
    """C+ 1 of the cosines, or nothing where rounding would decide."""
    n = G.rows
    C = matrix([[G[i, j] / sqrt(G[i, i] * G[j, j]) for j in range(n)] for i in range(n)])
    pairs = [C[i, j] for i in range(n) for j in range(i)]
    if all(abs(abs(x) - 1) < tiny for x in pairs) and any(x < 0 for x in pairs):
        return None
    values, vectors = eigsy(C)
    x = [mpf(0)] * n
    for k in range(n):
        if values[k] > tiny:
            dot = sum(vectors[i, k] for i in range(n))
            for i in range(n):
                x[i] += dot * vectors[i, k] / values[k]
    return x if max(abs(v) for v in x) > tiny else None


def impartial(J):
    G = gram(J)
    x = parts(G)
    if x is None:
        return None
    v = [u / sqrt(G[i, i]) for i, u in enumerate(x)]
    return None if abs(sum(v)) < tiny * sum(map(abs, v)) else [u / sum(v) for u in v]


def conflict_free(J):
    G, n = gram(J), len(J)
    x = parts(G)
    if x is None:
        return None
    size = [sqrt(G[i, i]) for i in range(n)]
    C = lambda i, j: G[i, j] / size[i] / size[j]
    products = [sum(C(i, j) * x[j] for j in range(n)) for i in range(n)]
    square = sum(a * b for a, b in zip(x, products))
    factor = sum(s * q for s, q in zip(size, products)) / square
    return [factor * x[i] / size[i] for i in range(n)]


def update(weights, J):
    if weights is None:
        return None
    return [float(sum(w * row[k] for w, row in zip(weights, J))) for k in range(len(J[0]))]


def draw(n, d):
    return [[mpf(random.randint(-3000, 3000)) / 1024 for _ in range(d)] for _ in range(n)]


def matrices():
    yield "a ratio of 1e10", [[mpf(10) ** 10, mpf(0)], [mpf(-0.5), mpf(1)]]
    yield "opposite, of other lengths", [[mpf(1), mpf(0)], [mpf(-2), mpf(0)]]
    for n, d in [(2, 2), (2, 3), (3, 2), (3, 3), (4, 2), (4, 3), (5, 2), (5, 3), (5, 4)]:
        for _ in range(3):
            yield f"{n} rows of {d}", draw(n, d)
        J = draw(n, d)
        yield f"equal rows, {n} of {d}", J[:-1] + [list(J[0])]
        J = draw(n, d)
        yield f"opposite rows, {n} of {d}", J[:-1] + [[-1.5 * x for x in J[0]]]
        for exponent in (12, 6, -6, -12):
            J = draw(n, d)
            J[0] = [x * mpf(2) ** round(exponent / 0.30103) for x in J[0]]
            yield f"lengths of 1e{exponent}, {n} of {d}", J


cases = []
for kind, J in matrices():
    for order in (list(range(len(J))), random.sample(range(len(J)), len(J))):
        rows = [J[i] for i in order]
        cases.append({
            "kind": kind,
            "rows": [[float(x) for x in row] for row in rows],
            "cagrad": {str(c): update(cagrad(rows, mpf(c)), rows) for c in (0.4, 1, 2)},
            "imtl-g": update(impartial(rows), rows),
            "conflict-free": update(conflict_free(rows), rows),
        })
print(json.dumps({"cases": cases}))
