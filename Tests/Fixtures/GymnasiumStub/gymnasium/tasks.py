"""Environments for tests: one that can be predicted, in all kinds of spaces, and with all faults."""

import os
import sys
import time

import numpy as np
from gymnasium import Env, register, spaces


class Count(Env):
    """Counts its steps; an episode is over at a length that the seed decides.

    The observation is [steps, last action, seed % 1000]; the reward is the action plus a quarter.
    `fault` names what goes wrong at the step `at`.
    """

    def __init__(self, length=5, fault=None, at=3, carries=False):
        self.observation_space = spaces.Box(-1.0, 1e6, (3,))
        self.action_space = spaces.Discrete(3, start=-1)
        self.length, self.fault, self.at, self.carries = length, fault, at, carries
        self.episodes, self.seed = 0, 0

    def reset(self, seed=None, options=None):
        if self.fault == "reset":
            raise RuntimeError("no reset today")
        self.seed = seed if seed is not None else self.seed + 1
        self.episodes += 1
        self.steps, self.last = 0, 0
        return self.observe(), {}

    def observe(self):
        number = self.episodes if self.carries else self.seed % 1000
        return np.asarray([float(self.steps), float(self.last), float(number)], "float32")

    def step(self, action):
        if type(action) is not int or not -1 <= action <= 1:
            raise TypeError(f"{action!r} is no action")
        self.steps += 1
        self.last = action
        reward = action + 0.25
        if self.steps == self.at:
            reward = self.fail(reward)
        over = self.steps >= self.length + self.seed % 3
        return self.observe(), reward, over, False, {}

    def fail(self, reward):
        if self.fault == "step":
            raise ValueError("a wheel came off")
        if self.fault == "exit":
            sys.exit("enough")
        if self.fault == "crash":
            os.kill(os.getpid(), 11)
        if self.fault == "leave":
            os._exit(7)
        if self.fault == "hang":
            time.sleep(3600)
        if self.fault == "print":
            print("hello from the environment")
        return {"nan": float("nan"), "infinity": float("inf")}.get(self.fault, reward)

    def render(self):
        return np.asarray([self.steps % 256, 0, 255] * 6, "uint8").reshape((18,)).reshape((2, 3, 3))


class Composite(Env):
    """A dictionary of everything that can be observed, and actions of several parts."""

    def __init__(self, actions="dict", observations="dict"):
        self.observation_space = {
            "dict": spaces.Dict({
                "camera": spaces.Box(0, 255, (2, 2, 1), "uint8"),
                "gear": spaces.Discrete(3, start=1),
                "pair": spaces.Tuple([spaces.MultiBinary(2), spaces.MultiDiscrete([2, 3])]),
                "speed": spaces.Box([-1.0, float("-inf")], [1.0, float("inf")]),
            }),
            "image": spaces.Box(0, 255, (2, 2, 1), "uint8"),
            "text": spaces.Text(9),
        }[observations]
        self.observations = observations
        self.action_space = {
            "dict": spaces.Dict({"turn": spaces.Discrete(3, start=1), "lamps": spaces.MultiBinary(2)}),
            "tuple": spaces.Tuple([spaces.Box(-1.0, 1.0, (2,)), spaces.Box(0.0, 2.0, (1,), "float64")]),
            "mixed": spaces.Tuple([spaces.Discrete(2), spaces.Box(-1.0, 1.0, (1,))]),
            "multi": spaces.MultiDiscrete([2, 4]),
        }[actions]
        self.actions, self.taken = actions, None

    def reset(self, seed=None, options=None):
        self.steps = 0
        return self.observe(), {}

    def observe(self):
        camera = np.asarray([[[7], [0]], [[255], [self.steps]]], "uint8")
        if self.observations == "image":
            return camera
        return {
            "camera": camera, "gear": 2 + self.steps % 2, "pair": ([1, 0], [1, 2]),
            "speed": np.asarray([0.5, -3.0], "float32"),
        }

    def step(self, action):
        self.steps += 1
        if self.actions == "dict":
            reward = 100 * action["turn"] + sum(
                10**place * n for place, n in enumerate(action["lamps"].tolist()))
        elif self.actions == "tuple":
            reward = action[0].tolist()[1] + 10 * action[1].tolist()[0]
        else:
            reward = sum(10**place * n for place, n in enumerate(action.tolist()))
        return self.observe(), reward, False, False, {}


class Masked(Count):
    """Allows a single choice: that of the step's number."""

    def reset(self, seed=None, options=None):
        return super().reset(seed=seed)[0], {"action_mask": self.mask()}

    def mask(self):
        return np.asarray([int(self.steps % 3 == choice) for choice in range(3)], "int8")

    def step(self, action):
        observation, reward, over, cut, _ = super().step(action)
        return observation, reward, over, cut, {"action_mask": self.mask()}


register("Count-v0", Count, reward_threshold=3.5)
register("Count-v1", Count, reward_threshold=3.5)
register("Limited-v0", lambda **keywords: Count(length=5, **keywords), max_episode_steps=5)
register("Composite-v0", Composite)
register("Masked-v0", Masked)
