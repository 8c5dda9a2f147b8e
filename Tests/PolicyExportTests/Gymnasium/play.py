"""Plays an exported policy in Gymnasium's own environment and compares with `ppo evaluate`.

Usage: play.py POLICY.onnx ENVIRONMENT EPISODES EVALUATION.json

EVALUATION.json is what `ppo evaluate --json` printed. Ends with status 1 if the mean return is not within
its interval, or is another one where all episodes earn the same.
"""

import json
import sys

import gymnasium
import numpy
import onnxruntime

policy, name, episodes, evaluation = sys.argv[1:]
session = onnxruntime.InferenceSession(policy)
# Episodes run side by side, each until its first end.
count = int(episodes)
environments = [gymnasium.make(name) for _ in range(count)]
observations = numpy.stack(
    [environment.reset(seed=1000 + index)[0] for index, environment in enumerate(environments)]
).astype(numpy.float32)
returns = numpy.zeros(count)
running = list(range(count))
while running:
    (actions,) = session.run(["action"], {"observation": observations[running]})
    for index, action in zip(list(running), actions):
        action = int(action) if action.ndim == 0 else action
        observation, reward, terminated, truncated, _ = environments[index].step(action)
        observations[index] = observation
        returns[index] += reward
        if terminated or truncated:
            running.remove(index)

expected = json.load(open(evaluation))
mean, deviation = returns.mean(), returns.std()
lowest, highest = expected["mean_return_interval"] or [expected["mean_return"]] * 2
print(
    f"{name}: {mean:.2f} ± {deviation:.2f} in {count} episodes of Gymnasium by ONNX Runtime, "
    f"{expected['mean_return']:.2f} ± {expected['std_return']:.2f} by ppo evaluate, "
    f"interval {lowest:.2f} to {highest:.2f}"
)
if not lowest <= mean <= highest:
    sys.exit(f"{mean:.2f} is not within the interval.")
