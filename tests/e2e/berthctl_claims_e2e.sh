#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Dynamic Resource Allocation with berthctl, against a real control plane: kube-scheduler binds the pod to the node that
# the plan names and allocates devices that Berth counted as free; what Berth says does not fit stays pending.
# Usage: berthctl_claims_e2e.sh BERTHCTL. Exit 77 (skipped) without a usable Go.
set -euo pipefail
berthctl=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cluster="$here/../cluster/cluster.sh"
"$cluster" build >&2 || exit $?

work=$(mktemp -d)
trap '"$cluster" down "$work/cluster" >&2 || true; rm -rf "$work"' EXIT
"$cluster" up "$work/cluster" >&2
kubeconfig=$("$cluster" kubeconfig "$work/cluster")
kubectl() { "$("$cluster" bin)/kubectl" --kubeconfig "$kubeconfig" "$@"; }
ctl() { "$berthctl" --kubeconfig "$kubeconfig" "$@"; }
fail() { echo "FAIL: $*" >&2; exit 1; }
# await WHAT EXPECTED COMMAND...: until the command prints what is expected, 60 s at most.
await() {
  local what=$1 expected=$2 said=
  shift 2
  for _ in $(seq 120); do
    said=$("$@") || said="(failed)"
    [ "$said" = "$expected" ] && return
    sleep 0.5
  done
  fail "$what: expected '$expected', got '$said'"
}
# devices_of SELECTOR: the devices that the claims of those pods hold, in order.
devices_of() {
  local pod claim
  for pod in $(kubectl get pods -n models -l "$1" -o name); do
    claim=$(kubectl get -n models "$pod" -o jsonpath='{.status.resourceClaimStatuses[0].resourceClaimName}')
    kubectl get resourceclaims -n models "$claim" \
      -o jsonpath='{range .status.allocation.devices.results[*]}{.pool}/{.device}{"\n"}{end}'
  done | sort | paste -sd ' '
}
pod_of() { kubectl get pods -n models -l "$1" -o jsonpath='{range .items[*]}{.spec.nodeName} {.status.phase}{end}'; }
# pool_of NODE: what the inventory counts of the node's devices.
pool_of() {
  ctl inventory -o json | python3 -c "
import json, sys
node = next(n for n in json.load(sys.stdin)['nodes'] if n['name'] == '$1')
print(' '.join('%s=%s' % (k, node['devices'][0][k]) for k in ('capacity', 'allocatable', 'requested', 'free')))"
}
# verdict_of NODE TP: "VERDICT RESOURCE" of the model there.
verdict_of() {
  # Exit 1 is the answer that it fits nowhere.
  ctl fit qwen3-32b --tp "$2" -o json > "$work/fit.json" || [ $? = 1 ] || return 2
  python3 -c "
import json
print(next('%s %s' % (c['verdict'], c['resource']) for c in json.load(open('$work/fit.json'))['candidates'] if c['node'] == '$1'))"
}
# write_plan NAME TP NODE RESOURCE
write_plan() {
  cat > "$work/$1.yaml" <<YAML
schema: berth.dev/plan/v1
name: $1
requirements:
  - {name: $1, model: Qwen/Qwen3-32B, weights: bf16, tensorParallel: $2, namespace: models}
placements:
  - {requirement: $1, level: node, resource: $4, node: $3, replicas: 1}
YAML
}

# Two nodes of four H100 each; of dra-1 one is held by somebody else's pod and one is tainted by its driver.
kubectl create namespace models >&2
# No pod is admitted before the namespace has its service account, which a controller makes a moment later.
account() { kubectl get serviceaccount default -n models -o name 2>/dev/null; }
await "the service account of the namespace" serviceaccount/default account
"$here/claims_cluster.py" | kubectl apply -f - >&2
kubectl wait --for=condition=Ready --timeout=60s node dra-1 dra-2 >&2
await "the pod of somebody else" "dra-1 Running" pod_of app=other
taken=$(devices_of app=other)
await "the inventory before" "capacity=4 allocatable=3 requested=1 free=2" pool_of dra-1
await "the inventory before" "capacity=4 allocatable=4 requested=0 free=4" pool_of dra-2

said=$(verdict_of dra-1 2)
[ "${said% *}" = fits ] || fail "two of the free devices are enough, but Berth says '$said'"
resource=${said#* }
said=$(verdict_of dra-1 4)
[ "${said% *}" = no ] || fail "four are more than are free on dra-1, but Berth says '$said'"

write_plan first 2 dra-1 "$resource"
ctl plan "$work/first.yaml" >&2 || fail "the plan has a finding"
ctl export "$work/first.yaml" --out "$work/out" >&2 || fail "export"
grep -q 'kind: ResourceClaimTemplate' "$work/out/nvidia/first.yaml" || fail "the export claims no devices"
ctl apply "$work/first.yaml" >&2 || fail "apply"
await "the pod that was placed" "dra-1 Running" pod_of berth.dev/plan=first
free=$(python3 -c "print(*sorted({'dra-1/gpu-%d' % i for i in range(4)} - {'dra-1/gpu-3'} - set('$taken'.split())))")
await "its devices are those that were free" "$free" devices_of berth.dev/plan=first
await "the inventory after" "capacity=4 allocatable=3 requested=3 free=0" pool_of dra-1
await "the inventory after, of the node beside it" "capacity=4 allocatable=4 requested=0 free=4" pool_of dra-2
ctl diff "$work/first.yaml" >&2 || fail "a plan just applied must not differ"

# What Berth says does not fit.
said=$(verdict_of dra-1 2)
[ "${said% *}" = no ] || fail "nothing is free on dra-1, but Berth says '$said'"
write_plan second 2 dra-1 "$resource"
if ctl plan "$work/second.yaml" >&2; then fail "the plan must have a finding: nothing is free on dra-1"; fi
ctl apply "$work/second.yaml" >&2 || fail "apply"
unscheduled() { kubectl get pods -n models -l berth.dev/plan=second -o jsonpath='{.items[*].status.conditions[?(@.type=="PodScheduled")].reason}'; }
await "the scheduler's answer" "Unschedulable" unscheduled
# Once more after a while: the scheduler tries again when anything changes.
sleep 5
[ "$(pod_of berth.dev/plan=second)" = " Pending" ] || fail "the second pod was bound: $(pod_of berth.dev/plan=second)"
[ -z "$(devices_of berth.dev/plan=second)" ] || fail "the second claim was allocated: $(devices_of berth.dev/plan=second)"
await "the inventory with a pending claim" "capacity=4 allocatable=3 requested=3 free=0" pool_of dra-1

# The devices come back with the first pod, and the one that waits gets them.
kubectl delete deployment -n models first >&2
await "the pod that waited" "dra-1 Running" pod_of berth.dev/plan=second
await "it has what the first gave back" "$free" devices_of berth.dev/plan=second
await "the inventory at the end" "capacity=4 allocatable=3 requested=3 free=0" pool_of dra-1
echo "qwen3-32b runs on dra-1 with $free, allocated by kube-scheduler; what did not fit waited"
