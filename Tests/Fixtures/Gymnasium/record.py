"""Records steps of Gymnasium's control environments as CSV files, one file an environment.

    python3 -m venv /tmp/gymnasium && /tmp/gymnasium/bin/pip install gymnasium numpy
    /tmp/gymnasium/bin/python record.py FOLDER

Even episodes hold random actions for a few steps each and reach beyond the bounds of a continuous
action; odd episodes follow a simple controller that gets far enough to see goals, walls and time
limits. See README.md for the columns.
"""

import csv
import math
import pathlib
import sys

import gymnasium
import numpy as np

EPISODES = 6


def balance(state):
    """CartPole: push the cart under the pole; the position keeps it from drifting away."""
    x, velocity, angle, spin = state
    return int(0.1 * x + 0.3 * velocity + 3 * angle + spin > 0)


def pump(sign, low, high):
    """Gives energy to whatever swings: acts in the direction in which it moves."""
    return lambda state: high if sign(state) >= 0 else low


def torque(state):
    """Pendulum: pump energy when low, a spring and a damper when near the top."""
    angle = math.remainder(state[0], 2 * math.pi)
    if abs(angle) < 0.6:
        return np.array([np.clip(-12 * angle - 3 * state[1], -2, 2)], dtype=np.float32)
    return np.array([2.5 if state[1] >= 0 else -2.5], dtype=np.float32)


CONTROLLERS = {
    "CartPole-v1": balance,
    "Acrobot-v1": pump(lambda state: -state[3], 0, 2),
    "MountainCar-v0": pump(lambda state: state[1], 0, 2),
    "MountainCarContinuous-v0": pump(
        lambda state: state[1],
        np.array([-1.3], dtype=np.float32),
        np.array([1.3], dtype=np.float32),
    ),
    "Pendulum-v1": torque,
}


def held_actions(space, generator):
    """An endless series of random actions, each held for one to nine steps."""
    while True:
        if isinstance(space, gymnasium.spaces.Discrete):
            action = int(generator.integers(space.n))
        else:
            action = (1.3 * generator.uniform(space.low, space.high)).astype(np.float32)
        for _ in range(generator.integers(1, 10)):
            yield action


def episode_rows(environment, controller, number):
    """The rows of one episode: the state before each step, the action, and all that came of it."""
    generator = np.random.default_rng(1_000 + number)
    environment.reset(seed=number)
    held = held_actions(environment.action_space, generator)
    step, ended = 0, False
    while not ended:
        state = np.asarray(environment.unwrapped.state, dtype=np.float64).tolist()
        action = next(held) if number % 2 == 0 else controller(state)
        observation, reward, terminated, truncated, _ = environment.step(action)
        actions = [action] if isinstance(action, int) else action.tolist()
        flags = [int(terminated), int(truncated and not terminated)]
        yield [number, step, *state, *actions, *observation.tolist(), float(reward), *flags]
        step, ended = step + 1, terminated or truncated


def numbered(name, count):
    return [f"{name}{index}" for index in range(count)]


def record(name, folder):
    environment = gymnasium.make(name)
    environment.reset(seed=0)
    states = numbered("state", len(environment.unwrapped.state))
    observations = numbered("obs", environment.observation_space.shape[0])
    with open(folder / f"{name}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["episode", "step", *states, "action", *observations]
            + ["reward", "terminated", "truncated"]
        )
        for number in range(EPISODES):
            writer.writerows(episode_rows(environment, CONTROLLERS[name], number))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python record.py FOLDER")
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for task in CONTROLLERS:
        record(task, target)
    print(f"Gymnasium {gymnasium.__version__}, NumPy {np.__version__}")
