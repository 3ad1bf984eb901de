#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Benchmarks as ratios against a peer in one run: bench.sh [inventory|verdicts|board|window|gpu]. Figures belong in docs/benchmarks.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
cluster=tests/cluster/cluster.sh

# Wall seconds and peak KiB of a command, best of three: "1.23 45678". A command that fails is no figure.
measure() {
  local figures run
  figures=$(mktemp)
  for run in 1 2 3; do
    /usr/bin/time -a -o "$figures" -f '%e %M' "$@" >/dev/null || { echo "failed: $*" >&2; return 1; }
  done
  sort -n "$figures" | head -n 1
  rm -f "$figures"
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }

bench_inventory() {
  local dir kubeconfig
  dir=$(mktemp -d)
  # shellcheck disable=SC2064 # the folder's name now: it is local to this function
  trap "'$cluster' down '$dir' >/dev/null 2>&1 || true; rm -rf '$dir'" EXIT
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

bench_verdicts() {
  cmake --build build --target bench_verdicts >/dev/null
  build/bin/bench_verdicts resources/catalog
}

bench_board() {
  cmake --build build --target bench_board >/dev/null
  QT_QPA_PLATFORM=offscreen build/bin/bench_board resources/catalog
}

# From exec to a mapped window on the demo cluster (warm: the second of two starts counts), then the share of a core that
# the idle window takes in 20 s.
bench_window() {
  for program in Xvfb xdotool; do
    command -v "$program" >/dev/null || { echo "LEFT OUT: bench window: no $program" >&2; return 0; }
  done
  local dir run begin end pid before after
  dir=$(mktemp -d)
  exec 3> "$dir/display"
  Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 2>/dev/null &
  local xvfb=$!
  trap 'kill '"$xvfb"' 2>/dev/null || true; rm -rf "'"$dir"'"' EXIT
  for _ in $(seq 50); do [ -s "$dir/display" ] && break; sleep 0.1; done
  export DISPLAY=":$(tr -d '\n' < "$dir/display")" XDG_CONFIG_HOME="$dir/config" XDG_STATE_HOME="$dir/state"
  for run in cold warm; do
    begin=$(date +%s%3N)
    QT_QPA_PLATFORM=xcb build/bin/berth --demo >/dev/null 2>&1 &
    pid=$!
    until xdotool search --onlyvisible --pid "$pid" >/dev/null 2>&1; do :; done
    end=$(date +%s%3N)
    printf 'first window, %s\t%s ms\n' "$run" "$((end - begin))"
    [ "$run" = warm ] || { kill "$pid"; wait "$pid" 2>/dev/null || true; }
  done
  sleep 5
  before=$(awk '{ print $14 + $15 }' "/proc/$pid/stat")
  sleep 20
  after=$(awk '{ print $14 + $15 }' "/proc/$pid/stat")
  printf 'idle on the demo cluster, its own server included\t%s %% of a core\n' \
    "$(awk -v t="$((after - before))" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f", 100 * t / hz / 20 }')"
  kill "$pid"
}

case "${1:-all}" in
  inventory | verdicts | board | window) "bench_$1" ;;
  gpu) exec tests/bench/gpu_rows.py ;;
  all)
    (bench_inventory); (bench_verdicts); (bench_board); (bench_window)
    tests/bench/gpu_rows.py || [ $? = 3 ] # 3: no GPU here, and it has said so
    ;;
  *) echo "bench: no benchmark named '$1' (there are: inventory, verdicts, board, window, gpu)" >&2; exit 2 ;;
esac
