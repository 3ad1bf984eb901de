// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/kube/kubeconfig.h"

#include <nlohmann/json.hpp>

namespace conformance {

std::string replaced(std::string text, const std::string &from, const std::string &to);

/// A folder for the files of one case, and the way between its paths and the cases' ${ROOT}.
class Root {
public:
    Root();
    ~Root();
    Root(const Root &) = delete;
    Root &operator=(const Root &) = delete;

    std::string real(const std::string &text) const;
    std::string shown(const std::string &text) const;
    nlohmann::json shown(const nlohmann::json &value) const;
    core::Error shown(core::Error error) const;
    void write(const std::string &name, const std::string &text) const;

private:
    std::string m_folder;
};

/// Writes the files of a case and loads them as it says.
core::Result<core::Kubeconfig> loadCase(const nlohmann::json &in, const Root &root);

/// A configuration with kubectl's overrides laid on top (client-go tools/clientcmd/client_config.go,
/// DirectClientConfig): Berth has no such options, the cases do.
struct Overridden {
    core::Kubeconfig config; ///< the chosen context and what it names are the merged ones
    std::string context;
    bool namespaceOverridden = false;

    const nlohmann::json &contextValue() const { return config.contexts.at(context).value; }
    const nlohmann::json &clusterValue() const { return config.clusters.at(contextValue().at("cluster")).value; }
    const nlohmann::json &userValue() const { return config.users.at(contextValue().at("user")).value; }
};
core::Result<Overridden> overridden(const nlohmann::json &in, const Root &root);

} // namespace conformance
