#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Benchmarks as ratios against a peer in one run: bench.sh [inventory|window|verdicts]. Figures belong in docs/benchmarks.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cluster=tests/cluster/cluster.sh

# Wall seconds and peak KiB of a command, best of three: "1.23 45678".
measure() {
  local best="" run
  for run in 1 2 3; do
    local line
    line=$( { /usr/bin/time -f '%e %M' "$@" >/dev/null 2>/dev/null; } 2>&1 | tail -n 1 )
    best=$(printf '%s\n%s\n' "$best" "$line" | awk 'NF' | sort -n | head -n 1)
  done
  echo "$best"
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

bench_inventory() {
  local dir kubeconfig
  dir=$(mktemp -d)
  trap '"$cluster" down "$dir" >/dev/null 2>&1 || true; rm -rf "$dir"' EXIT
  cmake --build build --target bare_download >/dev/null
  "$cluster" up "$dir" >&2
  "$cluster" load 2000 20000 "$dir" >&2
  kubeconfig=$("$cluster" kubeconfig "$dir")
  local berth bare table json
  berth=$(measure build/bin/berthctl --kubeconfig "$kubeconfig" inventory -o json)
  bare=$(measure build/bin/bare_download "$kubeconfig")
  table=$(measure "$("$cluster" bin)/kubectl" --kubeconfig "$kubeconfig" get nodes,pods -A)
  json=$(measure "$("$cluster" bin)/kubectl" --kubeconfig "$kubeconfig" get nodes,pods -A -o json)
  printf 'what\twall s\tpeak KiB\n'
  printf 'berthctl inventory\t%s\nbare download\t%s\nkubectl table\t%s\nkubectl json\t%s\n' "$berth" "$bare" "$table" "$json"
  printf 'wall / bare\t%s\n' "$(ratio "${berth% *}" "${bare% *}")"
  printf 'wall / kubectl table\t%s\n' "$(ratio "${berth% *}" "${table% *}")"
  printf 'peak / kubectl json\t%s\n' "$(ratio "${berth#* }" "${json#* }")"
}

case "${1:-inventory}" in
  inventory) bench_inventory ;;
  *) echo "bench: no benchmark named '$1' (there is: inventory)" >&2; exit 2 ;;
esac
