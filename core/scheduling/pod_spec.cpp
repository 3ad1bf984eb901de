// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/scheduling/pod_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

namespace core {

using nlohmann::json;

namespace {

/// Thrown and caught inside this file only: the reading code stays one expression a field.
struct WrongField {
    std::string path, expected;
};

/// One value with the path that leads to it.
struct Field {
    const json *value = nullptr; ///< nullptr = absent or null
    std::string path;

    explicit operator bool() const { return value != nullptr; }

    Field at(const std::string &key) const
    {
        const auto below = path.empty() ? key : path + "." + key;
        if (value == nullptr)
            return {nullptr, below};
        if (!value->is_object())
            throw WrongField{path, "an object"};
        const auto found = value->find(key);
        return {found == value->end() || found->is_null() ? nullptr : &*found, below};
    }
    std::vector<Field> items() const
    {
        std::vector<Field> out;
        if (value == nullptr)
            return out;
        if (!value->is_array())
            throw WrongField{path, "a list"};
        for (std::size_t i = 0; i < value->size(); ++i)
            out.push_back({&(*value)[i], fmt::format("{}[{}]", path, i)});
        return out;
    }
    std::vector<std::pair<std::string, Field>> members() const
    {
        std::vector<std::pair<std::string, Field>> out;
        if (value == nullptr)
            return out;
        if (!value->is_object())
            throw WrongField{path, "an object"};
        for (const auto &[key, member] : value->items())
            out.emplace_back(key, Field{&member, path + "." + key});
        return out;
    }
    std::string text() const
    {
        if (value != nullptr && !value->is_string())
            throw WrongField{path, "a string"};
        return value == nullptr ? std::string() : value->get<std::string>();
    }
    bool flag() const
    {
        if (value != nullptr && !value->is_boolean())
            throw WrongField{path, "true or false"};
        return value != nullptr && value->get<bool>();
    }
    std::int64_t number() const
    {
        const bool fits = value == nullptr
            || (value->is_number_integer()
                && (!value->is_number_unsigned() || value->get<std::uint64_t>() <= std::uint64_t{INT64_MAX}));
        if (!fits)
            throw WrongField{path, "a whole number"};
        return value == nullptr ? 0 : value->get<std::int64_t>();
    }
};

template <class Read>
auto guarded(const json &document, const char *what, const Read &read) -> Result<decltype(read(Field{}))>
{
    try {
        return read(Field{document.is_null() ? nullptr : &document, {}});
    } catch (const WrongField &wrong) {
        return fail(ErrorKind::Parse, fmt::format("{} must be {}", wrong.path, wrong.expected), what);
    }
}

std::optional<std::int64_t> parseAs(std::int64_t *, const std::string &resource, const std::string &quantity)
{
    return parseAmount(resource, quantity);
}

std::optional<Quantity> parseAs(Quantity *, const std::string &, const std::string &quantity)
{
    const auto amount = Quantity::parse(quantity);
    return amount ? std::optional(*amount) : std::nullopt;
}

template <class Amount>
AmountsOf<Amount> amounts(const Field &list)
{
    AmountsOf<Amount> out;
    for (const auto &[name, field] : list.members()) {
        if (!field.value->is_string() && !field.value->is_number())
            throw WrongField{field.path, "a quantity"};
        const auto quantity = field.value->is_string() ? field.text() : field.value->dump();
        const auto amount = parseAs(static_cast<Amount *>(nullptr), name, quantity);
        if (!amount)
            throw WrongField{field.path, fmt::format("a quantity, not \"{}\"", quantity)};
        if (*amount < Amount{})
            throw WrongField{field.path, "0 or more"};
        out.try_emplace(name, *amount);
    }
    return out;
}

template <class Amount>
Requirements<Amount> requirements(const Field &field)
{
    return {amounts<Amount>(field.at("requests")), amounts<Amount>(field.at("limits"))};
}

template <class Amount>
std::optional<ResizeStatus<Amount>> resizeStatus(const Field &status)
{
    if (!status || !status.at("resources"))
        return std::nullopt;
    return ResizeStatus<Amount>{requirements<Amount>(status.at("resources")),
                                amounts<Amount>(status.at("allocatedResources"))};
}

/// Go keeps container and init container statuses in one map by name; of equal names the last one counts.
Field statusNamed(const std::vector<Field> &statuses, const std::string &name)
{
    const auto lastFirst = std::views::reverse(statuses);
    const auto found = std::ranges::find_if(lastFirst, [&](const Field &one) { return one.at("name").text() == name; });
    return found == lastFirst.end() ? Field{} : *found;
}

template <class Amount>
std::vector<ContainerAsk<Amount>> containers(const Field &list, const std::vector<Field> &statuses)
{
    std::vector<ContainerAsk<Amount>> out;
    for (const auto &container : list.items())
        out.push_back({requirements<Amount>(container.at("resources")),
                       container.at("restartPolicy").text() == "Always",
                       resizeStatus<Amount>(statusNamed(statuses, container.at("name").text()))});
    return out;
}

bool resizeInfeasible(const Field &status)
{
    for (const auto &condition : status.at("conditions").items())
        if (condition.at("type").text() == "PodResizePending")
            return condition.at("reason").text() == "Infeasible";
    return false;
}

template <class Amount>
PodAsk<Amount> podAsk(const Field &pod)
{
    const auto spec = pod.at("spec"), status = pod.at("status");
    auto statuses = status.at("containerStatuses").items();
    for (auto &one : status.at("initContainerStatuses").items())
        statuses.push_back(std::move(one));
    PodAsk<Amount> ask;
    ask.containers = containers<Amount>(spec.at("containers"), statuses);
    ask.initContainers = containers<Amount>(spec.at("initContainers"), statuses);
    if (const auto own = spec.at("resources"))
        ask.podLevel = requirements<Amount>(own);
    ask.status = resizeStatus<Amount>(status);
    ask.overhead = amounts<Amount>(spec.at("overhead"));
    ask.resizeInfeasible = resizeInfeasible(status);
    return ask;
}

TaintEffect effect(const Field &field)
{
    const auto known = taintEffect(field.text());
    if (!known)
        throw WrongField{field.path, "NoSchedule, PreferNoSchedule or NoExecute"};
    return *known;
}

Taint taint(const Field &field)
{
    return {field.at("key").text(), field.at("value").text(), effect(field.at("effect"))};
}

Toleration toleration(const Field &field)
{
    Toleration out{field.at("key").text(), field.at("operator").text(), field.at("value").text(), {}, {}};
    if (const auto known = effect(field.at("effect")); known != TaintEffect::Unset)
        out.effect = known;
    if (const auto seconds = field.at("tolerationSeconds"))
        out.seconds = seconds.number();
    return out;
}

std::vector<NodeSelectorRequirement> selectorRequirements(const Field &list)
{
    std::vector<NodeSelectorRequirement> out;
    for (const auto &one : list.items()) {
        NodeSelectorRequirement requirement{one.at("key").text(), one.at("operator").text(), {}};
        for (const auto &value : one.at("values").items())
            requirement.values.push_back(value.text());
        out.push_back(std::move(requirement));
    }
    return out;
}

NodeSelectorTerm term(const Field &field)
{
    return {selectorRequirements(field.at("matchExpressions")), selectorRequirements(field.at("matchFields"))};
}

std::vector<NodeSelectorTerm> terms(const Field &selector)
{
    std::vector<NodeSelectorTerm> out;
    for (const auto &one : selector.at("nodeSelectorTerms").items())
        out.push_back(term(one));
    return out;
}

std::vector<PreferredTerm> preferredTerms(const Field &list)
{
    std::vector<PreferredTerm> out;
    for (const auto &one : list.items())
        out.push_back({one.at("weight").number(), term(one.at("preference"))});
    return out;
}

void addPorts(const Field &container, bool hostNetwork, std::vector<HostPort> &out)
{
    for (const auto &port : container.at("ports").items()) {
        auto number = port.at("hostPort").number();
        if (number == 0 && hostNetwork)
            number = port.at("containerPort").number();
        if (number <= 0)
            continue;
        auto ip = port.at("hostIP").text(), protocol = port.at("protocol").text();
        out.push_back({ip.empty() ? "0.0.0.0" : std::move(ip), protocol.empty() ? "TCP" : std::move(protocol), number});
    }
}

/// Ordinary init containers have ended when the ports count.
std::vector<HostPort> hostPorts(const Field &spec, bool hostNetwork)
{
    std::vector<HostPort> out;
    for (const auto &container : spec.at("initContainers").items())
        if (container.at("restartPolicy").text() == "Always")
            addPorts(container, hostNetwork, out);
    for (const auto &container : spec.at("containers").items())
        addPorts(container, hostNetwork, out);
    return out;
}

std::vector<std::string> rulesBeyondNode(const Field &spec)
{
    std::vector<std::string> rules;
    for (const auto *kind : {"podAffinity", "podAntiAffinity"})
        if (const auto affinity = spec.at("affinity").at(kind);
            !affinity.at("requiredDuringSchedulingIgnoredDuringExecution").items().empty())
            rules.push_back(affinity.path);
    for (const auto &constraint : spec.at("topologySpreadConstraints").items())
        if (constraint.at("whenUnsatisfiable").text() != "ScheduleAnyway")
            rules.push_back(constraint.path);
    for (const auto &volume : spec.at("volumes").items())
        for (const auto *kind : {"persistentVolumeClaim", "ephemeral"})
            if (const auto source = volume.at(kind))
                rules.push_back(source.path);
    return rules;
}

/// DefaultTolerationSeconds: unless the pod says otherwise, it outlives five minutes without its node, and so tolerates
/// both NoExecute taints.
void addDefaultTolerations(std::vector<Toleration> &tolerations)
{
    for (const auto *key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
        const bool says = std::ranges::any_of(tolerations, [key](const Toleration &one) {
            return (one.key == key || one.key.empty())
                && one.effect.value_or(TaintEffect::NoExecute) == TaintEffect::NoExecute;
        });
        if (!says)
            tolerations.push_back({key, "Exists", {}, TaintEffect::NoExecute, 300});
    }
}

SchedulingPod schedulingPod(const Field &pod, PodDefaults defaults)
{
    const auto spec = pod.at("spec"), metadata = pod.at("metadata");
    const bool stored = defaults == PodDefaults::AsStored;
    SchedulingPod out;
    out.name = metadata.at("name").text();
    out.nameSpace = metadata.at("namespace").text();
    out.nodeName = spec.at("nodeName").text();
    auto ask = podAsk<std::int64_t>(pod);
    if (stored)
        applyDefaults(ask);
    out.requests = podRequests(ask);
    for (const auto &one : spec.at("tolerations").items())
        out.tolerations.push_back(toleration(one));
    if (stored)
        addDefaultTolerations(out.tolerations);
    for (const auto &[key, value] : spec.at("nodeSelector").members())
        out.affinity.nodeSelector.emplace(key, value.text());
    const auto affinity = spec.at("affinity").at("nodeAffinity");
    if (const auto required = affinity.at("requiredDuringSchedulingIgnoredDuringExecution"))
        out.affinity.terms = terms(required);
    out.preferred = preferredTerms(affinity.at("preferredDuringSchedulingIgnoredDuringExecution"));
    out.hostPorts = hostPorts(spec, stored && spec.at("hostNetwork").flag());
    for (const auto &gate : spec.at("schedulingGates").items())
        out.gates.push_back(gate.at("name").text());
    out.beyondNode = rulesBeyondNode(spec);
    return out;
}

} // namespace

Result<SchedulingPod> readSchedulingPod(const json &pod, PodDefaults defaults)
{
    auto read = guarded(pod, "pod", [defaults](const Field &field) { return schedulingPod(field, defaults); });
    if (!read)
        return read;
    auto claims = readPodClaims(pod);
    if (!claims)
        return std::unexpected(claims.error());
    read->claims = std::move(*claims);
    return read;
}

template <class Amount>
Result<PodAsk<Amount>> readPodAsk(const json &pod)
{
    return guarded(pod, "pod", podAsk<Amount>);
}
template Result<PodAsk<std::int64_t>> readPodAsk(const json &);
template Result<PodAsk<Quantity>> readPodAsk(const json &);

Result<std::vector<Taint>> readTaints(const json &node)
{
    return guarded(node, "node", [](const Field &field) {
        std::vector<Taint> taints;
        for (const auto &one : field.at("spec").at("taints").items())
            taints.push_back(taint(one));
        return taints;
    });
}
Result<Taint> readTaint(const json &document)
{
    return guarded(document, "taint", taint);
}
Result<Toleration> readToleration(const json &document)
{
    return guarded(document, "toleration", toleration);
}

Result<std::vector<NodeSelectorTerm>> readNodeSelector(const json &selector)
{
    return guarded(selector, "node selector", terms);
}
Result<std::vector<NodeSelectorRequirement>> readSelectorRequirements(const json &requirements)
{
    return guarded(requirements, "node selector", selectorRequirements);
}
Result<std::vector<PreferredTerm>> readPreferredTerms(const json &preferred)
{
    return guarded(preferred, "preferred terms", preferredTerms);
}

Result<Resources> readResources(const json &list)
{
    return guarded(list, "resources", amounts<std::int64_t>);
}

} // namespace core
