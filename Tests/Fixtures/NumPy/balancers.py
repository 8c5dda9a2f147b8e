"""Writes balancers.json: weights of balancers on random minibatches, from their formulas.

Nothing is shared with the Swift code: quadratic programmes are solved by trying every set of active
bounds, bargaining by a general root finder, directions from the gradients themselves and not from
their inner products. Priorities differ, and losses and gradients differ by orders of magnitude.

Made with Python 3.11, NumPy 2.4 and SciPy 1.17: python3 balancers.py > balancers.json
"""
import itertools
import json

import numpy as np
from scipy import optimize

rng = np.random.default_rng(20)


def stream(count, steps=4):
    """Minibatches of `count` terms, rounded so that JSON holds them exactly enough."""
    priorities = np.round(np.exp(rng.normal(size=count)), 3)
    scale = np.exp(2 * rng.normal(size=count))
    batches = []
    for _ in range(steps):
        values = np.exp(3 * rng.normal(size=count))
        rows = rng.normal(size=(count, 6)) * scale[:, None] + 0.5 * rng.normal(size=6)
        batches.append({
            "values": values.tolist(),
            "magnitudes": (values * (1 + rng.random(count))).tolist(),
            "rows": rows.tolist(),
        })
    return {"priorities": priorities.tolist(), "minibatches": batches}


def subsets(n):
    for size in range(n + 1):
        yield from (list(s) for s in itertools.combinations(range(n), size))


def smallest_above(G, bounds):
    """argmin v' G v with v >= bounds, by trying which bounds are met exactly."""
    n, best = len(bounds), None
    for bound in subsets(n):
        free = [i for i in range(n) if i not in bound]
        v = bounds.astype(float).copy()
        if free:
            v[free] = np.linalg.solve(G[np.ix_(free, free)], -G[np.ix_(free, bound)] @ v[bound])
        if np.all(v >= bounds - 1e-12 * np.abs(v).max()):
            value = v @ G @ v
            if best is None or value < best[0]:
                best = (value, v)
    return best[1]


def shortest_combination(G):
    """argmin w' G w with w >= 0 and sum 1, by trying which weights are 0."""
    n, best = len(G), None
    for support in subsets(n):
        if not support:
            continue
        w = np.zeros(n)
        x = np.linalg.solve(G[np.ix_(support, support)], np.ones(len(support)))
        w[support] = x / x.sum()
        if np.all(w >= 0) and (best is None or w @ G @ w < best[0]):
            best = (w @ G @ w, w)
    return best[1]


def weights_of(J, update):
    return np.linalg.lstsq(J.T, update, rcond=None)[0]


def bargain(J, targets, power):
    """J J' a = (targets / a)^power in units of the rows' lengths, by a root finder on log a."""
    n = np.linalg.norm(J, axis=1)
    C = (J @ J.T) / np.outer(n, n)
    right = targets**power * n ** (power - 1)
    f = lambda u: np.log(np.maximum(C @ np.exp(u), 1e-300)) - np.log(right) + power * u
    for start in [np.zeros(len(n))] + [rng.normal(size=len(n)) for _ in range(50)]:
        u = start
        for _ in range(2000):  # damped fixed point, then polished
            u = u - 0.2 * np.clip(f(u), -1, 1)
        found = optimize.root(f, u, tol=1e-14)
        if np.abs(found.fun).max() < 1e-11:
            return np.exp(found.x) / n
    raise RuntimeError("no bargain was found")


# Each method: (state, priorities, values, magnitudes, J) -> weights; the state is a dictionary.
def average(state, key, x, decay):
    s, c = state.get(key, (0, 0))
    state[key] = (decay * s + x, decay * c + 1)
    return state[key][0] / state[key][1]


def running_max(s, p, L, m, J):
    s["M"] = np.maximum(s.get("M", 0), m)
    return p / s["M"]


