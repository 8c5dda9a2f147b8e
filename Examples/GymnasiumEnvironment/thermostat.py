"""A small task in Python, trained in by `ppo`: keep a room at the temperature that is wished for."""

import gymnasium
import numpy as np
from gymnasium.spaces import Box


class Thermostat(gymnasium.Env):
    """A heater and a cooler in a room that loses warmth, with a wish that changes.

    Observation: the room's temperature minus the wished one, the outside's minus the wished one, in tens
    of degrees. Action: the power, from -1 (cool) to 1 (heat). Reward: minus the distance, in tens of
    degrees, minus a tenth of the power used.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}
    observation_space = Box(-10.0, 10.0, (2,), np.float32)
    action_space = Box(-1.0, 1.0, (1,), np.float32)

    def __init__(self, insulation=0.9, render_mode=None):
        self.insulation, self.render_mode = insulation, render_mode

    def reset(self, seed=None, options=None):
        super().reset(seed=seed)
        self.room, self.outside = self.np_random.uniform(-2.0, 2.0, 2)
        return self.observe(), {}

    def step(self, action):
        power = float(action[0])
        self.room = self.insulation * self.room + (1 - self.insulation) * self.outside + 0.3 * power
        self.outside += self.np_random.normal(0.0, 0.05)
        return self.observe(), -abs(self.room) - 0.1 * abs(power), False, False, {}

    def observe(self):
        return np.clip([self.room, self.outside], -10, 10).astype(np.float32)

    def render(self):
        picture = np.full((60, 200, 3), 255, np.uint8)
        for value, rows, colour in ((self.room, slice(10, 30), 200), (self.outside, slice(35, 50), 90)):
            end = int(np.clip(100 + 40 * value, 0, 199))
            picture[rows, min(100, end) : max(100, end) + 1] = (colour, 60, 255 - colour)
        return picture


gymnasium.register("Thermostat-v0", Thermostat, max_episode_steps=100, reward_threshold=-20.0)
