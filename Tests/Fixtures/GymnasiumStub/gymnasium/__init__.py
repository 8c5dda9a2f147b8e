"""As much of Gymnasium as the worker of GymnasiumEnvironments needs, with environments that fail."""

import types

from gymnasium import spaces

__version__ = "stub"
registry = {}


class UnregisteredEnv(Exception):
    pass


error = types.SimpleNamespace(UnregisteredEnv=UnregisteredEnv)


class Env:
    metadata = {"render_fps": 20}
    observation_space = None
    action_space = None

    @property
    def unwrapped(self):
        return self

    def get_wrapper_attr(self, name):
        return getattr(self, name)

    def render(self):
        raise NotImplementedError

    def close(self):
        pass


class TimeLimit:
    """Truncates an episode, as Gymnasium's wrapper does, also in the step that ends the task."""

    def __init__(self, env, limit):
        self.env, self.limit, self.elapsed = env, limit, 0

    def __getattr__(self, name):
        return getattr(self.env, name)

    def reset(self, **keywords):
        self.elapsed = 0
        return self.env.reset(**keywords)

    def step(self, action):
        observation, reward, terminated, truncated, info = self.env.step(action)
        self.elapsed += 1
        return observation, reward, terminated, truncated or self.elapsed >= self.limit, info


def register(id, entry_point, max_episode_steps=None, reward_threshold=None):
    registry[id] = types.SimpleNamespace(
        id=id, entry_point=entry_point, max_episode_steps=max_episode_steps,
        reward_threshold=reward_threshold)


def make(id, max_episode_steps=None, render_mode=None, **keywords):
    module, _, name = id.rpartition(":")
    if module:
        try:
            __import__(module)
        except ModuleNotFoundError as missing:
            raise ModuleNotFoundError(f"{missing}. Check whether it can be imported.") from missing
    if name not in registry:
        raise UnregisteredEnv(f"Environment `{name}` doesn't exist.")
    spec = types.SimpleNamespace(**vars(registry[name]))
    spec.max_episode_steps = max_episode_steps or spec.max_episode_steps
    env = spec.entry_point(**keywords)
    env.render_mode, env.spec = render_mode, spec
    return TimeLimit(env, spec.max_episode_steps) if spec.max_episode_steps else env


from gymnasium import tasks  # noqa: E402,F401 (registers them)
