// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"

#include "core/scheduling/pod_spec.h"

namespace conformance {

using nlohmann::json;

namespace {

/// The node of a case: its name and labels. A null node matches nothing.
struct CaseNode {
    explicit CaseNode(const json &node) : isNull(node.is_null())
    {
        const auto metadata = isNull ? json::object() : node.value("metadata", json::object());
        name = metadata.value("name", "");
        labels = metadata.value("labels", core::Labels());
    }
    core::NodeIdentity identity() const { return {name, labels}; }

    bool isNull;
    std::string name;
    core::Labels labels;
};

core::Result<json> nodeSelectorMatch(const json &in)
{
    const auto terms = core::readNodeSelector(in.value("nodeSelector", json()));
    if (!terms)
        return std::unexpected(terms.error());
    if (const auto checked = core::check(*terms); !checked)
        return std::unexpected(checked.error());
    const CaseNode node(in.value("node", json()));
    return json{{"match", !node.isNull && core::matches(*terms, node.identity())}};
}

core::Result<json> preferredScore(const json &in)
{
    const auto terms = core::readPreferredTerms(in.value("terms", json()));
    if (!terms)
        return std::unexpected(terms.error());
    const CaseNode node(in.value("node", json()));
    const auto score = core::preferredScore(*terms, node.identity());
    if (!score)
        return std::unexpected(score.error());
    return json{{"score", *score}};
}

std::string selectorOperator(const std::string &op)
{
    if (op == "DoesNotExist")
        return "!";
    auto lower = op;
    for (char &c : lower)
        c = static_cast<char>(c | 0x20);
    return lower;
}

core::Result<json> requirementsAsSelector(const json &in)
{
    const auto read = core::readSelectorRequirements(in.value("matchExpressions", json()));
    if (!read)
        return std::unexpected(read.error());
    if (read->empty())
        return json{{"nothing", true}};
    const auto checked = core::checkedRequirements(*read, "root");
    if (!checked)
        return std::unexpected(checked.error());
    auto requirements = json::array();
    for (const auto &one : *checked)
        requirements.push_back({{"key", one.key}, {"op", selectorOperator(one.op)}, {"values", one.values}});
    return json{{"requirements", requirements}};
}

core::Result<json> podMatchesNode(const json &in)
{
    const auto pod = core::readSchedulingPod(in.value("pod", json()), core::PodDefaults::AsWritten);
    if (!pod)
        return std::unexpected(pod.error());
    const CaseNode node(in.value("node", json()));
    return json{{"match", !node.isNull && core::matches(pod->affinity, node.identity())}};
}

} // namespace

Answer answerNodeAffinity(const json &in)
{
    const auto op = in.value("op", "");
    if (op == "nodeSelectorMatch")
        return nodeSelectorMatch(in);
    if (op == "preferredScore")
        return preferredScore(in);
    if (op == "requirementsAsSelector")
        return requirementsAsSelector(in);
    if (op == "podMatchesNode")
        return podMatchesNode(in);
    return std::nullopt;
}

} // namespace conformance
