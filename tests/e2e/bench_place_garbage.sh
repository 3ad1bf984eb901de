#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A judge that sends garbage to `berthctl bench-place` gets an error on standard error and exit code 4, in time, and
# nothing but answers on standard output. Usage: bench_place_garbage.sh BERTHCTL
set -euo pipefail
berthctl=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work"
init='{"type":"init","mode":"online","nodes":[{"name":"n","cpu_milli":8000,"memory_mib":8192,"gpus":1,"gpu_model":"T4"}],"typical_pods":[]}'
pod='{"type":"pod","id":0,"cpu_milli":1000,"memory_mib":1,"num_gpu":1,"gpu_milli":1000,"gpu_spec":""}'
failures=0

# expect NAME EXIT STDOUT: standard input is what the judge sends.
expect() {
  local status=0
  timeout 20 "$berthctl" bench-place > "$work/out" 2> "$work/err" || status=$?
  if [ "$status" -ne "$2" ] || [ "$(cat "$work/out")" != "$3" ]; then
    echo "FAIL: $1: exit $status, output '$(head -c 200 "$work/out")', error '$(head -c 300 "$work/err")'" >&2
    failures=$((failures + 1))
  elif [ "$2" -ne 0 ] && ! grep -q '^berthctl: line ' "$work/err"; then
    echo "FAIL: $1: no error that names the line: '$(head -c 300 "$work/err")'" >&2
    failures=$((failures + 1))
  fi
}

printf '%s\n%s\n%s\n' "$init" "$pod" '{"type":"end"}' | expect "a good run" 0 $'ready\nn 0'
expect "nothing at all" 0 '' < /dev/null
printf '%s\n' "$init" | expect "a judge that leaves" 0 'ready'
printf 'GET / HTTP/1.1\r\n\r\n' | expect "another protocol" 4 ''
printf '%s\n%s' "$init" "${pod:0:40}" | expect "half a line" 4 'ready'
printf '%s\n%s\n' "$pod" "$init" | expect "a pod before init" 4 ''
printf '%s\n{"type":"pod","cpu_milli":"many"}\n' "$init" | expect "a wrong type" 4 'ready'
head -c 3000000 /dev/urandom | tr -d '\n' | expect "bytes without end" 4 ''
head -c 3000000 /dev/zero | tr '\0' '[' | expect "deep nesting" 4 ''
[ "$failures" -eq 0 ]