def log(s, p, L, m, J):
    s["M"] = np.maximum(s.get("M", 0), m)
    return p / np.maximum(m, 1e-8 * s["M"])


def ema(s, p, L, m, J):
    return p / average(s, "a", m, 0.99)


def log_ema(s, p, L, m, J):
    return p * np.exp(-average(s, "a", np.log(m), 0.99))


def anchored_magnitude(s, p, L, m, J):
    a = average(s, "a", m, 0.99)
    return p * a[0] / a


def anchored_norm(s, p, L, m, J):
    a = average(s, "a", np.linalg.norm(J, axis=1), 0.99)
    return p * a[0] / a


def encodec(s, p, L, m, J):
    return p / p.sum() / (average(s, "a", np.linalg.norm(J, axis=1), 0.999) + 1e-12)


def annealing(s, p, L, m, J):
    n = np.linalg.norm(J, axis=1)
    s["v"] = 0.9 * s.get("v", np.ones(len(p))) + 0.1 * n[0] / n
    s["v"][0] = 1
    return p * s["v"]


def vqgan(s, p, L, m, J):
    n = np.linalg.norm(J, axis=1)
    ratio = np.minimum(n[0] / (n + 1e-4), 1e4)
    ratio[0] = 1
    return p * ratio


def norm_balance(s, p, L, m, J):
    n = np.linalg.norm(J, axis=1)
    if "v" not in s:
        s["v"] = 0.9 + 0.1 * n.mean() / n
    return p * s["v"]


def gradnorm(s, p, L, m, J):
    u, n = s.get("u", np.zeros(len(p))), np.linalg.norm(J, axis=1)
    G = np.exp(u) * n
    u = u - 0.1 * np.clip((G - G.mean()) / G.mean(), -1, 1)
    s["u"] = u - np.log((p * np.exp(u)).sum() / p.sum())
    return p * np.exp(s["u"])


def gradnorm_published(s, p, L, m, J):
    v, n = s.get("v", np.ones(len(p))), np.linalg.norm(J, axis=1)
    G = np.abs(v) * n
    new = v - 0.025 * n * np.sign(G - G.mean()) * np.sign(v)
    s["v"] = new * len(p) / new.sum()
    return p * v


def uncertainty(s, p, L, m, J):
    x = s.get("s", np.log(L))
    s["s"] = x - np.clip(0.025 * 0.5 * (1 - np.exp(-x) * L), -1, 1)
    return p * 0.5 * np.exp(-x)


def imtl_l(s, p, L, m, J):
    x = s.get("s", -np.log(L))
    s["s"] = x - np.clip(0.025 * (np.exp(x) * L - 1), -1, 1)
    return p * np.exp(x)


def geometric(s, p, L, m, J):
    s["M"] = np.maximum(s.get("M", 0), L)
    floored, q = np.maximum(L, 1e-8 * s["M"]), p / p.sum()
    return q * np.prod(floored**q) / floored


def soft_adapt(s, p, L, m, J):
    slope = L - s.get("L", L)
    s["L"] = L
    if np.abs(slope).sum() > 0:
        slope = slope / np.abs(slope).sum()
    e = np.exp(0.1 * slope)
    return p * e / e.sum()


def mgda(s, p, L, m, J):
    a = shortest_combination((J / p[:, None]) @ (J / p[:, None]).T) / p
    return a / a.sum()


def pcgrad(s, p, L, m, J):
    update = np.zeros(J.shape[1])
    for i in range(len(p)):
        g = p[i] * J[i]
        for j in range(len(p)):
            if j != i and g @ J[j] < 0:
                g = g - (g @ J[j]) / (J[j] @ J[j]) * J[j]
        update += g
    return weights_of(J, update)


