#!/usr/bin/env bash
# Times the encoder nature, forwards and backwards, by turns in this package and in PyTorch on the processor:
#   PPO_PYTHON=venv/bin/python Benchmarks/Convolution/run.sh [ROUNDS] [THREADS]
# The Python needs torch. Lines of one round can be compared; on a quiet machine all agree.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-3}
threads=${2:-1}
swift build -c release --product speed >/dev/null
speed=$(swift build -c release --product speed --show-bin-path)/speed
results=$(mktemp)
trap 'rm -f "$results"' EXIT
for _ in $(seq "$rounds"); do
  "$speed" images --threads "$threads" --output "$results" | grep nature
  "${PPO_PYTHON:-python3}" Convolution/torch_nature.py "$threads"
done
