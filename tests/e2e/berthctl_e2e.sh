#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The main job with berthctl alone, against a real control plane: the pod is bound where the plan says, by the real
# scheduler. Usage: berthctl_e2e.sh BERTHCTL. Exit 77 (skipped) without a usable Go.
set -euo pipefail
berthctl=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cluster="$root/tests/cluster/cluster.sh"
"$cluster" build >&2 || exit $?

work=$(mktemp -d)
trap '"$cluster" down "$work/cluster" >&2 || true; rm -rf "$work"' EXIT
"$cluster" up "$work/cluster" >&2
"$cluster" scenario "$work/cluster" >&2
kubeconfig=$("$cluster" kubeconfig "$work/cluster")
kubectl() { "$("$cluster" bin)/kubectl" --kubeconfig "$kubeconfig" "$@"; }
fail() { echo "FAIL: $*" >&2; exit 1; }

"$berthctl" --kubeconfig "$kubeconfig" inventory -o json > "$work/inventory.json" || fail "inventory"
grep -q '"free"' "$work/inventory.json" || fail "inventory has no free counts"

# The first node on which the model fits, as Berth says.
"$berthctl" --kubeconfig "$kubeconfig" fit qwen3-32b --tp 2 -o json > "$work/fit.json" || fail "fit"
node=$(python3 -c "
import json
print(next(c['node'] for c in json.load(open('$work/fit.json'))['candidates'] if c['verdict'] == 'fits'))")
resource=$(python3 -c "
import json
print(next(c['resource'] for c in json.load(open('$work/fit.json'))['candidates'] if c['verdict'] == 'fits'))")

cat > "$work/plan.yaml" <<YAML
schema: berth.dev/plan/v1
name: e2e
requirements:
  - name: qwen3-32b
    model: Qwen/Qwen3-32B
    weights: bf16
    tensorParallel: 2
    namespace: models
placements:
  - requirement: qwen3-32b
    level: node
    resource: $resource
    node: $node
    replicas: 1
YAML
"$berthctl" --kubeconfig "$kubeconfig" export "$work/plan.yaml" --out "$work/out" || fail "export"
[ -f "$work/out/plan.yaml" ] || fail "export wrote no plan.yaml"
"$berthctl" --kubeconfig "$kubeconfig" apply "$work/plan.yaml" --dry-run=server || fail "dry run"
[ -z "$(kubectl get deployments -n models -l app.kubernetes.io/managed-by=berth -o name)" ] || fail "a dry run changed the cluster"
"$berthctl" --kubeconfig "$kubeconfig" apply "$work/plan.yaml" || fail "apply"

for _ in $(seq 60); do
  placed=$(kubectl get pods -n models -l app.kubernetes.io/managed-by=berth \
    -o jsonpath='{range .items[*]}{.spec.nodeName} {.status.phase}{"\n"}{end}')
  [ "$placed" = "$node Running" ] && break
  sleep 1
done
[ "$placed" = "$node Running" ] || fail "expected '$node Running', got '$placed'"
"$berthctl" --kubeconfig "$kubeconfig" diff "$work/plan.yaml" || fail "a plan just applied must not differ"
echo "qwen3-32b runs on $node, bound by kube-scheduler"
