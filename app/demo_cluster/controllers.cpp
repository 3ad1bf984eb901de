// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo_cluster/controllers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace app {

using nlohmann::json;

namespace {

using Amounts = std::map<std::string, std::int64_t>;
constexpr auto controllerName = "kube-controller-manager";
constexpr auto schedulerName = "kube-scheduler";
constexpr auto kubeletName = "kubelet";

const ServedKind &kindOf(std::string_view plural)
{
    return *std::ranges::find(servedKinds(), plural, &ServedKind::plural);
}

std::string nameOf(const json &object)
{
    return object["metadata"]["name"];
}
std::string spaceOf(const json &object)
{
    return object["metadata"].value("namespace", "default");
}

const json &at(const json &object, std::string_view pointer)
{
    static const json nothing;
    const json::json_pointer path{std::string(pointer)};
    return object.contains(path) ? object.at(path) : nothing;
}

Amounts requestsOf(const json &pod)
{
    Amounts sum{{"pods", 1000}};
    for (const auto &container : pod["spec"]["containers"]) {
        auto wanted = at(container, "/resources/limits");
        if (wanted.is_null())
            wanted = json::object();
        if (const auto &requests = at(container, "/resources/requests"); requests.is_object())
            wanted.update(requests);
        for (const auto &[resource, amount] : wanted.items())
            sum[resource] += quantityMilli(amount.is_string() ? amount.get<std::string>() : amount.dump());
    }
    return sum;
}

bool tolerated(const json &taint, const json &tolerations)
{
    if (taint.value("effect", "") == "PreferNoSchedule")
        return true;
    return std::ranges::any_of(tolerations, [&](const json &toleration) {
        const auto effect = toleration.value("effect", "");
        const auto key = toleration.value("key", "");
        const bool exists = toleration.value("operator", "Equal") == "Exists";
        return (effect.empty() || effect == taint.value("effect", ""))
            && (key.empty() ? exists : key == taint.value("key", ""))
            && (exists || toleration.value("value", "") == taint.value("value", ""));
    });
}

bool holds(const json &expression, const json &values)
{
    const auto key = expression.value("key", "");
    const auto word = expression.value("operator", "");
    const bool present = values.contains(key);
    if (word == "Exists" || word == "DoesNotExist")
        return present == (word == "Exists");
    const auto &allowed = expression.value("values", json::array());
    const bool listed = present && std::ranges::find(allowed, values[key]) != allowed.end();
    if (word == "In")
        return listed;
    if (word == "NotIn")
        return !listed;
    if ((word != "Gt" && word != "Lt") || !present || allowed.size() != 1)
        return false;
    const auto have = quantityMilli(values[key]);
    const auto limit = quantityMilli(allowed[0]);
    return word == "Gt" ? have > limit : have < limit;
}

bool termHolds(const json &term, const json &node)
{
    const json fields{{"metadata.name", nameOf(node)}};
    const auto all = [](const json &expressions, const json &values) {
        return std::ranges::all_of(expressions, [&](const json &one) { return holds(one, values); });
    };
    const auto expressions = term.value("matchExpressions", json::array());
    const auto byField = term.value("matchFields", json::array());
    return !(expressions.empty() && byField.empty())
        && all(expressions, node["metadata"].value("labels", json::object())) && all(byField, fields);
}

bool selects(const json &pod, const json &node)
{
    const auto labels = node["metadata"].value("labels", json::object());
    const auto selector = pod["spec"].value("nodeSelector", json::object());
    for (const auto &[key, value] : selector.items())
        if (labels.value(key, json()) != value)
            return false;
    const auto &terms =
        at(pod["spec"], "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms");
    return terms.is_null() || std::ranges::any_of(terms, [&](const json &term) { return termHolds(term, node); });
}

/// Why a node cannot take a pod, in kube-scheduler's words; nullopt when it can. `left` = what would remain of the
/// first GPU resource.
std::optional<std::string> refusal(const json &pod, const json &node, const Amounts &wanted, const Amounts &used,
                                   std::int64_t &left)
{
    const auto tolerations = pod["spec"].value("tolerations", json::array());
    if (node["spec"].value("unschedulable", false))
        return "node(s) were unschedulable";
    for (const auto &taint : node["spec"].value("taints", json::array()))
        if (!tolerated(taint, tolerations))
            return fmt::format("node(s) had untolerated taint {{{}: {}}}", taint.value("key", ""),
                               taint.value("value", ""));
    if (!selects(pod, node))
        return "node(s) didn't match Pod's node affinity/selector";
    left = 0;
    for (const auto &[resource, amount] : wanted) {
        const auto &offered = at(node, "/status/allocatable");
        const auto has = offered.contains(resource) ? quantityMilli(offered[resource]) : 0;
        const auto taken = used.contains(resource) ? used.at(resource) : 0;
        if (amount > has - taken)
            return resource == "pods" ? "Too many pods" : "Insufficient " + resource;
        if (resource.contains('/'))
            left += has - taken - amount;
    }
    return std::nullopt;
}

bool terminal(const json &pod)
{
    const auto phase = at(pod, "/status/phase");
    return phase == "Succeeded" || phase == "Failed";
}

bool controlledBy(const json &pod, const std::string &kind, const std::string &name)
{
    return std::ranges::any_of(pod["metadata"].value("ownerReferences", json::array()), [&](const json &owner) {
        return owner.value("kind", "") == kind && owner.value("name", "") == name;
    });
}

/// Ten letters and digits from the pod template, so a changed template is a new ReplicaSet.
std::string templateHash(const json &deployment)
{
    std::uint64_t hash = 14695981039346656037u; // FNV-1a
    for (const unsigned char byte : deployment["spec"]["template"].dump())
        hash = (hash ^ byte) * 1099511628211u;
    static constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
    std::string text;
    for (int i = 0; i < 10; ++i, hash /= letters.size())
        text += letters[hash % letters.size()];
    return text;
}

json ownerReference(const json &object)
{
    return {{"apiVersion", object["apiVersion"]}, {"kind", object["kind"]}, {"name", nameOf(object)},
            {"uid", object["metadata"]["uid"]},   {"controller", true},     {"blockOwnerDeletion", true}};
}

bool isReady(const json &pod)
{
    return at(pod, "/status/phase") == "Running";
}

/// Available and Progressing as kube-controller-manager words them.
json deploymentConditions(const std::string &replicaSet, bool complete)
{
    const json available{
        {"type", "Available"},
        {"status", complete ? "True" : "False"},
        {"reason", complete ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable"},
        {"message",
         complete ? "Deployment has minimum availability." : "Deployment does not have minimum availability."}};
    const json progressing{{"type", "Progressing"},
                           {"status", "True"},
                           {"reason", complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated"},
                           {"message",
                            fmt::format("ReplicaSet \"{}\" {}.", replicaSet,
                                        complete ? "has successfully progressed" : "is progressing")}};
    return json::array({available, progressing});
}

} // namespace

std::int64_t quantityMilli(const std::string &text)
{
    double number = 0;
    const auto *end = text.data() + text.size();
    const auto [rest, failed] = std::from_chars(text.data(), end, number);
    if (failed != std::errc())
        return 0;
    static const std::map<std::string, double, std::less<>> factors{
        {"", 1},     {"m", 1e-3},    {"k", 1e3},     {"M", 1e6},     {"G", 1e9},     {"T", 1e12},
        {"P", 1e15}, {"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30}, {"Ti", 0x1p40}, {"Pi", 0x1p50}};
    const auto factor = factors.find(std::string_view(rest, end));
    return factor == factors.end() ? 0 : static_cast<std::int64_t>(std::llround(number * factor->second * 1000));
}

std::expected<std::string, std::string> chooseNode(const json &pod, const std::vector<ObjectPtr> &nodes,
                                                   const std::vector<ObjectPtr> &pods, DeviceClaims &claims)
{
    std::map<std::string, Amounts> used;
    for (const auto &other : pods)
        if (const auto node = (*other)["spec"].value("nodeName", ""); !node.empty() && !terminal(*other))
            for (const auto &[resource, amount] : requestsOf(*other))
                used[node][resource] += amount;
    const auto wanted = requestsOf(pod);
    std::map<std::string, int> reasons;
    const json *best = nullptr;
    std::int64_t bestLeft = 0;
    for (const auto &node : nodes) {
        std::int64_t left = 0;
        if (const auto why = refusal(pod, *node, wanted, used[nameOf(*node)], left)) {
            ++reasons[*why];
        } else if (!claims.fits(pod, *node)) {
            ++reasons["cannot allocate all claims"];
        } else if (best == nullptr || left < bestLeft) {
            best = node.get();
            bestLeft = left;
        }
    }
    if (best != nullptr)
        return nameOf(*best);
    std::string list;
    for (const auto &[why, count] : reasons)
        list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count, why);
    return std::unexpected(fmt::format("0/{} nodes are available: {}.", nodes.size(), list));
}

Controllers::Controllers(ObjectStore &store, std::vector<ScenarioChange> changes)
    : m_store(store)
    , m_changes(std::move(changes))
{
}

void Controllers::run(std::stop_token stop)
{
    using namespace std::chrono_literals;
    const std::stop_callback wake(stop, [this] { m_store.wakeAll(); });
    while (!stop.stop_requested()) {
        const auto seen = m_store.version();
        if (!step() && !stop.stop_requested())
            m_store.waitForChange(seen, 200ms);
    }
}

bool Controllers::step()
{
    bool changed = playChanges();
    changed |= collectOrphans();
    for (const auto &deployment : m_store.all("deployments"))
        changed |= reconcileDeployment(*deployment);
    changed |= startPods();
    changed |= DeviceClaims(m_store).reconcile();
    changed |= schedulePods();
    return changed;
}

void Controllers::putReplicaSet(const json &deployment, const std::string &name)
{
    if (m_store.find("replicasets", spaceOf(deployment), name))
        return;
    const auto &spec = deployment["spec"];
    json set{
        {"metadata",
         {{"name", name},
          {"namespace", spaceOf(deployment)},
          {"labels", at(spec, "/template/metadata/labels")},
          {"ownerReferences", {ownerReference(deployment)}}}},
        {"spec",
         {{"replicas", spec.value("replicas", 1)}, {"selector", spec["selector"]}, {"template", spec["template"]}}}};
    m_store.put(kindOf("replicasets"), set, controllerName);
}

bool Controllers::createPods(const json &deployment, const std::string &replicaSet, std::size_t present)
{
    const auto wanted = static_cast<std::size_t>(std::max(0, deployment["spec"].value("replicas", 1)));
    const auto owner = m_store.find("replicasets", spaceOf(deployment), replicaSet);
    for (auto i = present; i < wanted; ++i) {
        json pod{{"metadata", deployment["spec"]["template"].value("metadata", json::object())},
                 {"spec", deployment["spec"]["template"]["spec"]},
                 {"status", {{"phase", "Pending"}}}};
        pod["metadata"]["name"] = fmt::format("{}-{:05x}", replicaSet, m_nextPod++);
        pod["metadata"]["namespace"] = spaceOf(deployment);
        pod["metadata"]["ownerReferences"] = {ownerReference(*owner)};
        m_store.put(kindOf("pods"), pod, controllerName);
    }
    return wanted > present;
}

bool Controllers::ofDeployment(const json &pod, const std::string &deployment) const
{
    const auto owner = at(pod, "/metadata/ownerReferences/0/name");
    const auto set = owner.is_string() ? m_store.find("replicasets", spaceOf(pod), owner) : nullptr;
    return set && controlledBy(*set, "Deployment", deployment);
}

bool Controllers::reconcileDeployment(const json &deployment)
{
    const auto name = nameOf(deployment);
    const auto replicaSet = name + "-" + templateHash(deployment);
    const auto wanted = static_cast<std::size_t>(std::max(0, deployment["spec"].value("replicas", 1)));
    putReplicaSet(deployment, replicaSet);
    bool changed = false;
    std::size_t current = 0;
    int ready = 0;
    for (const auto &pod : m_store.all("pods")) {
        if (spaceOf(*pod) != spaceOf(deployment) || !nameOf(*pod).starts_with(name + "-"))
            continue;
        const bool mine = controlledBy(*pod, "ReplicaSet", replicaSet);
        if (!mine && !ofDeployment(*pod, name))
            continue;
        // Old templates go at once: like the strategy Recreate, which never asks for more GPUs than the plan does.
        if (!mine || ++current > wanted) {
            changed |= m_store.remove("pods", spaceOf(*pod), nameOf(*pod)) != nullptr;
            continue;
        }
        ready += isReady(*pod) ? 1 : 0;
    }
    current = std::min(current, wanted);
    changed |= createPods(deployment, replicaSet, current);
    const bool complete = ready == static_cast<int>(wanted);
    changed |= m_store.update(kindOf("deployments"), spaceOf(deployment), name, controllerName, [&](json &object) {
        object["status"] = {{"observedGeneration", object["metadata"].value("generation", 1)},
                            {"replicas", wanted},
                            {"updatedReplicas", wanted},
                            {"readyReplicas", ready},
                            {"availableReplicas", ready},
                            {"unavailableReplicas", static_cast<int>(wanted) - ready},
                            {"conditions", deploymentConditions(replicaSet, complete)}};
    });
    return changed;
}

bool Controllers::collectOrphans()
{
    bool changed = false;
    for (const auto &set : m_store.all("replicasets")) {
        const auto owner = at(*set, "/metadata/ownerReferences/0/name");
        if (!owner.is_string() || m_store.find("deployments", spaceOf(*set), owner))
            continue;
        for (const auto &pod : m_store.all("pods"))
            if (spaceOf(*pod) == spaceOf(*set) && controlledBy(*pod, "ReplicaSet", nameOf(*set)))
                m_store.remove("pods", spaceOf(*pod), nameOf(*pod));
        m_store.remove("replicasets", spaceOf(*set), nameOf(*set));
        changed = true;
    }
    return changed;
}

bool Controllers::schedulePods()
{
    bool changed = false;
    for (const auto &pod : m_store.all("pods")) {
        if (pod->at("spec").contains("nodeName") || terminal(*pod))
            continue;
        DeviceClaims claims(m_store);
        const auto node = chooseNode(*pod, m_store.all("nodes"), m_store.all("pods"), claims);
        if (node)
            claims.bind(*pod, *m_store.find("nodes", {}, *node));
        changed |= m_store.update(kindOf("pods"), spaceOf(*pod), nameOf(*pod), schedulerName, [&](json &object) {
            json condition{{"type", "PodScheduled"}, {"status", node ? "True" : "False"}};
            if (node) {
                object["spec"]["nodeName"] = *node;
            } else {
                condition["reason"] = "Unschedulable";
                condition["message"] = node.error();
            }
            object["status"]["conditions"] = json::array({condition});
        });
    }
    return changed;
}

bool Controllers::startPods()
{
    bool changed = false;
    for (const auto &pod : m_store.all("pods")) {
        if (!pod->at("spec").contains("nodeName") || at(*pod, "/status/phase") != "Pending")
            continue;
        changed |= m_store.update(kindOf("pods"), spaceOf(*pod), nameOf(*pod), kubeletName, [](json &object) {
            object["status"]["phase"] = "Running";
            object["status"]["conditions"] = {{{"type", "PodScheduled"}, {"status", "True"}},
                                              {{"type", "Ready"}, {"status", "True"}}};
        });
    }
    return changed;
}

bool Controllers::playChanges()
{
    bool changed = false;
    const auto elapsed = std::chrono::steady_clock::now() - m_started;
    for (; m_played < m_changes.size() && m_changes[m_played].after <= elapsed; ++m_played)
        changed |= play(m_changes[m_played]);
    return changed;
}

bool Controllers::play(const ScenarioChange &change)
{
    using What = ScenarioChange::What;
    if (change.what == What::FinishPod)
        return m_store.update(kindOf("pods"), change.nameSpace, change.name, kubeletName,
                              [](json &pod) { pod["status"]["phase"] = "Succeeded"; });
    return m_store.update(kindOf("nodes"), {}, change.name, "kubectl-cordon", [&](json &node) {
        auto &taints = node["spec"]["taints"];
        if (change.what == What::Withdraw) {
            const auto now = quantityMilli(node["status"]["allocatable"].value(change.resource, "0")) / 1000;
            node["status"]["allocatable"][change.resource] = std::to_string(std::max<std::int64_t>(0, now - 1));
            return;
        }
        std::erase_if(taints.get_ref<json::array_t &>(),
                      [](const json &taint) { return taint["key"] == "node.kubernetes.io/unschedulable"; });
        node["spec"].erase("unschedulable");
        node["metadata"]["annotations"].erase("berth.dev/cordon-reason");
        if (change.what == What::Cordon) {
            node["spec"]["unschedulable"] = true;
            taints.push_back({{"key", "node.kubernetes.io/unschedulable"}, {"effect", "NoSchedule"}});
            node["metadata"]["annotations"]["berth.dev/cordon-reason"] = change.reason;
        }
    });
}

} // namespace app
