// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/differential/dice.h"

#include <nlohmann/json.hpp>

namespace differential {

/// Random nodes and pods around everything the scheduler's filters look at.
class RandomCluster : private Dice {
public:
    explicit RandomCluster(std::uint64_t seed) : Dice(seed) {}

    nlohmann::json node(const std::string &name);
    /// A pod to be bound to `node` by its name, so that the scheduler counts it.
    nlohmann::json holder(const std::string &name, const std::string &node);
    /// A status for a holder: ended, running, or running while it is resized in place. Null = none.
    nlohmann::json holderStatus(const nlohmann::json &holder);
    /// A pod to ask about. The API server may refuse it; such pods are no cases.
    nlohmann::json pod();

private:
    nlohmann::json requirements();
    nlohmann::json container(const std::string &name, unsigned portChance);
    nlohmann::json containers(std::uint64_t count, const char *prefix, unsigned portChance);
    nlohmann::json port();
    nlohmann::json podLevel();
    nlohmann::json expression();
    nlohmann::json term();
    nlohmann::json toleration();
};

/// The pod as it may only go to one node: metadata.name is added to every term of its required node affinity.
nlohmann::json pinned(nlohmann::json pod, const std::string &node);

} // namespace differential
