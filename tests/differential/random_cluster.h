// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace differential {

/// Random nodes and pods around everything the scheduler's filters look at. The same seed gives the same documents on
/// every machine: only the generator's raw numbers are used, not the library's distributions.
class RandomCluster {
public:
    explicit RandomCluster(std::uint64_t seed) : m_random(seed) {}

    nlohmann::json node(const std::string &name);
    /// A pod to be bound to `node` by its name, so that the scheduler counts it.
    nlohmann::json holder(const std::string &name, const std::string &node);
    /// A status for a holder: ended, running, or running while it is resized in place. Null = none.
    nlohmann::json holderStatus(const nlohmann::json &holder);
    /// A pod to ask about. The API server may refuse it; such pods are no cases.
    nlohmann::json pod();

private:
    std::uint64_t below(std::uint64_t n) { return m_random() % n; }
    bool percent(unsigned chance) { return below(100) < chance; }
    template <class T>
    T oneOf(std::initializer_list<T> values)
    {
        return *(values.begin() + below(values.size()));
    }
    std::string pick(std::initializer_list<const char *> values) { return oneOf<const char *>(values); }

    nlohmann::json requirements();
    nlohmann::json container(const std::string &name, unsigned portChance);
    nlohmann::json containers(std::uint64_t count, const char *prefix, unsigned portChance);
    nlohmann::json port();
    nlohmann::json podLevel();
    nlohmann::json expression();
    nlohmann::json term();
    nlohmann::json toleration();

    std::mt19937_64 m_random;
};

/// The pod as it may only go to one node: metadata.name is added to every term of its required node affinity.
nlohmann::json pinned(nlohmann::json pod, const std::string &node);

} // namespace differential
