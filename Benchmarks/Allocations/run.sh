#!/usr/bin/env bash
# Shows that neither a step of an environment nor a row of a minibatch allocates (Linux, glibc).
#
# Each line trains CartPole with twice as much of one thing as the first and prints how many more
# allocations that took for each of the additional ones.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift build -c release --product ppo >/dev/null
ppo=$(swift build -c release --show-bin-path)/ppo
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
clang -O2 -shared -fPIC Benchmarks/Allocations/count.c -o "$folder/count.so"

allocations() {
  rm -rf "$folder/run"
  LD_PRELOAD="$folder/count.so" "$ppo" train --env cartpole --quiet --output "$folder/run" "$@" \
    2>&1 >/dev/null | tail -n 1
}

for threads in 1 2; do
  for balancer in fixed gradnorm; do
    common=(--preset rl-zoo --eval-every 0 --threads "$threads" --balancer "$balancer"
      --total-timesteps 51200)
    base=$(allocations "${common[@]}")
    # 200 iterations of 256 steps; 20 gradient steps each.
    steps=$(allocations "${common[@]}" --num-steps 64 --minibatch-size 512 --total-timesteps 102400)
    epochs=$(allocations "${common[@]}" --update-epochs 40)
    printf '%s threads, %-8s  %s in 51200 steps; %+.4f a further step, %+.2f a further gradient\n' \
      "$threads" "$balancer" "$base" \
      "$(awk "BEGIN { print ($steps - $base) / 51200 }")" \
      "$(awk "BEGIN { print ($epochs - $base) / (200 * 20) }")"
  done
done
