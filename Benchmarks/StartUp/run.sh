#!/usr/bin/env bash
# Milliseconds from the start of the program to the first step of an environment: of the program as
# it is built by default, and of the one that carries Swift's libraries (Linux, perf, as root, since
# it sets a probe on the function that steps the pole).
#
#     Benchmarks/StartUp/run.sh [RUNS]
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=${1:-15}
if ! command -v perf >/dev/null || [ "$(id -u)" != 0 ]; then
  echo "This needs perf, and to be root: probes are set on functions of the program."
  exit 1
fi
folder=$(mktemp -d)
trap 'perf probe -q --del "probe_ppo:*" 2>/dev/null || true; rm -rf "$folder"' EXIT

# The name of a program, its path.
measure() {
  perf probe -q --del 'probe_ppo:*' 2>/dev/null || true
  perf probe -q -x "$2" --add cart_pole
  for _ in $(seq "$runs"); do
    rm -rf "$folder/run"
    perf record -q -e 'probe_ppo:cart_pole*' -e sched:sched_process_exec -o "$folder/data" \
      "$2" train --env cartpole --quiet --total-timesteps 4096 --output "$folder/run" >/dev/null
    perf script -i "$folder/data" -F time,event 2>/dev/null | awk '
      /exec/ && !began { began = $1 + 0 }
      /cart_pole/ && !stepped { stepped = $1 + 0 }
      END { printf "%.1f\n", (stepped - began) * 1000 }'
  done | sort -n | awk -v name="$1" '
    { all[NR] = $1 }
    END { printf "%s: median %s ms (%s to %s), %d runs\n", name, all[int((NR + 1) / 2)], all[1], all[NR], NR }'
}

swift build -c release --product ppo >/dev/null
swift build -c release --product ppo --static-swift-stdlib --scratch-path .build-static >/dev/null
# The names of the probes come from that of the program, which is the same for both.
measure 'ppo, libraries loaded' "$(swift build -c release --show-bin-path)/ppo"
measure 'ppo, libraries inside' "$(swift build -c release --scratch-path .build-static --show-bin-path)/ppo"
