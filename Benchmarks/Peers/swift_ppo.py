"""Our own program, measured as the others are: the same fields, whole processes.

modes  preset: 'ppo train --env cartpole', 100,000 steps;  zoo: the same with --preset rl-zoo;
       common: 64 envs x 128 steps setting;  solve: CartPole-v1 until the last 100 training
       episodes average 475.
"""
import common
from common import report

p = common.parser(__doc__)
p.add_argument("--program", default="", help="the program ppo (default: this repository's release build)")
p.add_argument("--solve-preset", default="", help="a preset's name; the default one if empty")
a = p.parse_args()
common.limit_threads(a.threads, a.core)

import json
import os
import subprocess
import sys
import tempfile
import time

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
program = a.program or os.path.join(root, ".build", "release", "ppo")
if not os.access(program, os.X_OK):
    sys.exit(f"There is no program {program}: build it with 'swift build -c release --product ppo', or give --program.")

COMMON = ("--num-envs 64 --num-steps 128 --minibatch-size 2048 --update-epochs 4 --learning-rate 2.5e-4 "
          "--no-anneal-lr --clip-coef 0.2 --gamma 0.99 --gae-lambda 0.95 --separate-networks "
          "--hidden-sizes 64,64 --activation tanh").split()
steps = a.steps or (2_007_040 if a.mode == "common" else 0)
command = [program, "train", "--env", "cartpole", "--seed", str(a.seed), "--threads", str(a.threads),
           "--quiet", "--json"]
if a.mode == "common":
    command += COMMON + ["--eval-every", "0"]
if a.mode == "zoo":
    command += ["--preset", "rl-zoo"]
if a.mode == "solve":
    command += ["--stop-when-solved"] + (["--preset", a.solve_preset] if a.solve_preset else [])
if steps:
    command += ["--total-timesteps", str(steps)]

with tempfile.TemporaryDirectory() as folder:
    t0 = time.perf_counter()
    run = subprocess.run(command + ["--output", os.path.join(folder, "run")], stdout=subprocess.PIPE, check=True)
    whole = time.perf_counter() - t0
s = json.loads(run.stdout)
out = dict(env="CartPole-v1", env_steps=s["total_timesteps"], learn_s=round(s["wall_seconds"], 3),
           sps=round(s["steps_per_second"], 1), whole_run_wall_s=round(whole, 3), last100=s["mean_return_100"])
if a.mode == "solve":
    # The process ends as soon as it is solved, so its whole life is what a user waits.
    out.update(preset=a.solve_preset or "default", solved_steps=s["solved_at_timestep"],
               solved_wall_s=round(whole, 3) if s["solved_at_timestep"] else None)
report(a, "swift-ppo", **out)
