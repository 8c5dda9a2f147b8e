"""A Gymnasium environment whose observation is a Dict of an image and a vector.

A ball falls down an image of 8 x 8 pixels; the place of the paddle that is to catch it is a number beside
the image. Found as gym:catch_beside:CatchBeside-v0 where this folder is in PYTHONPATH.
"""

import gymnasium
import numpy as np
from gymnasium import spaces

SIDE = 8


class CatchBeside(gymnasium.Env):
    observation_space = spaces.Dict({
        "image": spaces.Box(0, 255, (SIDE, SIDE, 1), np.uint8),
        "paddle": spaces.Box(0, SIDE - 1, (1,), np.float32),
    })
    action_space = spaces.Discrete(3)

    def observation(self):
        image = np.zeros((SIDE, SIDE, 1), np.uint8)
        image[self.row, self.ball] = 255
        return {"image": image, "paddle": np.array([self.paddle], np.float32)}

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.row = 0
        self.ball, self.paddle = (int(n) for n in self.np_random.integers(0, SIDE, 2))
        return self.observation(), {}

    def step(self, action):
        self.paddle = min(max(self.paddle + int(action) - 1, 0), SIDE - 1)
        self.row += 1
        is_down = self.row == SIDE - 1
        reward = (1.0 if self.ball == self.paddle else -1.0) if is_down else 0.0
        return self.observation(), reward, is_down, False, {}


gymnasium.register("CatchBeside-v0", CatchBeside)
