#!/usr/bin/env bash
# Times a call of an exported policy with two hidden layers of 64 (Acrobot, tanh): as a header in C with
# the compilers that are there, and by ONNX Runtime where the Python in PPO_PYTHON has it.
# Prints the least processor time of five rounds, in microseconds a call.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift build -c release --product ppo >/dev/null
ppo=$(swift build -c release --show-bin-path)/ppo
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$ppo" train --env acrobot --hidden-sizes 64,64 --total-timesteps 4096 --no-normalize-observations \
  --no-tensorboard --quiet --output "$folder/run" >/dev/null
"$ppo" export "$folder/run" --format c -o "$folder/policy.h" >/dev/null
"$ppo" export "$folder/run" --format onnx -o "$folder/policy.onnx" >/dev/null
cat >"$folder/time.c" <<'END'
#include <stdio.h>
#include <time.h>
#include "policy.h"
int main(void) {
  float observation[6] = {1, 0, 1, 0, 0, 0};
  long sum = 0;
  double least = 1e9;
  if (policy_self_test() > 0.0f) return 1;
  for (int round = 0; round < 5; round++) {
    const clock_t start = clock();
    for (int call = 0; call < 100000; call++) {
      observation[4] = (float)call * 1e-5f;
      sum += policy_act(observation);
    }
    const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (seconds < least) least = seconds;
  }
  printf("%.2f\n", least * 10);
  return sum < 0;
}
END
for compiler in clang gcc; do
  if ! command -v "$compiler" >/dev/null; then continue; fi
  for options in "-O2 -march=native" "-O2 -mfma" "-O2"; do
    # shellcheck disable=SC2086
    if "$compiler" $options "$folder/time.c" -o "$folder/time" 2>/dev/null; then
      echo "$("$folder/time")  $compiler $options"
    fi
  done
done
if [ -n "${PPO_PYTHON:-}" ] && "$PPO_PYTHON" -c 'import onnxruntime' 2>/dev/null; then
  "$PPO_PYTHON" - "$folder/policy.onnx" <<'END'
import sys, time
import numpy, onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options, ["CPUExecutionProvider"])
observation = numpy.array([[1, 0, 1, 0, 0, 0]], "float32")
name, least = session.get_inputs()[0].name, 1e9
for _ in range(5):
    start = time.process_time()
    for _ in range(5000):
        session.run(None, {name: observation})
    least = min(least, time.process_time() - start)
print(f"{least / 5000 * 1e6:.2f}  ONNX Runtime {onnxruntime.__version__}, called from Python for one row")
END
fi
