#!/bin/sh
# Do the kernels give the same bits on x86-64 and on arm64?
#
# Builds kernel_bits.c for this machine and, where the tools are, for arm64, which QEMU runs.
# Compares what both print with bits.txt, which was recorded on x86-64 with all levels.
# Usage: run.sh [--record]
set -u

here=$(cd "$(dirname "$0")" && pwd)
kernels=$here/../../../Sources/CKernels
clang=${CLANG:-clang}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
status=0

say() { printf '%s\n' "$*"; }

# build NAME FLAGS…: the same flags as in Package.swift.
build() {
  name=$1
  shift
  "$clang" "$@" -std=gnu11 -O3 -ffp-contract=off -fno-math-errno -Wall -Wno-unused-function \
    -I"$kernels/include" "$here/kernel_bits.c" "$kernels"/*.c -o "$folder/$name" -lm \
    2>"$folder/$name.errors"
}

# compare NAME COMMAND…: runs a program and compares its lines with the recorded ones.
compare() {
  name=$1
  shift
  if ! "$@" >"$folder/$name.txt"; then
    say "$name: kernels differ from their naive twins, or between levels:"
    cat "$folder/$name.txt"
    status=1
  elif ! diff "$here/bits.txt" "$folder/$name.txt"; then
    say "$name: the bits differ from bits.txt."
    status=1
  else
    say "$name: kernels are right, and their bits are those of bits.txt."
  fi
}

if ! command -v "$clang" >/dev/null; then
  say "clang is missing; set CLANG to the one of the Swift toolchain."
  exit 1
fi
if ! build host; then
  cat "$folder/host.errors"
  exit 1
fi
if [ "${1:-}" = --record ]; then
  "$folder/host" >"$here/bits.txt" || { cat "$here/bits.txt"; exit 1; }
fi
compare "$(uname -m)" "$folder/host"
if [ "$(uname -m)" = aarch64 ] || [ "$(uname -m)" = arm64 ]; then exit $status; fi

root=/usr/aarch64-linux-gnu
qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static)
if [ ! -d $root/include ] || ! command -v aarch64-linux-gnu-ld >/dev/null; then
  say "arm64: not tried; the headers and the linker are missing" \
    "(Debian: libc6-dev-arm64-cross and gcc-aarch64-linux-gnu)."
elif ! build arm64 --target=aarch64-linux-gnu -isystem $root/include -static; then
  say "arm64: $clang cannot build the kernels:"
  cat "$folder/arm64.errors"
  status=1
elif [ -z "$qemu" ]; then
  say "arm64: it builds; not run, since QEMU is missing (Debian: qemu-user)."
else
  compare arm64 "$qemu" "$folder/arm64"
fi
exit $status
