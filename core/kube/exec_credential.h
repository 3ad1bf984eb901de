// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/credentials.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <memory>

namespace core {

/// What a credential plugin printed (client.authentication.k8s.io ExecCredential).
struct ExecAnswer {
    Credential credential;
    std::optional<std::chrono::sys_seconds> expires; ///< nullopt = valid until refused
};

/// Text of a file or a program made safe to print: control characters other than white space become "U+001B".
std::string printable(std::string_view text);

/// The mode of a plugin whose kubeconfig says `mode`: the beta APIs default to IfAvailable, v1 to nothing, which is an
/// error (client-go tools/clientcmd/api/v1/defaults.go).
std::string effectiveInteractiveMode(std::string_view apiVersion, std::string_view mode);

/// Reads a plugin's stdout. The apiVersion must be the one that was asked for.
Result<ExecAnswer> parseExecAnswer(const std::string &stdoutText, const std::string &apiVersion);

/// The plugin of a kubeconfig's `exec` object. Runs it when there is no credential, the last one expired or was
/// refused; at most 30 s, killed with its children when it takes longer or `stop` is requested; its stderr is part of
/// the error. `clusterInfo` is the kubeconfig's cluster object, handed over when the plugin asks for it. Errors here:
/// unknown apiVersion, missing command, wrong types. `terminal` says whether the plugin may ask somebody; nullopt looks
/// at our own standard input.
Result<std::shared_ptr<CredentialSource>> makeExecCredential(const nlohmann::json &exec,
                                                             const std::filesystem::path &kubeconfig,
                                                             const nlohmann::json &clusterInfo,
                                                             std::chrono::seconds timeLimit = std::chrono::seconds(30),
                                                             std::optional<bool> terminal = std::nullopt);

} // namespace core
