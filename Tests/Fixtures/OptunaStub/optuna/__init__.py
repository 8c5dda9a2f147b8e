"""Stands in for Optuna: as much of it as the tests need."""

import json
import math
import os
import random
from types import SimpleNamespace

__version__ = "stub"

print("this must not disturb the answers")


class FloatDistribution:
    def __init__(self, low, high, log=False):
        self.low, self.high, self.log = low, high, log

    def draw(self, draws):
        if self.log:
            return math.exp(draws.uniform(math.log(self.low), math.log(self.high)))
        return draws.uniform(self.low, self.high)


class IntDistribution:
    def __init__(self, low, high):
        self.low, self.high = low, high

    def draw(self, draws):
        return draws.randint(self.low, self.high)


class CategoricalDistribution:
    def __init__(self, choices):
        self.choices = choices

    def draw(self, draws):
        return draws.choice(self.choices)


class Study:
    def __init__(self, sampler):
        self.draws, self.count = random.Random(sampler.seed), 0

    def log(self, **entry):
        path = os.environ.get("OPTUNA_STUB_LOG")
        if path:
            with open(path, "a") as file:
                file.write(json.dumps(entry) + "\n")

    def get_trials(self, deepcopy=True):
        return []

    def ask(self, distributions):
        params = {name: each.draw(self.draws) for name, each in distributions.items()}
        number, self.count = self.count, self.count + 1
        return SimpleNamespace(
            number=number, params=params, set_user_attr=lambda name, value: None)

    def add_trial(self, trial):
        self.log(added=trial.value, params=trial.params)
        self.count += 1

    def tell(self, number, value=None, state="COMPLETE"):
        self.log(told=number, value=value, state=state)


def create_study(sampler, direction, storage, study_name, load_if_exists):
    if storage == "broken":
        raise ValueError("no such\nstorage")
    return Study(sampler)


def sampler(seed, multivariate=False):
    return SimpleNamespace(seed=seed)


samplers = SimpleNamespace(TPESampler=sampler, CmaEsSampler=sampler, GPSampler=sampler)
distributions = SimpleNamespace(
    FloatDistribution=FloatDistribution, IntDistribution=IntDistribution,
    CategoricalDistribution=CategoricalDistribution)
logging = SimpleNamespace(set_verbosity=lambda level: None, ERROR=40)
trial = SimpleNamespace(
    TrialState=SimpleNamespace(PRUNED="PRUNED", FAIL="FAIL"),
    create_trial=lambda params, value, distributions, user_attrs: SimpleNamespace(
        params=params, value=value))
