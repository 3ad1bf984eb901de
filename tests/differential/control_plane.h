// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/differential/random_cluster.h"
#include "tests/differential/random_devices.h"

#include "core/kube/kube_client.h"

#include <map>
#include <optional>

namespace differential {

/// Prints the error and ends the program with 2.
[[noreturn]] void die(const core::Error &error);

template <class T>
T need(core::Result<T> result)
{
    if (!result)
        die(result.error());
    return std::move(*result);
}

/// A pod to ask about, with the specs of the claims it uses.
struct Question {
    nlohmann::json pod;
    nlohmann::json claims = nlohmann::json::array();
    /// Do its copies compete for devices that several nodes reach? Then they are asked one after the other.
    bool competes() const { return claims.dump().contains(R"("deviceClassName":"fabric")"); }
};

/// By node: did the scheduler bind the copy there?
using Decisions = std::map<std::string, bool>;

/// The real control plane, with the few calls that Berth itself does not make. Every failure ends the program.
class ControlPlane {
public:
    static constexpr int nodeCount = 14;

    explicit ControlPlane(core::ClusterAccess access);

    /// Creates nodes, pods that use them up, devices, and pods that claim some of those.
    void fill(RandomCluster &random, RandomDevices &devices);
    /// Asks with one copy of the pod a node, bound to it by matchFields; nullopt when the API server refuses it.
    std::optional<Decisions> ask(const Question &question);

private:
    core::Result<nlohmann::json> call(const std::string &method, const std::string &path,
                                      const nlohmann::json &body = nullptr);
    void fillPods(RandomCluster &random);
    void fillDevices(RandomDevices &devices);
    void holdDevices(RandomDevices &devices);
    void settle();
    bool createCopy(const Question &question, const std::string &node, const std::string &name,
                    const std::string &role);
    Decisions awaitDecisions(std::size_t count, const std::string &role);
    void removeCopies();

    core::ClusterAccess m_access;
    std::unique_ptr<core::HttpClient> m_http;
};

} // namespace differential
