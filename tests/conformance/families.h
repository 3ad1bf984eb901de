// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string_view>

namespace conformance {

/// What Berth says to one case: a value is its output, an error a rejection, nullopt "Berth has no such operation"
/// (counted as failed, and named so in the failure file).
using Answer = std::optional<core::Result<nlohmann::json>>;

/// One family of peers' vectors. `answer` gets the case's `in` with `{"$bytes_b64"}` and `{"repeat"}` already expanded.
struct Family {
    /// The file's name without ".json": "quantity".
    std::string_view name;
    Answer (*answer)(const nlohmann::json &in);
};

Answer answerQuantity(const nlohmann::json &in);
Answer answerLabelSelector(const nlohmann::json &in);
Answer answerNameValidation(const nlohmann::json &in);
Answer answerNodeAffinity(const nlohmann::json &in);
Answer answerTaintToleration(const nlohmann::json &in);
Answer answerPodResources(const nlohmann::json &in);
/// Runs plugins and sets HOME and KUBECONFIG, so one at a time. Paths begin with ${ROOT} or ${HOME}, as the cases
/// write.
Answer answerKubeconfig(const nlohmann::json &in);
Answer answerGpuLabels(const nlohmann::json &in);
Answer answerNodeObjects(const nlohmann::json &in);
Answer answerSchedulerFit(const nlohmann::json &in);
Answer answerDra(const nlohmann::json &in);

} // namespace conformance
