"""Whole trainings in an environment of Gymnasium: our program and Stable-Baselines3 in turn.

    python3 gymnasium_ppo.py --ppo PROGRAM [--env HalfCheetah-v5] [--steps 40960] [--rounds 3]

Run it with a Python that has stable-baselines3; ours uses the same one for its workers. Both have 8
environments of 256 steps, minibatches of 64 and 10 epochs (`--setting zoo` for CartPole: 8 × 32, 256, 20),
separate networks of two layers of 64, two threads, and no evaluation. SB3's vector environment is the
quicker one of DummyVecEnv and SubprocVecEnv. Steps a second are those of the training alone, without the
start of the process. Prints one line of JSON a round, and the medians with their ratio.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

A = argparse.ArgumentParser(description=__doc__)
A.add_argument("--ppo", default="ppo")
A.add_argument("--env", default="HalfCheetah-v5")
A.add_argument("--steps", type=int, default=40_960)
A.add_argument("--rounds", type=int, default=3)
A.add_argument("--setting", default="common", choices=["common", "zoo", "lander"])
A.add_argument("--sb3", default="", help="internal: measures SB3 with this vector environment")
a = A.parse_args()

SETTINGS = {
    "common": dict(n_envs=8, n_steps=256, batch=64, epochs=10),
    "zoo": dict(n_envs=8, n_steps=32, batch=256, epochs=20),
    "lander": dict(n_envs=16, n_steps=1024, batch=64, epochs=4),
}
s = SETTINGS[a.setting]


def measure_sb3():
    import time

    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv

    torch.set_num_threads(2)
    kind = SubprocVecEnv if a.sb3 == "subproc" else DummyVecEnv
    environments = make_vec_env(a.env, n_envs=s["n_envs"], seed=1, vec_env_cls=kind)
    model = PPO("MlpPolicy", environments, n_steps=s["n_steps"], batch_size=s["batch"],
                n_epochs=s["epochs"], seed=1, device="cpu")
    start = time.perf_counter()
    model.learn(a.steps)
    print(json.dumps({"rate": model.num_timesteps / (time.perf_counter() - start)}))
    environments.close()


def ours():
    with tempfile.TemporaryDirectory() as folder:
        output = subprocess.run(
            [a.ppo, "train", "--env", f"gym:{a.env}", "--python", sys.executable, "--threads", "2",
             "--num-envs", str(s["n_envs"]), "--num-steps", str(s["n_steps"]), "--minibatch-size",
             str(s["batch"]), "--update-epochs", str(s["epochs"]), "--hidden-sizes", "64,64",
             "--separate-networks", "--no-normalize-observations", "--no-normalize-returns",
             "--eval-every", "0", "--total-timesteps", str(a.steps), "--json", "--quiet",
             "--output", os.path.join(folder, "run")],
            check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])["steps_per_second"]


def peer(kind):
    output = subprocess.run(
        [sys.executable, __file__, "--env", a.env, "--steps", str(a.steps), "--setting", a.setting,
         "--sb3", kind], check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])["rate"]


def compare():
    rates = {"ours": [], "dummy": [], "subproc": []}
    for _ in range(a.rounds):
        rates["ours"].append(ours())
        for kind in ("dummy", "subproc"):
            rates[kind].append(peer(kind))
        print(json.dumps({name: round(values[-1]) for name, values in rates.items()}), flush=True)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    best = max(medians["dummy"], medians["subproc"])
    print(json.dumps({
        "environment": a.env, "setting": a.setting, **{k: round(v) for k, v in medians.items()},
        "ratio": round(medians["ours"] / best, 2)}))


# A process of SubprocVecEnv imports this file again.
if __name__ == "__main__":
    measure_sb3() if a.sb3 else compare()
