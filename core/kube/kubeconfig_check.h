// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/kubeconfig.h"

namespace core {

// What kubectl says against a kubeconfig (client-go tools/clientcmd/validation.go), before anybody connects. Files that
// entries name are opened; nothing else is touched. Each finding names the entry and, as its place, the file.

/// Everything in it: a broken entry is found even when no context uses it. Empty = nothing is wrong.
std::vector<Error> kubeconfigProblems(const Kubeconfig &config);
/// Only what the context (empty = current-context) needs.
std::vector<Error> contextProblems(const Kubeconfig &config, const std::string &context = {});

/// Why this cannot be a proxy-url; nullopt when it can: http, https or socks5, with a host.
std::optional<std::string> proxyUrlProblem(std::string_view url);

/// The merged configuration as one kubeconfig document, lists ordered by name, paths absolute.
nlohmann::json kubeconfigDocument(const Kubeconfig &config);
/// A kubeconfig document fit to be shown: tokens, passwords, private keys and what an auth provider keeps are
/// "REDACTED" (keys in base64). Certificates and names stay.
nlohmann::json redacted(nlohmann::json document);

} // namespace core
