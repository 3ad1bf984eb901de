// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/yaml_writer.h"
#include "core/placement/edit_set.h"
#include "core/placement/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace core {

namespace {

/// In the order of DeviceKind.
constexpr std::array<std::string_view, 4> kindWords{"card", "mig-slice", "partition", "share"};

constexpr std::string_view schema = "berth.dev/plan/v1", schemaWithSets = "berth.dev/plan/v2";

/// Thrown inside this file only.
struct Broken {
    int line;
    std::string message;
    ErrorKind kind = ErrorKind::Parse;
};

[[noreturn]] void broken(const YAML::Node &node, std::string message)
{
    throw Broken{std::max(0, node.Mark().line) + 1, std::move(message)}; // an empty document has no place
}

/// A mapping whose keys are all known and stand once; a mistyped key must not become a silent default.
void checkKeys(const YAML::Node &node, std::string_view what, const std::set<std::string, std::less<>> &known)
{
    if (!node.IsMap())
        broken(node, fmt::format("{} must be a mapping", what));
    std::set<std::string> seen;
    for (const auto &member : node) {
        const auto key = member.first.IsScalar() ? member.first.Scalar() : std::string("?");
        if (!known.contains(key))
            broken(member.first, fmt::format("{} has no field \"{}\"", what, key));
        if (!seen.insert(key).second)
            broken(member.first, fmt::format("\"{}\" stands twice in {}", key, what));
    }
}

template <class T>
T value(const YAML::Node &node, const char *key, std::string_view type, T otherwise)
{
    if (!node[key])
        return otherwise;
    try {
        return node[key].as<T>();
    } catch (const YAML::Exception &) {
        broken(node[key], fmt::format("{} must be {}", key, type));
    }
}

std::string text(const YAML::Node &node, const char *key, std::string otherwise = {})
{
    return value<std::string>(node, key, "a string", std::move(otherwise));
}

std::string required(const YAML::Node &node, const char *key)
{
    auto found = text(node, key);
    if (found.empty())
        broken(node, fmt::format("{} is missing", key));
    return found;
}

/// A target that is asked for: a number above 0.
std::optional<double> target(const YAML::Node &node, const char *key)
{
    if (!node[key])
        return std::nullopt;
    const auto asked = value<double>(node, key, "a number", 0);
    const bool isAbove = asked > 0 && std::isfinite(asked);
    if (!isAbove)
        broken(node[key], fmt::format("{} must be a number above 0", key));
    return asked;
}

Requirement readRequirement(const YAML::Node &node)
{
    checkKeys(node, "a requirement",
              {"name", "model", "weights", "kvCache", "context", "concurrency", "tensorParallel", "replicas",
               "utilization", "engine", "namespace", "minTokensPerSecond", "maxFirstTokenSeconds",
               "maxCostPerMillionTokens"});
    Requirement out;
    out.name = required(node, "name");
    out.modelId = required(node, "model");
    out.weights = text(node, "weights", out.weights);
    out.kvCache = text(node, "kvCache", out.kvCache);
    out.context = value<std::int64_t>(node, "context", "a whole number of tokens", out.context);
    out.concurrency = value<int>(node, "concurrency", "a whole number", out.concurrency);
    out.tensorParallel = value<int>(node, "tensorParallel", "a whole number", out.tensorParallel);
    out.replicas = value<int>(node, "replicas", "a whole number", out.replicas);
    out.utilization = value<double>(node, "utilization", "a number", out.utilization);
    out.engine = text(node, "engine", out.engine);
    out.nameSpace = text(node, "namespace", out.nameSpace);
    out.minTokensPerSecond = target(node, "minTokensPerSecond");
    out.maxFirstTokenSeconds = target(node, "maxFirstTokenSeconds");
    out.maxCostPerMillionTokens = target(node, "maxCostPerMillionTokens");
    if (out.context < 1 || out.concurrency < 1 || out.tensorParallel < 1 || out.replicas < 1)
        broken(node, fmt::format("{}: context, concurrency, tensorParallel and replicas must be at least 1", out.name));
    const bool isShare = out.utilization > 0 && out.utilization <= 1; // false for NaN, too
    if (!isShare)
        broken(node, fmt::format("{}: utilization must be above 0 and at most 1", out.name));
    return out;
}

DeviceKind readKind(const YAML::Node &node)
{
    const auto kind = text(node, "kind", "card");
    const auto found = std::ranges::find(kindWords, kind);
    if (found == kindWords.end())
        broken(node["kind"], fmt::format("kind must be one of {}, not \"{}\"", fmt::join(kindWords, ", "), kind));
    return static_cast<DeviceKind>(found - kindWords.begin());
}

Placement readPlacement(const YAML::Node &node, const Plan &plan)
{
    checkKeys(node, "a placement",
              {"requirement", "level", "resource", "sku", "kind", "profile", "sharesPerCard", "node", "card",
               "replicas", "locked"});
    Placement out;
    out.requirement = required(node, "requirement");
    if (!plan.find(out.requirement))
        broken(
            node,
            fmt::format("the placement names the requirement \"{}\", which the plan does not have", out.requirement));
    const auto level = required(node, "level");
    if (level != "sku" && level != "node" && level != "card")
        broken(node["level"], fmt::format("level must be sku, node or card, not \"{}\"", level));
    out.target.level = level == "sku" ? TargetLevel::Sku : level == "node" ? TargetLevel::Node : TargetLevel::Card;
    out.target.resource = required(node, "resource");
    out.target.skuId = out.target.level == TargetLevel::Sku ? required(node, "sku") : text(node, "sku");
    out.target.node = out.target.level == TargetLevel::Sku ? text(node, "node") : required(node, "node");
    if (out.target.level == TargetLevel::Sku) {
        out.target.kind = readKind(node);
        out.target.profile = text(node, "profile");
        out.target.replicas = value<int>(node, "sharesPerCard", "a whole number", 1);
    }
    if (node["card"])
        out.target.card = value<int>(node, "card", "a whole number", 0);
    out.replicas = value<int>(node, "replicas", "a whole number", 1);
    out.locked = value<bool>(node, "locked", "true or false", false);
    if (out.replicas < 1)
        broken(node, "replicas must be at least 1");
    return out;
}

Alternative readAlternative(const YAML::Node &node)
{
    checkKeys(node, "an alternative", {"sku", "tensorParallel", "kind", "profile", "sharesPerCard", "atMost"});
    Alternative out{.skuId = required(node, "sku"), .kind = readKind(node)};
    out.tensorParallel = value<int>(node, "tensorParallel", "a whole number", 1);
    out.profile = text(node, "profile");
    out.sharesPerCard = value<int>(node, "sharesPerCard", "a whole number", 1);
    if (node["atMost"])
        out.atMost = value<int>(node, "atMost", "a whole number", 1);
    if (out.tensorParallel < 1 || out.sharesPerCard < 1 || out.atMost.value_or(1) < 1)
        broken(node, fmt::format("{}: tensorParallel, sharesPerCard and atMost must be at least 1", out.skuId));
    return out;
}

PlacementSet readSet(const YAML::Node &node, const Plan &plan)
{
    checkKeys(node, "a placement set", {"requirement", "replicas", "alternatives"});
    PlacementSet out;
    out.requirement = required(node, "requirement");
    if (!plan.find(out.requirement))
        broken(node,
               fmt::format("the placement set names the requirement \"{}\", which the plan does not have",
                           out.requirement));
    if (plan.findSet(out.requirement))
        broken(node, fmt::format("{} has two placement sets", out.requirement));
    out.replicas = value<int>(node, "replicas", "a whole number", 1);
    if (out.replicas < 1)
        broken(node["replicas"], "replicas must be at least 1");
    if (!node["alternatives"] || !node["alternatives"].IsSequence() || node["alternatives"].size() == 0)
        broken(node, fmt::format("the placement set of {} needs a list of alternatives", out.requirement));
    for (const auto &one : node["alternatives"]) {
        auto alternative = readAlternative(one);
        if (std::ranges::any_of(out.alternatives, [&](const auto &known) { return isSameWay(known, alternative); }))
            broken(one, fmt::format("the alternative {} stands twice", alternative.skuId));
        out.alternatives.push_back(std::move(alternative));
    }
    if (const auto good = checkSet(out); !good)
        broken(node, good.error().message);
    return out;
}

/// Does the document hold sets, which v1 has not?
bool readVersion(const YAML::Node &document)
{
    const auto version = text(document, "schema");
    if (version != schema && version != schemaWithSets)
        throw Broken{std::max(0, document.Mark().line) + 1,
                     fmt::format("schema is \"{}\"; this Berth reads {} and {}", version, schema, schemaWithSets),
                     ErrorKind::Unsupported};
    return version == schemaWithSets;
}

Plan readPlan(const YAML::Node &document)
{
    if (!document.IsMap())
        broken(document, "a plan must be a mapping");
    if (readVersion(document))
        checkKeys(document, "a plan", {"schema", "name", "requirements", "placements", "sets"});
    else
        checkKeys(document, "a plan", {"schema", "name", "requirements", "placements"});
    Plan plan;
    plan.name = required(document, "name");
    for (const auto *list : {"requirements", "placements", "sets"})
        if (document[list] && !document[list].IsSequence() && !document[list].IsNull())
            broken(document[list], fmt::format("{} must be a list", list));
    for (const auto &node : document["requirements"]) {
        auto requirement = readRequirement(node);
        if (plan.find(requirement.name))
            broken(node, fmt::format("the requirement \"{}\" stands twice", requirement.name));
        plan.requirements.push_back(std::move(requirement));
    }
    for (const auto &node : document["placements"])
        plan.placements.push_back(readPlacement(node, plan));
    for (const auto &node : document["sets"])
        plan.sets.push_back(readSet(node, plan));
    return plan;
}

/// The form of the devices, as far as it is not a whole card.
std::string formLines(DeviceKind kind, const std::string &profile, int sharesPerCard, std::string_view indent)
{
    std::string out;
    if (kind != DeviceKind::Card)
        out += fmt::format("{}kind: {}\n", indent, kindWords[static_cast<std::size_t>(kind)]);
    if (!profile.empty())
        out += fmt::format("{}profile: {}\n", indent, yamlScalar(profile));
    if (sharesPerCard != 1)
        out += fmt::format("{}sharesPerCard: {}\n", indent, sharesPerCard);
    return out;
}

std::string setLines(const PlacementSet &set)
{
    auto out = fmt::format("  - requirement: {}\n    replicas: {}\n    alternatives:\n", yamlScalar(set.requirement),
                           set.replicas);
    for (const auto &one : set.alternatives)
        out += fmt::format("      - sku: {}\n        tensorParallel: {}\n", yamlScalar(one.skuId), one.tensorParallel)
            + formLines(one.kind, one.profile, one.sharesPerCard, "        ")
            + (one.atMost ? fmt::format("        atMost: {}\n", *one.atMost) : std::string());
    return out;
}

std::string targetLines(const Requirement &requirement)
{
    std::string out;
    for (const auto &[key, target] : {std::pair{"minTokensPerSecond", requirement.minTokensPerSecond},
                                      {"maxFirstTokenSeconds", requirement.maxFirstTokenSeconds},
                                      {"maxCostPerMillionTokens", requirement.maxCostPerMillionTokens}})
        if (target)
            out += fmt::format("    {}: {}\n", key, *target);
    return out;
}

std::string levelWord(TargetLevel level)
{
    return level == TargetLevel::Sku ? "sku" : level == TargetLevel::Node ? "node" : "card";
}

} // namespace

