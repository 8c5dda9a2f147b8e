#!/usr/bin/env bash
# Compares processes that share work with one process that has as many threads, in alternation, as the
# ratio of their speeds:
#
#   Benchmarks/Ranks/run.sh [ROUNDS]
#
# Needs Open MPI. With a Python that has gymnasium[mujoco], PPO_PYTHON=…, HalfCheetah is stepped, too.
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-5}
options=(-c release --traits MPI --scratch-path .build-mpi --product ppo)
swift build "${options[@]}" >&2
ppo=$(swift build "${options[@]}" --show-bin-path)/ppo
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ranks() { mpirun --oversubscribe --bind-to none -np "$@"; }

# The seconds that are written to FILE by a training, from its own clock, or by a command, from outside.
trained() {
  rm -rf "$folder/run"
  "$@" --quiet --json --no-tensorboard --output "$folder/run" 2>/dev/null |
    sed 's/.*"wall_seconds":\([0-9.]*\).*/\1/'
}
timed() {
  rm -rf "$folder/run"
  local begun
  begun=$(date +%s%N)
  "$@" --quiet --no-tensorboard --output "$folder/run" >/dev/null 2>&1
  echo "$begun $(date +%s%N)" | awk '{ print ($2 - $1) / 1e9 }'
}

# One command against another: NAME trained|timed ALONE… -- TOGETHER…
compare() {
  local name=$1 clock=$2 alone=()
  shift 2
  while [ "$1" != -- ]; do alone+=("$1"); shift; done
  shift
  for _ in $(seq "$rounds"); do
    printf '%s %s %s %s\n' "$("$clock" "${alone[@]}")" "$("$clock" "$@")" "$("$clock" "$@")" \
      "$("$clock" "${alone[@]}")"
  done | awk -v name="$name" '
    { alone = $1 < $4 ? $1 : $4; together = $2 < $3 ? $2 : $3
      ratio[NR] = alone / together; sum += alone; other += together }
    END {
      for (i = 1; i <= NR; i++) {
        for (j = i + 1; j <= NR; j++) {
          if (ratio[j] < ratio[i]) { least = ratio[j]; ratio[j] = ratio[i]; ratio[i] = least }
        }
      }
      printf "%-46s %.2f (%.2f to %.2f), %.2f s against %.2f s\n", name, \
        (ratio[int((NR + 1) / 2)] + ratio[int(NR / 2) + 1]) / 2, ratio[1], ratio[NR], \
        other / NR, sum / NR
    }'
}

if [ -n "${PPO_PYTHON:-}" ]; then
  cheetah=(train --env gym:HalfCheetah-v5 --python "$PPO_PYTHON" --num-envs 8 --num-steps 1024
    --update-epochs 1 --minibatch-size 2048 --total-timesteps 16384)
  compare "HalfCheetah: 2 ranks x 1, 1 rank x 2 threads" trained \
    "$ppo" "${cheetah[@]}" --threads 2 -- ranks 2 "$ppo" "${cheetah[@]}" --threads 1
fi
update=(train --env cartpole --num-envs 64 --num-steps 256 --minibatch-size 8192 --hidden-sizes 256,256
  --total-timesteps 65536 --threads 1)
compare "split update: 2 ranks, 1 rank, 1 thread each" trained \
  "$ppo" "${update[@]}" -- ranks 2 "$ppo" "${update[@]}" --split-update
comparison=(compare --env cartpole --balancers fixed,log --seeds 8 --total-timesteps 262144
  --no-stop-when-solved --threads 1)
compare "compare: 2 ranks, 1 rank, 1 thread each" timed \
  "$ppo" "${comparison[@]}" -- ranks 2 "$ppo" "${comparison[@]}"
