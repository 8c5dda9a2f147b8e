#!/usr/bin/env python3
"""Writes ops.json, optimizers.json, gae.json and ppo_update.json beside this file, with PyTorch.

    python3 generate.py             writes the files
    python3 generate.py --check     compares them with what is there, number by number

Made with Python 3.11 and PyTorch 2.13.0 on a processor. Everything is computed in double
precision; inputs are numbers that single precision holds exactly, so that both sides start from the
same. A tensor is {"shape": [...], "data": [...]}, row by row; weights are [out, in].

Other versions of PyTorch, and other processors, draw the same inputs and round a little differently:
--check allows for a relative difference of 1e-9. The initial weights of the updates come from a QR factorisation, whose
signs a library of linear algebra may choose in another way; they are then other networks, just as
good.
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).parent
SEED = 11

torch.set_default_dtype(torch.float64)
torch.manual_seed(SEED)
generator = torch.Generator().manual_seed(SEED)


def single(x):
    """Numbers that single precision holds exactly."""
    return x.to(torch.float32).to(torch.float64)


def normal(*shape):
    return single(torch.randn(*shape, generator=generator))


def uniform(*shape, low, high):
    return single(torch.rand(*shape, generator=generator) * (high - low) + low)


def tensor(x):
    x = x.detach()
    return {"shape": list(x.shape), "data": [float(number) for number in x.reshape(-1).tolist()]}


def whole(x):
    x = x.detach()
    return {"shape": list(x.shape), "data": [int(number) for number in x.reshape(-1).tolist()]}


# Operations


def operations():
    cases = []

    def case(name, function, *inputs, **attributes):
        """One operation, and the gradients of its inputs for a drawn gradient of its output."""
        leaves = [x.clone().requires_grad_(True) for x in inputs]
        output = function(*leaves)
        cotangent = normal(*output.shape) if output.dim() else normal(1)[0]
        gradients = torch.autograd.grad(output, leaves, cotangent, allow_unused=True)
        cases.append({
            "op": name, "attributes": attributes, "inputs": [tensor(x) for x in inputs],
            "output": tensor(output), "output_gradient": tensor(cotangent),
            "input_gradients": [
                tensor(torch.zeros_like(x) if gradient is None else gradient)
                for gradient, x in zip(gradients, leaves)],
        })

    for rows, columns, inner in [(1, 1, 1), (3, 5, 7), (17, 64, 4), (33, 2, 64), (64, 64, 64)]:
        case("matmul", lambda a, b: a @ b, normal(rows, inner), normal(inner, columns))
        case("linear", lambda x, w, b: F.linear(x, w, b), normal(rows, inner),
             normal(columns, inner), normal(columns), weight_layout="[out, in]")
    for name, function in [
            ("add", torch.add), ("subtract", torch.sub), ("multiply", torch.mul)]:
        case(name, function, normal(4, 5), normal(4, 5))
        case(name, function, normal(4, 5), normal(5))
        case(name, function, normal(4, 1), normal(1, 5))
    case("divide", torch.div, normal(4, 5), uniform(4, 5, low=0.5, high=2.0))
    case("divide", torch.div, normal(4, 5), uniform(5, low=-2.0, high=-0.5))
    case("minimum", torch.minimum, normal(6, 3), normal(6, 3))
    case("maximum", torch.maximum, normal(6, 3), normal(6, 3))
    for name, function, low, high in [
            ("tanh", torch.tanh, -6, 6), ("exp", torch.exp, -20, 20), ("log", torch.log, 1e-6, 50),
            ("sigmoid", torch.sigmoid, -12, 12), ("relu", torch.relu, -3, 3),
            ("softplus", F.softplus, -15, 15), ("square", torch.square, -4, 4),
            ("sqrt", torch.sqrt, 1e-4, 9), ("abs", torch.abs, -4, 4), ("negate", torch.neg, -4, 4),
            ("silu", F.silu, -8, 8), ("gelu", F.gelu, -6, 6), ("elu", F.elu, -6, 6)]:
        case(name, function, uniform(7, 19, low=low, high=high))
    case("clamp", lambda x: x.clamp(-0.75, 1.25), uniform(6, 9, low=-3, high=3),
         minimum=-0.75, maximum=1.25)
    case("sum", lambda x: x.sum(), normal(5, 7))
    case("mean", lambda x: x.mean(), normal(5, 7))
    case("sum", lambda x: x.sum(0), normal(5, 7), axis=0)
    case("mean", lambda x: x.mean(1), normal(5, 7), axis=1)
    case("log_softmax", lambda x: F.log_softmax(x, -1), normal(6, 5) * 4, axis=-1)
    case("softmax", lambda x: F.softmax(x, -1), normal(6, 5) * 4, axis=-1)
    case("logsumexp", lambda x: torch.logsumexp(x, -1), normal(6, 5) * 30, axis=-1)
    indices = torch.randint(0, 5, (6,), generator=generator)
    case("gather", lambda x: x.gather(1, indices[:, None])[:, 0], normal(6, 5),
         indices=indices.tolist(), axis=1)
    case("concatenate", lambda a, b: torch.cat([a, b], 1), normal(3, 2), normal(3, 4), axis=1)
    case("slice", lambda x: x[:, 1:4], normal(3, 6), axis=1, start=1, end=4)
    case("transpose", lambda x: x.t(), normal(3, 6))
    case("reshape", lambda x: x.reshape(2, 9), normal(3, 6), shape=[2, 9])
    case("layer_norm", lambda x, w, b: F.layer_norm(x, (8,), w, b, 1e-5), normal(4, 8), normal(8),
         normal(8), epsilon=1e-5)
    case("mse_loss", lambda a, b: F.mse_loss(a, b), normal(6, 4), normal(6, 4))
    targets = torch.randint(0, 5, (6,), generator=generator)
    case("cross_entropy", lambda x: F.cross_entropy(x, targets), normal(6, 5) * 3,
         targets=targets.tolist())
    case("smooth_l1_loss", lambda a, b: F.smooth_l1_loss(a, b, beta=1.0), normal(6, 4) * 2,
         normal(6, 4), beta=1.0)
    return {
        "description": "float64 PyTorch values and gradients of single operations",
        "cases": cases,
    }


# Optimisers


def optimizers():
    cases, shapes, steps = [], [(5, 3), (7,)], 12
    start = [normal(*shape) for shape in shapes]
    gradients = [
        [normal(*shape) * 10 ** float(uniform(1, low=-3, high=1)) for shape in shapes]
        for _ in range(steps)]
    gradients = [[single(x) for x in step] for step in gradients]

    def case(name, make, **attributes):
        parameters = [x.clone().requires_grad_(True) for x in start]
        optimizer, after = make(parameters), []
        for step in gradients:
            for parameter, gradient in zip(parameters, step):
                parameter.grad = gradient.clone()
            optimizer.step()
            after.append([tensor(x) for x in parameters])
        cases.append({
            "optimizer": name, "attributes": attributes, "parameters_after_each_step": after})

    optim = torch.optim
    case("sgd", lambda p: optim.SGD(p, lr=0.05), learning_rate=0.05)
    case("sgd", lambda p: optim.SGD(p, lr=0.05, weight_decay=0.1), learning_rate=0.05,
         weight_decay=0.1)
    case("sgd", lambda p: optim.SGD(p, lr=0.05, momentum=0.9), learning_rate=0.05, momentum=0.9)
    case("sgd", lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
         learning_rate=0.05, momentum=0.9, nesterov=True, weight_decay=0.01)
    case("adam", lambda p: optim.Adam(p, lr=3e-3), learning_rate=3e-3, epsilon=1e-8)
    case("adam", lambda p: optim.Adam(p, lr=3e-3, eps=1e-5, betas=(0.9, 0.999)),
         learning_rate=3e-3, epsilon=1e-5)
    case("adam", lambda p: optim.Adam(p, lr=3e-3, weight_decay=0.1), learning_rate=3e-3,
         epsilon=1e-8, weight_decay=0.1)
    case("adamw", lambda p: optim.AdamW(p, lr=3e-3, weight_decay=0.1), learning_rate=3e-3,
         epsilon=1e-8, weight_decay=0.1)
    case("nadam", lambda p: optim.NAdam(p, lr=2e-3), learning_rate=2e-3, epsilon=1e-8,
         momentum_decay=4e-3)
    case("nadam", lambda p: optim.NAdam(p, lr=2e-3, weight_decay=0.1), learning_rate=2e-3,
         epsilon=1e-8, momentum_decay=4e-3, weight_decay=0.1)
    case("rmsprop", lambda p: optim.RMSprop(p, lr=1e-3, alpha=0.99, eps=1e-5), learning_rate=1e-3,
         alpha=0.99, epsilon=1e-5)
    return {
        "description": "float64 PyTorch parameters after each of several steps over the given "
        "gradients",
        "initial_parameters": [tensor(x) for x in start],
        "gradients": [[tensor(x) for x in step] for step in gradients], "cases": cases,
    }


# Advantages


def advantages():
    cases = []
    for steps, environments, discount, decay in [
            (8, 3, 0.99, 0.95), (32, 4, 0.98, 0.8), (16, 2, 1.0, 1.0), (16, 2, 0.9, 0.0)]:
        rewards, values = normal(steps, environments), normal(steps, environments)
        last, final = normal(environments), normal(steps, environments)
        terminated = torch.rand(steps, environments, generator=generator) < 0.15
        truncated = (torch.rand(steps, environments, generator=generator) < 0.15) & ~terminated
        result, carried = torch.zeros(steps, environments), torch.zeros(environments)
        for step in reversed(range(steps)):
            following = last if step == steps - 1 else values[step + 1]
            bootstrap = torch.where(
                terminated[step], torch.zeros(environments),
                torch.where(truncated[step], final[step], following))
            error = rewards[step] + discount * bootstrap - values[step]
            goes_on = (~(terminated[step] | truncated[step])).double()
            carried = error + discount * decay * goes_on * carried
            result[step] = carried
        cases.append({
            "gamma": discount, "lambda": decay, "rewards": tensor(rewards),
            "values": tensor(values), "last_values": tensor(last),
            "final_observation_values": tensor(final), "terminated": whole(terminated.int()),
            "truncated": whole(truncated.int()), "advantages": tensor(result),
            "returns": tensor(result + values),
        })
    return {
        "description": "Generalised advantage estimation over [steps, environments]; an episode "
        "that is truncated bootstraps from the value of its own final observation, one that "
        "terminates from zero; neither carries the advantage over the boundary",
        "cases": cases,
    }


# Updates of PPO

ROWS, OBSERVATIONS, ACTIONS, HIDDEN, STEPS = 32, 5, 3, 16, 4
CLIP, VALUE_COEFFICIENT, ENTROPY_COEFFICIENT, MAXIMUM_NORM = 0.2, 0.5, 0.01, 0.5
RATE, EPSILON = 3e-4, 1e-5


def orthogonal(outputs, inputs, gain):
    weight = torch.empty(outputs, inputs)
    torch.nn.init.orthogonal_(weight, gain)
    return single(weight)


def perceptron(sizes, last_gain):
    layers = []
    for index, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        gain = last_gain if index == len(sizes) - 2 else math.sqrt(2)
        layers.append((orthogonal(outputs, inputs, gain), single(normal(outputs) * 0.01)))
    return layers


class Network:
    """An actor and a critic with tanh, on one trunk or apart, and what they are made of."""

    def __init__(self, kind, is_shared):
        self.is_continuous, self.is_shared = kind == "continuous", is_shared
        self.observations = normal(ROWS, OBSERVATIONS)
        if is_shared:
            trunk = [
                (orthogonal(HIDDEN, inputs, math.sqrt(2)), normal(HIDDEN) * 0.01)
                for inputs in (OBSERVATIONS, HIDDEN)]
            trunk = [(weight, single(bias)) for weight, bias in trunk]
            heads = [
                (orthogonal(outputs, HIDDEN, gain), single(normal(outputs) * 0.01))
                for outputs, gain in ((ACTIONS, 0.01), (1, 1.0))]
            layers, parts = trunk + heads, ("trunk.0", "trunk.1", "policy", "value")
        else:
            layers = perceptron([OBSERVATIONS, HIDDEN, HIDDEN, ACTIONS], 0.01)
            layers += perceptron([OBSERVATIONS, HIDDEN, HIDDEN, 1], 1.0)
            parts = [f"{network}.{layer}" for network in ("policy", "value") for layer in range(3)]
        self.names = [f"{part}.{kind}" for part in parts for kind in ("weight", "bias")]
        self.start = [x for layer in layers for x in layer]
        if self.is_continuous:
            self.names.append("log_std")
            self.start.append(single(normal(ACTIONS) * 0.1 - 0.5))
        self.parameters = [x.clone().requires_grad_(True) for x in self.start]

    def outputs(self):
        """The numbers of the policy, and the values."""
        body = self.parameters[:-1] if self.is_continuous else self.parameters
        layers = list(zip(body[::2], body[1::2]))
        if self.is_shared:
            features = self.observations
            for weight, bias in layers[:2]:
                features = torch.tanh(F.linear(features, weight, bias))
            return F.linear(features, *layers[2]), F.linear(features, *layers[3])[:, 0]
        return self.run(layers[:3]), self.run(layers[3:])[:, 0]

    def run(self, layers):
        x = self.observations
        for index, (weight, bias) in enumerate(layers):
            x = F.linear(x, weight, bias)
            if index < len(layers) - 1:
                x = torch.tanh(x)
        return x

    def policy(self):
        """The distribution of the actions, and the values."""
        outputs, values = self.outputs()
        if not self.is_continuous:
            return torch.distributions.Categorical(logits=outputs), values
        deviations = self.parameters[-1].exp().expand_as(outputs)
        normals = torch.distributions.Normal(outputs, deviations)
        return torch.distributions.Independent(normals, 1), values


def losses(network, batch, value_clip, normalizes):
    """The losses of a whole batch, and what is noted of them."""
    policy, values = network.policy()
    logarithm = policy.log_prob(batch["actions"]) - batch["old_log_probabilities"]
    ratio, advantages = logarithm.exp(), batch["advantages"]
    if normalizes:
        advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    policy_loss = torch.max(
        -advantages * ratio, -advantages * ratio.clamp(1 - CLIP, 1 + CLIP)).mean()
    errors = (values - batch["returns"]) ** 2
    if value_clip is not None:
        change = (values - batch["old_values"]).clamp(-value_clip, value_clip)
        errors = torch.max(errors, (batch["old_values"] + change - batch["returns"]) ** 2)
    value_loss, entropy = 0.5 * errors.mean(), policy.entropy().mean()
    total = policy_loss + VALUE_COEFFICIENT * value_loss - ENTROPY_COEFFICIENT * entropy
    notes = {
        "policy_loss": policy_loss.item(), "value_loss": value_loss.item(),
        "entropy": entropy.item(), "total_loss": total.item(),
        "approximate_kl": ((ratio - 1) - logarithm).mean().item(),
        "clip_fraction": float(((ratio - 1).abs() > CLIP).double().mean()),
    }
    return {"policy": policy_loss, "value": value_loss, "entropy": -entropy}, total, notes


def step(network, optimizer, batch, value_clip, normalizes, notes_gradients):
    terms, total, notes = losses(network, batch, value_clip, normalizes)
    norms = {}
    for name, term in terms.items():
        gradients = torch.autograd.grad(
            term, network.parameters, retain_graph=True, allow_unused=True)
        squares = sum((x ** 2).sum() for x in gradients if x is not None)
        norms[name] = torch.sqrt(squares).item()
    optimizer.zero_grad()
    total.backward()
    gradients = [tensor(x.grad) for x in network.parameters]
    norm = torch.nn.utils.clip_grad_norm_(network.parameters, MAXIMUM_NORM)
    optimizer.step()
    notes |= {"gradient_norm": norm.item(), "gradient_norm_per_term": norms}
    if notes_gradients:
        notes["gradients_before_clipping"] = dict(zip(network.names, gradients))
    return notes


def batch_of(network):
    """Actions of the network, and what an older network and the environment are to have said."""
    with torch.no_grad():
        policy, values = network.policy()
        if network.is_continuous:
            base = policy.base_dist
            actions = single(base.loc + base.scale * normal(ROWS, ACTIONS))
        else:
            actions = torch.multinomial(policy.probs, 1, generator=generator)[:, 0]
        old_log_probabilities = single(policy.log_prob(actions) + normal(ROWS) * 0.2)
        old_values = single(values + normal(ROWS) * 0.3)
        advantages = single(normal(ROWS) * 3 + 0.5)
        return {
            "actions": actions, "old_log_probabilities": old_log_probabilities,
            "old_values": old_values, "advantages": advantages,
            "returns": single(old_values + advantages),
        }


def update(kind, is_shared, value_clip, normalizes):
    network = Network(kind, is_shared)
    batch = batch_of(network)
    optimizer = torch.optim.Adam(network.parameters, lr=RATE, eps=EPSILON)
    steps = [
        step(network, optimizer, batch, value_clip, normalizes, notes_gradients=index == 0)
        for index in range(STEPS)]
    stored = {name: tensor(x) for name, x in batch.items()}
    if not network.is_continuous:
        stored["actions"] = whole(batch["actions"])
    return {
        "action_space": kind, "shared_trunk": is_shared, "value_clip": value_clip,
        "normalize_advantages": normalizes, "clip": CLIP, "value_coefficient": VALUE_COEFFICIENT,
        "entropy_coefficient": ENTROPY_COEFFICIENT, "maximum_gradient_norm": MAXIMUM_NORM,
        "optimizer": {
            "name": "adam", "learning_rate": RATE, "epsilon": EPSILON, "betas": [0.9, 0.999]},
        "activation": "tanh", "advantage_standard_deviation": "unbiased (n - 1), plus 1e-8",
        "value_loss": "half of the mean squared error",
        "initial_parameters": dict(zip(network.names, map(tensor, network.start))),
        "observations": tensor(network.observations), **stored, "steps": steps,
        "final_parameters": dict(zip(network.names, map(tensor, network.parameters))),
    }


def updates():
    return {
        "description": "four full-batch PPO updates of a small tanh actor-critic, computed by "
        "PyTorch in float64; weights are [out, in]",
        "cases": [
            update(kind, is_shared, value_clip, normalizes)
            for kind in ("discrete", "continuous") for is_shared in (False, True)
            for value_clip, normalizes in ((None, True), (0.2, True), (0.2, False))],
    }


# Files


def differences(found, expected, place=""):
    """The places at which two values differ by more than rounding."""
    if isinstance(expected, dict) and isinstance(found, dict) and found.keys() == expected.keys():
        for key in expected:
            yield from differences(found[key], expected[key], f"{place}/{key}")
    elif isinstance(expected, list) and isinstance(found, list) and len(found) == len(expected):
        for index, pair in enumerate(zip(found, expected)):
            yield from differences(*pair, f"{place}/{index}")
    elif isinstance(expected, float) and isinstance(found, float):
        if not math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12):
            yield f"{place}: {found} here, {expected} stored"
    elif found != expected:
        yield f"{place}: {str(found)[:60]} here, {str(expected)[:60]} stored"


def main():
    # One generator serves all, so the order is part of the files.
    files = {
        "ops.json": operations(), "optimizers.json": optimizers(), "gae.json": advantages(),
        "ppo_update.json": updates(),
    }
    found = []
    for name, content in files.items():
        if "--check" in sys.argv:
            stored = json.loads((FOLDER / name).read_text())
            found += [f"{name}{line}" for line in differences(content, stored)]
        else:
            (FOLDER / name).write_text(json.dumps(content))
    for line in found[:20]:
        print(line)
    if "--check" in sys.argv:
        print(f"{len(found)} numbers differ." if found else "All numbers agree.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
