"""An environment of Gymnasium whose observations and actions are dictionaries, for the bridge's tests."""

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple


class Dictionary(gymnasium.Env):
    observation_space = Dict({
        "picture": Box(0, 255, (3, 2, 1), np.uint8),
        "gear": Discrete(4, start=-1),
        "switches": Tuple((MultiBinary(3), MultiDiscrete([2, 3]))),
        "speed": Box(-np.inf, np.inf, (2,), np.float64),
    })
    action_space = Dict({"gear": Discrete(4, start=-1), "lamps": MultiBinary(2)})

    def reset(self, seed=None, options=None):
        super().reset(seed=seed)
        self.steps, self.sum = 0, 0.0
        return self.observe(), {}

    def observe(self):
        return {
            "picture": self.np_random.integers(0, 256, (3, 2, 1)).astype(np.uint8),
            "gear": int(self.np_random.integers(-1, 3)),
            "switches": (
                self.np_random.integers(0, 2, 3).astype(np.int8),
                np.array([self.np_random.integers(0, 2), self.np_random.integers(0, 3)])),
            "speed": self.np_random.normal(size=2) + self.sum,
        }

    def step(self, action):
        self.steps += 1
        self.sum += action["gear"] + 0.1 * float(action["lamps"].sum())
        return self.observe(), np.float64(self.sum), self.steps >= 17, self.steps % 29 == 11, {}


class Directions(Dictionary):
    """Choices of several components."""

    action_space = MultiDiscrete([3, 2, 4])

    def step(self, action):
        return super().step({"gear": int(action[0]), "lamps": action[1:]})


gymnasium.register("Dictionary-v0", Dictionary)
gymnasium.register("Directions-v0", Directions, max_episode_steps=9)
