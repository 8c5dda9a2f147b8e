#!/usr/bin/env bash
# Counts the instructions of a small training, which time on a shared machine cannot tell, and
# compares them with those that are stored here (Linux on x86-64, valgrind).
#
#     Benchmarks/Instructions/run.sh            fails if a step takes 3 % more than it did, or less
#     Benchmarks/Instructions/run.sh --store    stores what it counts
#
# Two trainings on one thread, of which one takes more steps: the difference leaves out the start.
# AVX2 is asked for, since valgrind knows no AVX-512, and few epochs, since it computes fused
# multiply-adds one by one. The count is that of one Swift version; with another it is only printed.
set -euo pipefail
cd "$(dirname "$0")/../.."
stored=Benchmarks/Instructions/stored.txt
version=$(swift --version 2>/dev/null | grep -o 'Swift version [0-9.]*')
if ! command -v valgrind >/dev/null; then
  echo "valgrind is not installed; instructions are not counted."
  exit 0
fi
swift build -c release --product ppo >/dev/null
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Some versions of valgrind stumble over the debugging information.
ppo=$folder/ppo
strip -g "$(swift build -c release --show-bin-path)/ppo" -o "$ppo"

# The instructions of a training of so many steps. No checkpoint is written on the way, for that
# depends on the time.
count() {
  local steps=$1
  shift
  PPO_KERNELS=avx2 valgrind --tool=callgrind --callgrind-out-file="$folder/out" "$ppo" train \
    --env cartpole --preset rl-zoo --update-epochs 2 --threads 1 --eval-every 0 --no-tensorboard \
    --checkpoint-seconds 100000 --quiet --output "$folder/run-$steps" --total-timesteps "$steps" \
    "$@" 2>&1 >/dev/null | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
  rm -rf "$folder/run-$steps"
}

measure() {
  local name=$1
  shift
  echo "$version, $name: $((($(count 2048 "$@") - $(count 512 "$@")) / 1536))"
}

{
  measure "fixed, separate networks" --separate-networks --balancer fixed
  measure "gradnorm, shared trunk" --shared-trunk --balancer gradnorm
} >"$folder/counted"
echo "Instructions for a step of an environment, now:"
cat "$folder/counted"
if [ "${1:-}" = --store ]; then
  cp "$folder/counted" "$stored"
  exit
fi

echo "stored:"
cat "$stored"
# Lines that begin alike, up to the number, are compared.
awk -F ': ' 'NR == FNR { was[$1] = $2; next }
  $1 in was && ($2 > was[$1] * 1.03 || $2 < was[$1] * 0.97) { print "Over 3 % off: " $1; bad = 1 }
  END { exit bad }' "$stored" "$folder/counted" || {
  echo "If that is meant, store it: Benchmarks/Instructions/run.sh --store"
  exit 1
}
