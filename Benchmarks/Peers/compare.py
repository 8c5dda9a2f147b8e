"""Runs our program and every peer that is installed in turn, and prints medians and ratios.

    PEERS_VENV=... python3 compare.py [--rounds 5] [--out FILE]
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict

A = argparse.ArgumentParser(description=__doc__)
A.add_argument("--rounds", type=int, default=5)
A.add_argument("--out", default="", help="keeps the lines of JSON in this file, adding to it")
A.add_argument("--only-print", action="store_true", help="prints what --out has, and runs nothing")
a = A.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
out = os.path.abspath(a.out) if a.out else os.path.join(tempfile.mkdtemp(), "runs.jsonl")
if not a.only_print:
    for suite in ("m1b", "m2"):
        subprocess.run([sys.executable, os.path.join(here, "run.py"), "--suite", suite, "--out", out,
                        "--rounds", str(a.rounds)], check=True)

NAMED_BY = ("peer", "vec", "lib", "hp", "preset", "compile", "serial")
groups = defaultdict(list)
for line in open(out):
    r = json.loads(line)
    name = " ".join(k if r[k] is True else str(r[k]) for k in NAMED_BY if r.get(k) not in (None, "", False))
    groups[r["mode"], r["threads"], name].append(r)


def table(mode, field, title, is_better_more):
    rows = []
    for (m, threads, name), runs in groups.items():
        values = [r[field] for r in runs if r.get(field)]
        if m == mode and values:
            load = statistics.median(r.get("other_load", 0) for r in runs)
            rows.append((threads, name, statistics.median(values), min(values), max(values), len(values), load))
    for threads in sorted({r[0] for r in rows}):
        ours = [r[2] for r in rows if r[0] == threads and r[1].startswith("swift-ppo")]
        if not ours:
            continue
        best = max(ours) if is_better_more else min(ours)
        print(f"\n{title}, {threads} thread{'s' if threads > 1 else ''}\n")
        print("| toolkit | median | lowest to highest | runs | others' load | ours is better by |")
        print("| --- | --- | --- | --- | --- | --- |")
        for _, name, median, low, high, count, load in sorted(
                (r for r in rows if r[0] == threads), key=lambda r: r[2], reverse=is_better_more):
            ratio = best / median if is_better_more else median / best
            digits = 0 if median > 1000 else 2
            print(f"| {name} | {median:,.{digits}f} | {low:,.{digits}f} to {high:,.{digits}f} | {count} | {load:.1f} | "
                  f"{ratio:.1f} |")


# Compiled programs and others alike: what comes after the first update, where a peer tells it.
for runs in groups.values():
    for r in runs:
        r["rate"] = r.get("sps_after_first_update") or r.get("sps")
table("common", "rate", "Environment steps a second, common setting", True)
table("solve", "solved_wall_s", "Seconds from the start of the process to a solved CartPole", False)
