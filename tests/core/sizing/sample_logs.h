// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace sample {

/// vLLM's first engine: Llama-3.1-8B on an RTX 3090, figures of vLLM issue 10517 (activations from the rest).
inline std::string v0Log()
{
    return "INFO 11-20 10:00:00 llm_engine.py:237] Initializing an LLM engine (v0.6.4) with config: "
           "model='meta-llama/Llama-3.1-8B', speculative_config=None, dtype=torch.bfloat16, max_seq_len=20000, "
           "tensor_parallel_size=1, pipeline_parallel_size=1, quantization=None, kv_cache_dtype=auto, seed=0\n"
           "INFO 11-20 10:00:20 model_runner.py:1077] Loading model weights took 14.9888 GB\n"
           "INFO 11-20 10:00:22 worker.py:232] Memory profiling takes 1.20 seconds\n"
           "INFO 11-20 10:00:22 worker.py:232] the current vLLM instance can use total_gpu_memory (23.58GiB) x "
           "gpu_memory_utilization (0.90) = 21.22GiB\n"
           "INFO 11-20 10:00:22 worker.py:232] model weights take 14.99GiB; non_torch_memory takes 0.08GiB; PyTorch "
           "activation peak memory takes 2.34GiB; the rest of the memory reserved for KV Cache is 3.81GiB.\n"
           "INFO 11-20 10:00:22 gpu_executor.py:122] # GPU blocks: 1952, # CPU blocks: 2048\n"
           "INFO 11-20 10:00:22 gpu_executor.py:126] Maximum concurrency for 20000 tokens per request: 1.56x\n"
           "INFO 11-20 10:00:40 model_runner.py:1518] Graph capturing finished in 15 secs, took 0.45 GiB\n"
           "INFO 11-20 10:00:41 Application startup complete.\n";
}

/// vLLM's second engine with two workers and colours: Qwen3-30B-A3B FP8 over two GPUs at 0.95 (cache and tokens of
/// vLLM 0.10.2's log).
inline std::string v1Log()
{
    const std::string core = "\x1b[1;36m(EngineCore_DP0 pid=200)\x1b[0;0m INFO ";
    const std::string first = "\x1b[1;36m(Worker_TP0 pid=201)\x1b[0;0m INFO ",
                      second = "\x1b[1;36m(Worker_TP1 pid=202)\x1b[0;0m INFO ";
    return "INFO [utils.py:328] non-default args: {'model': 'Qwen/Qwen3-30B-A3B', 'max_model_len': 32768, "
           "'tensor_parallel_size': 2, 'gpu_memory_utilization': 0.95}\n"
        + core
        + "[core.py:77] Initializing a V1 LLM engine (v0.10.2) with config: model='Qwen/Qwen3-30B-A3B', "
          "dtype=torch.bfloat16, max_seq_len=32768, tensor_parallel_size=2, pipeline_parallel_size=1, "
          "quantization=fp8, kv_cache_dtype=auto, seed=0\n"
        + first + "[gpu_model_runner.py:2392] Model loading took 14.53 GiB and 20.1 seconds\n" + second
        + "[gpu_model_runner.py:2392] Model loading took 14.55 GiB and 20.4 seconds\n" + first
        + "[gpu_worker.py:298] Available KV cache memory: 25.91 GiB\n" + second
        + "[gpu_worker.py:298] Available KV cache memory: 25.93 GiB\n" + core
        + "[kv_cache_utils.py:864] GPU KV cache size: 566,016 tokens\n" + core
        + "[kv_cache_utils.py:868] Maximum concurrency for 32,768 tokens per request: 17.27x\n" + first
        + "[gpu_model_runner.py:3118] Graph capturing finished in 12 secs, took 0.62 GiB\n" + second
        + "[gpu_model_runner.py:3118] Graph capturing finished in 12 secs, took 0.62 GiB\n" + core
        + "[core.py:218] init engine (profile, create kv cache, warmup model) took 40.0 seconds\n";
}

} // namespace sample
