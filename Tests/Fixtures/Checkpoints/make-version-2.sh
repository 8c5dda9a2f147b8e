#!/usr/bin/env bash
# Made version-2.safetensors and version-2-end.safetensors: a run that was paused, and its end, by the
# program of commit e33b169, whose checkpoints told nothing of their environment but its name.
#
#     make-version-2.sh PPO
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
here=$(cd "$(dirname "$0")" && pwd)
"$1" train --env cartpole --preset rl-zoo --hidden-sizes 4 --num-envs 2 --num-steps 32 \
  --minibatch-size 32 --update-epochs 1 --total-timesteps 1024 --normalize-observations \
  --normalize-returns --value-target popart --eval-every 256 --eval-episodes 2 --pause-at 512 \
  --no-tensorboard --quiet --output "$folder/run" || test $? = 130
cp "$folder/run/checkpoint.safetensors" "$here/version-2.safetensors"
"$1" train --resume "$folder/run" --quiet
cp "$folder/run/checkpoint.safetensors" "$here/version-2-end.safetensors"
