#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Berth's verdicts for random pods against those of the real kube-scheduler, in a cluster of its own.
# Usage: scheduler_differential.sh PROGRAM [SEED [PODS]]. Exit 77 (skipped) where no cluster can be had.
set -euo pipefail
program=$1
seed=${2:-${BERTH_SEED:-1}}
pods=${3:-110}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cluster="$root/tests/cluster/cluster.sh"
"$cluster" build >&2 || exit $?

work=$(mktemp -d)
trap '"$cluster" down "$work/cluster" >&2 || true; rm -rf "$work"' EXIT
"$cluster" up "$work/cluster" >&2
"$program" "$("$cluster" kubeconfig "$work/cluster")" "$seed" "$pods"