Result<Plan> parsePlan(std::string_view yaml, const std::string &place)
{
    try {
        return readPlan(YAML::Load(std::string(yaml)));
    } catch (const Broken &error) {
        return fail(error.kind, error.message, fmt::format("{} line {}", place, error.line));
    } catch (const YAML::Exception &error) {
        return fail(ErrorKind::Parse, "is not YAML: " + error.msg,
                    fmt::format("{} line {}", place, error.mark.line + 1));
    }
}

std::string writePlan(const Plan &plan)
{
    std::string out =
        fmt::format("schema: {}\nname: {}\n", plan.sets.empty() ? schema : schemaWithSets, yamlScalar(plan.name));
    out += plan.requirements.empty() ? "requirements: []\n" : "requirements:\n";
    for (const auto &r : plan.requirements)
        out += fmt::format("  - name: {}\n    model: {}\n    weights: {}\n    kvCache: {}\n    context: {}\n    "
                           "concurrency: {}\n    tensorParallel: {}\n"
                           "    replicas: {}\n    utilization: {}\n    engine: {}\n    namespace: {}\n",
                           yamlScalar(r.name), yamlScalar(r.modelId), yamlScalar(r.weights), yamlScalar(r.kvCache),
                           r.context, r.concurrency, r.tensorParallel, r.replicas, r.utilization, yamlScalar(r.engine),
                           yamlScalar(r.nameSpace))
            + targetLines(r);
    out += plan.placements.empty() ? "placements: []\n" : "placements:\n";
    for (const auto &p : plan.placements) {
        out += fmt::format("  - requirement: {}\n    level: {}\n    resource: {}\n", yamlScalar(p.requirement),
                           levelWord(p.target.level), yamlScalar(p.target.resource));
        if (!p.target.skuId.empty())
            out += fmt::format("    sku: {}\n", yamlScalar(p.target.skuId));
        out += formLines(p.target.kind, p.target.profile, p.target.replicas, "    ");
        if (!p.target.node.empty())
            out += fmt::format("    node: {}\n", yamlScalar(p.target.node));
        if (p.target.card)
            out += fmt::format("    card: {}\n", *p.target.card);
        out += fmt::format("    replicas: {}\n", p.replicas);
        if (p.locked)
            out += "    locked: true\n";
    }
    if (!plan.sets.empty())
        out += "sets:\n";
    for (const auto &set : plan.sets)
        out += setLines(set);
    return out;
}

Result<Plan> loadPlan(const std::filesystem::path &file)
{
    const auto content = readFile(file);
    return content ? parsePlan(*content, file.string()) : std::unexpected(content.error());
}

Result<void> savePlan(const Plan &plan, const std::filesystem::path &file)
{
    return writeFileAtomically(file, writePlan(plan));
}

} // namespace core
