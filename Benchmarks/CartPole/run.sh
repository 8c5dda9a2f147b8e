#!/usr/bin/env bash
# Trains CartPole-v1 with the preset of RL Zoo for 100,000 steps on seeds 1 to 10, with each of four
# balancers on separate networks and on a shared trunk, and prints the mean return of 100
# deterministic episodes of every seed. Takes about two minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift build -c release --product ppo >/dev/null
ppo=$(swift build -c release --show-bin-path)/ppo
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for networks in separate-networks shared-trunk; do
  for balancer in fixed running-max log gradnorm; do
    printf '%-18s %-12s' "$networks" "$balancer"
    for seed in 1 2 3 4 5 6 7 8 9 10; do
      run="$folder/$networks-$balancer-$seed"
      "$ppo" train --env cartpole --preset rl-zoo "--$networks" --balancer "$balancer" \
        --seed "$seed" --output "$run" --quiet >/dev/null
      "$ppo" evaluate "$run" --episodes 100 --json |
        sed -n 's/.*"mean_return":\([0-9.]*\).*/\1/p' | xargs printf ' %5.1f'
    done
    printf '\n'
  done
done
