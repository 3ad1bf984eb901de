#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What berthctl says of whole plans on the demo cluster: optimise, compare, shapes, partition; good input and bad.
# Usage: berthctl_whole_plans.sh BERTHCTL DEMO_PLAN.
set -uo pipefail
berthctl=$1 plan=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_DATA_HOME=$work/data XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
fail() { echo "FAIL: $*" >&2; exit 1; }
# expect CODE WHAT ARGUMENTS...: the command's exit code, its output kept in $work/out and $work/err.
expect() {
  local code=$1 what=$2 got=0
  shift 2
  "$berthctl" --demo "$@" > "$work/out" 2> "$work/err" || got=$?
  [ "$got" = "$code" ] || { cat "$work/err" >&2; fail "$what: exit $got, not $code"; }
}
says() { grep -qF -- "$1" "$work/out" "$work/err" || { cat "$work/out" "$work/err" >&2; fail "nothing says: $1"; }; }

expect 0 "the fewest GPUs hold the whole plan" optimise "$plan" --fewest-gpus --seconds 2 --out "$work/fewest.yaml" -o json
says '"missingReplicas": 0'
says '"gap": 0.0'
expect 1 "least cost leaves out what has no price" optimise "$plan" --seconds 1
says 'without a price, and left out: amd-mi210'
expect 2 "a demand that is no number" optimise "$plan" --demand qwen3-32b=fast
says 'NAME=TOKENS_PER_SECOND'
expect 2 "a demand of nobody" optimise "$plan" --demand nobody=5 --fewest-gpus
says 'the plan has no requirement "nobody"'
expect 4 "a plan that is not there" optimise "$work/none.yaml"

expect 0 "the optimised plan fits" plan "$work/fewest.yaml"
expect 0 "two plans side by side" compare "$plan" "$work/fewest.yaml" -o json
says '"replicasPlaced": 9'
expect 4 "a plan that is no plan" compare "$plan" "$0"

expect 0 "free shapes" shapes -o json
says '"stranded"'
expect 2 "a hole of no size" shapes --size 0
expect 0 "a legal partition" partition a100-01 3g.40gb:2 --plan "$plan" -o json
says '"evictions"'
expect 1 "an illegal partition names the rule" partition a100-01 4g.40gb:2
expect 2 "a node that is not there" partition nowhere whole

# A set that asks for more than there is: what it lacks is said, and nothing else is held up by it.
cat > "$work/set.yaml" <<'YAML'
schema: berth.dev/plan/v2
name: crowded
requirements:
  - {name: qwen3-32b, model: Qwen/Qwen3-32B, weights: bf16, tensorParallel: 2, replicas: 90, namespace: serving}
  - {name: gemma-3-27b, model: google/gemma-3-27b-it, weights: bf16, namespace: serving}
sets:
  - requirement: qwen3-32b
    replicas: 90
    alternatives:
      - {sku: nvidia-h100-sxm-80, tensorParallel: 2}
YAML
expect 0 "another model is placed beside it" place gemma-3-27b-it --plan "$work/set.yaml"
says 'best: '
expect 0 "a node can be thought away" what-if drain b200-01 --plan "$work/set.yaml"
expect 0 "what it takes is not free" shapes --plan "$work/set.yaml" -o json
python3 - "$work/out" <<'PY' || fail "the set takes H100s that shapes calls free"
import json, sys
line = next(l for l in json.load(open(sys.argv[1]))["lines"]
            if l["sku"] == "nvidia-h100-sxm-80" and l["resource"] == "nvidia.com/gpu" and l["kind"] == "card")
sys.exit(line["free"] > 1)
PY
expect 1 "what it lacks is a finding" compare "$work/set.yaml" "$plan"
says 'replicas of the placement set have no place'
