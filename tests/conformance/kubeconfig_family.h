// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace conformance {

/// Answers one case of the kubeconfig family: `in` is the case's input, the value is its output, an error is a
/// rejection. nullopt for what Berth does not do: editing kubeconfigs (minify, flatten, redact, mergedRaw), kubectl's
/// command line (overrides, namespaceFlag, inClusterOverride) and plugins that read a terminal.
/// Runs plugins and sets HOME and KUBECONFIG, so one at a time. Paths begin with ${ROOT} or ${HOME}, as the cases
/// write.
std::optional<core::Result<nlohmann::json>> answerKubeconfig(const nlohmann::json &in);

} // namespace conformance
