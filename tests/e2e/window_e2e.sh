#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The main job by hand: a real window under Xvfb, a real mouse, a real control plane. A model is dragged onto a node,
# exported and applied; the real scheduler binds the pod there; the window is closed and the plan opens the same.
# Usage: window_e2e.sh BERTHCTL (berth lies beside it). Exit 77 (skipped) without Go, Xvfb or xdotool.
set -euo pipefail
berth="$(dirname "$1")/berth"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cluster="$root/tests/cluster/cluster.sh"
for program in Xvfb xdotool; do
  command -v "$program" >/dev/null || { echo "LEFT OUT: the window's end-to-end test: no $program" >&2; exit 77; }
done
"$cluster" build >&2 || exit $?

work=$(mktemp -d)
pids=()
cleanup() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  "$cluster" down "$work/cluster" >&2 || true
  [ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap cleanup EXIT
fail() {
  echo "FAIL: $*" >&2
  import -window root "$work/failure.png" 2>/dev/null && cp "$work/failure.png" "${TMPDIR:-/tmp}/berth-e2e-failure.png" \
    && echo "the screen is in ${TMPDIR:-/tmp}/berth-e2e-failure.png" >&2
  cat "$work/berth.log" >&2 || true
  exit 1
}

"$cluster" up "$work/cluster" >&2
"$cluster" scenario "$work/cluster" >&2
kubeconfig=$("$cluster" kubeconfig "$work/cluster")
kubectl() { "$("$cluster" bin)/kubectl" --kubeconfig "$kubeconfig" "$@"; }

exec 3> "$work/display"
Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 2>/dev/null &
pids+=($!)
for _ in $(seq 50); do [ -s "$work/display" ] && break; sleep 0.1; done
DISPLAY=":$(tr -d '\n' < "$work/display")"
export DISPLAY XDG_CONFIG_HOME="$work/config" XDG_STATE_HOME="$work/state" XDG_DATA_HOME="$work/data" LC_ALL=C.UTF-8

open_window() {
  QT_QPA_PLATFORM=xcb "$berth" --kubeconfig "$kubeconfig" --geometry "$work/geometry" --export-to "$work/out" "$@" \
    > "$work/berth.log" 2>&1 &
  window=$!
  pids+=("$window")
}

# place NAME [TEXT]: "x y" of the middle of the first named part whose text holds TEXT; waits up to 30 s.
place() {
  local at
  for _ in $(seq 300); do
    at=$(awk -F'\t' -v name="$1" -v text="${2:-}" \
      '$1 == name && $4 > 0 && index($6, text) { printf "%d %d", $2 + $4 / 2, $3 + $5 / 2; exit }' "$work/geometry" 2>/dev/null || true)
    [ -n "$at" ] && { echo "$at"; return; }
    sleep 0.1
  done
  fail "nothing named '$1' with '${2:-}' on the screen: $(cut -f1,6 "$work/geometry" | head -80)"
}
# shellcheck disable=SC2046 # the two words are x and y
click() { xdotool mousemove $(place "$@") click 1; sleep 0.3; }
drag() { # FROM_NAME FROM_TEXT TO_NAME TO_TEXT
  local from to
  from=$(place "$1" "$2"); to=$(place "$3" "$4")
  xdotool mousemove $from mousedown 1; sleep 0.2
  xdotool mousemove_relative 12 4; sleep 0.2
  xdotool mousemove_relative 12 4; sleep 0.3
  xdotool mousemove $to; sleep 0.4
  xdotool mousemove_relative 1 1; sleep 0.4
  xdotool mouseup 1; sleep 0.5
}

plan="$work/e2e.yaml"
cat > "$plan" <<'YAML'
schema: berth.dev/plan/v1
name: e2e
requirements:
  - name: llama-8b
    model: meta-llama/Llama-3.1-8B
    namespace: models
placements: []
YAML
node=${BERTH_E2E_NODE:-h200-1}
open_window "$plan"
click pageList/ Placement
drag modelsPanel/ llama-8b placementBoard/ "node $node"
xdotool key ctrl+s
for _ in $(seq 50); do grep -q "node: $node" "$plan" && break; sleep 0.1; done
grep -q "node: $node" "$plan" || fail "the drop on $node is not in the saved plan: $(cat "$plan")"

xdotool key ctrl+e
for _ in $(seq 50); do [ -f "$work/out/plan.yaml" ] && break; sleep 0.1; done
[ -f "$work/out/plan.yaml" ] || fail "Ctrl+E exported nothing"

click pageList/ Manifests
click applyButton
click applyConfirmButton
for _ in $(seq 60); do
  placed=$(kubectl get pods -n models -l app.kubernetes.io/managed-by=berth \
    -o jsonpath='{range .items[*]}{.spec.nodeName} {.status.phase}{"\n"}{end}')
  [ "$placed" = "$node Running" ] && break
  sleep 1
done
[ "$placed" = "$node Running" ] || fail "expected '$node Running', got '$placed'"

# Closed and opened again: the same plan, and the board shows the model where it runs.
cp "$plan" "$work/before.yaml"
kill "$window"; wait "$window" 2>/dev/null || true
rm -f "$work/geometry"
open_window "$plan"
click pageList/ Placement
place placementBoard/ "llama-8b" >/dev/null
xdotool key ctrl+s; sleep 1
cmp -s "$plan" "$work/before.yaml" || fail "the plan changed by closing and opening"
echo "llama-8b dragged to $node, bound there by kube-scheduler, and found again"
