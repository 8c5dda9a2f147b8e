#!/usr/bin/env bash
# What it costs to measure gradients: processor time of a training on CartPole-v1 (preset of RL Zoo,
# shared trunk, one thread), relative to fixed coefficients, which need no measurement. Each round
# trains once with every balancer; the medians of the rounds' ratios are printed. Other load on the
# machine makes the times longer and the ratios a little wider. Usage: run.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-15}
ppo=${PPO:-}
if [ -z "$ppo" ]; then
  swift build -c release --product ppo >/dev/null
  ppo=$(swift build -c release --show-bin-path)/ppo
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
TIMEFORMAT=%U

# log looks at magnitudes, gradnorm at gradients at the trunk's output; mgda at the gradients of all
# parameters, which takes a backward pass for each of the three terms.
balancers=(fixed log gradnorm every-10:gradnorm mgda)
for round in $(seq "$rounds"); do
  for balancer in "${balancers[@]}"; do
    seconds=$({ time "$ppo" train --env cartpole --preset rl-zoo --shared-trunk --threads 1 \
      --balancer "$balancer" --eval-every 0 --probe-every 0 --no-tensorboard --quiet \
      --output "$folder/$round-${balancer//:/-}" >/dev/null 2>&1; } 2>&1)
    echo "$round $balancer $seconds"
    rm -rf "$folder/$round-${balancer//:/-}"
  done
done | awk -v names="${balancers[*]}" '
  { if ($2 == "fixed") base = $3; ratio[$2, $1] = $3 / base; time[$2, $1] = $3; rounds = $1 }
  function median(values, name,   n, i, j, sorted, swap) {
    for (i = 1; i <= rounds; i++) {
      sorted[i] = values[name, i]
      for (j = i; j > 1 && sorted[j] < sorted[j - 1]; j--) {
        swap = sorted[j]; sorted[j] = sorted[j - 1]; sorted[j - 1] = swap
      }
    }
    n = int((rounds + 1) / 2)
    return rounds % 2 ? sorted[n] : (sorted[n] + sorted[n + 1]) / 2
  }
  END {
    count = split(names, name, " ")
    for (i = 1; i <= count; i++)
      printf "%-18s %.3f times, %.2f s\n", name[i], median(ratio, name[i]), median(time, name[i])
  }'