def gradvac(s, p, L, m, J):
    phi = s.setdefault("phi", np.zeros((len(p), len(p))))
    update = np.zeros(J.shape[1])
    for i in range(len(p)):
        g = p[i] * J[i]
        for j in range(len(p)):
            if j == i:
                continue
            c = g @ J[j] / np.linalg.norm(g) / np.linalg.norm(J[j])
            goal = phi[i, j]
            if c < goal:
                g = g + J[j] * np.linalg.norm(g) * (
                    goal * np.sqrt(1 - c * c) - c * np.sqrt(1 - goal**2)
                ) / (np.linalg.norm(J[j]) * np.sqrt(1 - goal**2))
            phi[i, j] = 0.99 * goal + 0.01 * c
        update += g
    return weights_of(J, update)


def cagrad(s, p, L, m, J):
    rows = p[:, None] * J
    g0 = rows.sum(0)
    reach = 0.4 * np.linalg.norm(g0)
    f = lambda a: (a * rows[0] + (1 - a) * rows[1]) @ g0 + reach * np.linalg.norm(
        a * rows[0] + (1 - a) * rows[1])
    if len(p) == 1:
        a = np.ones(1)
    else:
        low, high = 0.0, 1.0
        for _ in range(300):  # thirds of a convex function's interval
            x, y = low + (high - low) / 3, high - (high - low) / 3
            low, high = (low, y) if f(x) < f(y) else (x, high)
        a = np.array([(low + high) / 2, 1 - (low + high) / 2])
    worst = a @ rows
    return p * (1 + reach / np.linalg.norm(worst) * a)


def imtl_g(s, p, L, m, J):
    v = np.linalg.solve(J @ J.T, p * np.linalg.norm(J, axis=1))
    return v / v.sum()


def nash(s, p, L, m, J):
    a = bargain(J, p, 1)
    return a * min(1, 1 / np.linalg.norm(a @ J))


def fairgrad(s, p, L, m, J):
    return bargain(J, p, 0.5)


def aligned(s, p, L, m, J):
    U, S, V = np.linalg.svd(J, full_matrices=False)
    return weights_of(J, S.min() * V.T @ (U.T @ p))


def upgrad(s, p, L, m, J):
    return sum(smallest_above(J @ J.T, p * e) for e in np.eye(len(p)))


def dual(s, p, L, m, J):
    return smallest_above(J @ J.T, p)


def config(s, p, L, m, J):
    u = np.linalg.pinv(J / np.linalg.norm(J, axis=1)[:, None]) @ p
    u /= np.linalg.norm(u)
    return weights_of(J, (J @ u).sum() * u)


methods = {
    "running-max": running_max, "log": log, "ema-magnitude": ema, "log-ema-magnitude": log_ema,
    "anchored-magnitude": anchored_magnitude, "anchored-norm": anchored_norm, "encodec": encodec,
    "learning-rate-annealing": annealing, "vqgan": vqgan, "norm-balance": norm_balance,
    "gradnorm": gradnorm, "gradnorm-published": gradnorm_published, "uncertainty": uncertainty,
    "imtl-l": imtl_l, "geometric": geometric, "soft-adapt": soft_adapt, "mgda": mgda,
    "imtl-g": imtl_g, "nash-mtl": nash, "fairgrad": fairgrad, "aligned-mtl": aligned,
    "upgrad": upgrad, "dual-proj": dual, "conflict-free": config,
}
# Their order is random, or the programme above is for one unknown.
of_two = {"pcgrad": pcgrad, "gradvac": gradvac, "cagrad": cagrad}

streams = [stream(count) for count in (1, 2, 2, 3, 3, 4, 5)]
cases = []
for index, data in enumerate(streams):
    p = np.array(data["priorities"])
    for name, method in (methods | (of_two if len(p) <= 2 else {})).items():
        state, weights = {}, []
        for batch in data["minibatches"]:
            L, m, J = (np.array(batch[key]) for key in ("values", "magnitudes", "rows"))
            weights.append(np.asarray(method(state, p, L, m, J), float).tolist())
        cases.append({"balancer": name, "stream": index, "weights": weights})
print(json.dumps({"streams": streams, "cases": cases}))
