#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Speed, cost, second opinions and learning with berthctl, without a cluster but the demo one: what is learnt shows up in
# every ledger and is gone when removed. Usage: berthctl_estimates.sh BERTHCTL.
set -uo pipefail
berthctl=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_DATA_HOME=$work/data XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
fail() { echo "FAIL: $*" >&2; exit 1; }
# expect CODE WHAT COMMAND...: the command's exit code, its output kept in $work/out and $work/err.
expect() {
  local code=$1 what=$2 got=0
  shift 2
  "$@" > "$work/out" 2> "$work/err" || got=$?
  [ "$got" = "$code" ] || { cat "$work/err" >&2; fail "$what: exit $got, not $code"; }
}
says() { grep -qF -- "$1" "$work/out" "$work/err" || { cat "$work/out" "$work/err" >&2; fail "nothing says: $1"; }; }

model=llama-3.1-8b
expect 0 "estimate" "$berthctl" estimate $model --sku nvidia-h100-sxm-80 -o json
says '"perHour": 7.516'
expect 1 "estimate of what does not fit" "$berthctl" estimate $model --sku nvidia-l4 --tp 1 --concurrency 64
expect 2 "estimate of an unknown SKU" "$berthctl" estimate $model --sku nvidia-h100
says 'did you mean'
expect 2 "estimate of an unknown format" "$berthctl" estimate $model --weights fp7
expect 2 "a prompt beyond the context" "$berthctl" estimate $model --context 100 --prompt 100
expect 2 "size for an engine nobody knows" "$berthctl" size $model --sku nvidia-l4 --engine vlm
says 'trtllm'
expect 0 "opinions" "$berthctl" opinions $model --sku nvidia-l4 -o json
says '"peer": "llm-d-planner"'

mkdir -p "$work/config/berth"
printf 'schema: berth.dev/prices/v1\ncurrency: USD\nprices:\n  - {sku: nvidia-h100-sxm-80, per_hour: 2}\n' \
  > "$work/config/berth/prices.yaml"
expect 0 "estimate at one's own price" "$berthctl" estimate $model --sku nvidia-h100-sxm-80 -o json
says '"perHour": 2.0'
printf 'schema: berth.dev/prices/v1\ncurrency: USD\nprices:\n  - {sku: nvidia-h100-sxm-80, per_hour: -2}\n' \
  > "$work/config/berth/prices.yaml"
expect 4 "a negative price" "$berthctl" estimate $model --sku nvidia-h100-sxm-80
says 'prices.yaml line 4'
rm "$work/config/berth/prices.yaml"

cat > "$work/start.log" <<'LOG'
INFO core.py:77] Initializing a V1 LLM engine (v0.10.2) with config: model='meta-llama/Llama-3.1-8B', dtype=torch.bfloat16, max_seq_len=8192, tensor_parallel_size=1, pipeline_parallel_size=1, quantization=None, kv_cache_dtype=auto, seed=0
INFO gpu_model_runner.py:2392] Model loading took 14.99 GiB and 4.1 seconds
INFO gpu_worker.py:297] Memory profiling takes 5.00 seconds. Total non KV cache memory: 19.90GiB; torch peak memory increase: 4.76GiB; non-torch forward increase memory: 0.15GiB; weights memory: 14.99GiB.
INFO gpu_worker.py:298] Available KV cache memory: 51.31 GiB
INFO kv_cache_utils.py:864] GPU KV cache size: 420,320 tokens
INFO gpu_model_runner.py:3118] Graph capturing finished in 12 secs, took 0.45 GiB
INFO core.py:218] init engine (profile, create kv cache, warmup model) took 40.0 seconds
LOG
expect 0 "nothing learnt yet" "$berthctl" calibrate --list
expect 2 "a log without its model" "$berthctl" calibrate "$work/start.log"
expect 1 "a log of another model" "$berthctl" calibrate "$work/start.log" --model qwen3-32b --sku nvidia-h100-sxm-80
says 'the log is of meta-llama/Llama-3.1-8B'
head -c 200 /dev/urandom > "$work/junk"
expect 4 "a log of junk" "$berthctl" calibrate "$work/junk" --model $model --sku nvidia-h100-sxm-80
expect 4 "no log" "$berthctl" calibrate "$work/none" --model $model --sku nvidia-h100-sxm-80
expect 0 "calibrate" "$berthctl" calibrate "$work/start.log" --model $model --sku nvidia-h100-sxm-80 -o json
id=$(python3 -c "import json; print(json.load(open('$work/out'))['calibrations'][0]['id'])")
expect 0 "list" "$berthctl" calibrate --list
says "$id"
expect 0 "estimate with it" "$berthctl" estimate $model --sku nvidia-h100-sxm-80 -o json
says 'calibrated from start.log on '
expect 0 "size with it" "$berthctl" size $model --sku nvidia-h100-sxm-80 -o json
says '"calibration": "calibrated from start.log on '
expect 0 "size for another engine" "$berthctl" size $model --sku nvidia-h100-sxm-80 --engine sglang -o json
says '"calibration": ""'
expect 0 "size for a slice of unknown card" "$berthctl" size $model --memory 80 -o json
says '"calibration": ""'
expect 0 "fit with it" "$berthctl" fit $model --demo -o json
says 'calibrated from start.log on '
expect 4 "remove what is not there" "$berthctl" calibrate --remove nothing
expect 0 "remove" "$berthctl" calibrate --remove "$id"
expect 0 "fit without it" "$berthctl" fit $model --demo -o json
grep -q 'calibrated from' "$work/out" && fail "a removed calibration is still used"
expect 1 "a target out of reach" "$berthctl" fit $model --demo --min-tokens-per-second 10000000
says 'tokens/s'
echo "estimates, opinions, calibrations and targets as documented"
