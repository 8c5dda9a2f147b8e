"""Steps an environment in a plain loop and prints what came of it, for the tests of the bridge.

The argument is a file: {"id": …, "seeds": […], "actions": [[…], …]}. The seed of the first episode comes
first. An action is a row of numbers, as the policy gives it.
"""

import json
import sys

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, MultiBinary, MultiDiscrete, Tuple, flatten


def flat(space, observation):
    numbers = np.asarray(flatten(space, observation)).reshape(-1)
    return [float(n) for n in numbers.astype("float32")]


def width(space):
    if isinstance(space, Dict):
        return sum(width(child) for child in space.values())
    if isinstance(space, Tuple):
        return sum(width(child) for child in space)
    return 1 if isinstance(space, Discrete) else int(np.prod(space.shape))


def action_of(space, row):
    if isinstance(space, Discrete):
        return int(row[0]) + int(space.start)
    if isinstance(space, (MultiDiscrete, MultiBinary)):
        return np.array([int(n) for n in row], space.dtype).reshape(space.shape)
    if isinstance(space, Box):
        return np.array(row, "float32").astype(space.dtype).reshape(space.shape)
    parts, offset = [], 0
    children = list(space.items()) if isinstance(space, Dict) else list(enumerate(space))
    for key, child in children:
        parts.append((key, action_of(child, row[offset : offset + width(child)])))
        offset += width(child)
    return dict(parts) if isinstance(space, Dict) else tuple(value for _, value in parts)


request = json.load(open(sys.argv[1]))
if request["id"].startswith("MinAtar"):
    import minatar.gym

    minatar.gym.register_envs()
env = gymnasium.make(request["id"])
seeds = iter(request["seeds"])
observation, _ = env.reset(seed=next(seeds))
starts = flat(env.observation_space, observation)
steps = []
for row in request["actions"]:
    observation, reward, terminated, truncated, _ = env.step(action_of(env.action_space, row))
    final = None
    if terminated or truncated:
        final = flat(env.observation_space, observation)
        observation, _ = env.reset(seed=next(seeds))
    steps.append({
        "observation": flat(env.observation_space, observation),
        "reward": float(np.float32(float(reward))),
        "ending": 1 if terminated else 2 if truncated else 0,
        "final": final,
    })
print(json.dumps({"start": starts, "steps": steps}))
