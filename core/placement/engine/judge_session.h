// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/engine/online_placer.h"

#include <string_view>

namespace core::engine {

class JsonFields;

/// One run of a placement benchmark over lines of JSON: `init`, then `pod` …, then `end` (online), or `init`, `pod` …,
/// `solve` (plan). Speaks only in values: the caller reads and writes the lines.
///
///   {"type":"init","mode":"online"|"plan","nodes":[{"name","cpu_milli","memory_mib","gpus","gpu_model"}…],
///    "typical_pods":[{"cpu_milli","gpu_milli","num_gpu","gpu_spec","share"}…],"time_limit_s":60}      -> "ready"
///   {"type":"pod","id","cpu_milli","memory_mib","num_gpu","gpu_milli","gpu_spec":"A|B"}
///                                     -> "NODE i,j", "NODE" for a pod without GPUs, or "none"; plan mode: nothing
///   {"type":"solve"}                  -> one such line a pod, in order, then "bound X" (GPU milli) or "bound none"
///   {"type":"end"}                    -> nothing, over() is true
///
/// Errors (Parse): not JSON, not an object, an unknown type, a missing or wrongly typed field (the place names it), a
/// pod before init, a second init. A failed line changes nothing.
class JudgeSession {
public:
    /// The lines to print for one line read, without the last line's end; empty when nothing is to be printed.
    Result<std::string> answer(std::string_view line);
    bool over() const { return m_over; }

private:
    static constexpr double DefaultTimeLimit = 60;   ///< seconds, when init names none
    static constexpr double MostTimeLimit = 86'400;  ///< more is as good as none
    static constexpr double UsedShareOfLimit = 0.25; ///< nothing better was ever found later (docs/placement.md)
    struct Started {
        OnlinePlacer placer;
        bool plan = false;
        double timeLimit = 0;
        std::vector<Demand> pods; ///< plan mode
    };
    Result<std::string> start(JsonFields &fields);
    static Result<std::string> pod(JsonFields &fields, Started &run);
    static Result<std::string> solve(const Started &run);

    std::optional<Started> m_started;
    bool m_over = false;
};

} // namespace core::engine
