// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/node_json.h"

#include "core/inventory/device_labels.h"
#include "core/inventory/object_fields.h"
#include "core/inventory/pod_fields.h"

namespace core {

using namespace fields;

namespace {

Labels labels(const Object &metadata, std::string_view key)
{
    Labels out;
    if (const auto map = object(metadata, key))
        for (const auto &[name, value] : *map) {
            std::string_view label;
            if (value.get(label) != simdjson::SUCCESS)
                throw WrongType{fmt::format("metadata.{}.{}", key, name), "a string"};
            out.emplace_hint(out.end(), name, label);
        }
    return out;
}

/// The annotations Berth reads; nodes carry tens of kilobytes of others.
Labels knownAnnotations(const Object &metadata)
{
    Labels out;
    if (const auto map = object(metadata, "annotations"))
        for (const auto &[name, value] : *map) {
            std::string_view annotation;
            const bool wanted = name.starts_with("berth.dev/") || name.starts_with("hami.io/node-");
            if (wanted && value.get(annotation) == simdjson::SUCCESS)
                out.emplace(name, annotation);
        }
    return out;
}

TaintEffect effectOf(std::string_view text)
{
    if (text == "NoExecute")
        return TaintEffect::NoExecute;
    return text == "PreferNoSchedule" ? TaintEffect::PreferNoSchedule : TaintEffect::NoSchedule;
}

void readSpec(const Object &spec, Node &node)
{
    node.unschedulable = flag(spec, "unschedulable");
    if (const auto list = array(spec, "taints"))
        for (const auto element : *list) {
            const auto taint = asObject(element, "spec.taints");
            node.taints.push_back(
                {std::string(text(taint, "key")), std::string(text(taint, "value")), effectOf(text(taint, "effect"))});
        }
}

void readConditions(const Object &status, Node &node)
{
    const auto list = array(status, "conditions");
    if (!list)
        return;
    for (const auto element : *list) {
        const auto condition = asObject(element, "status.conditions");
        if (text(condition, "type") != "Ready")
            continue;
        const auto value = text(condition, "status");
        node.ready = value == "True" ? std::optional(true) : value == "False" ? std::optional(false) : std::nullopt;
        if (!node.ready.value_or(false))
            node.notReadyReason = text(condition, "message");
    }
}

void readStatus(const Object &status, Node &node)
{
    node.capacity = resources(status, "capacity");
    node.allocatable = resources(status, "allocatable");
    readConditions(status, node);
    if (const auto info = object(status, "nodeInfo")) {
        node.kubeletVersion = text(*info, "kubeletVersion");
        node.osImage = text(*info, "osImage");
        node.kernelVersion = text(*info, "kernelVersion");
        node.architecture = text(*info, "architecture");
    }
}

/// A watch line without its object must not reach the readers: a default simdjson object points nowhere.
Object watchedObject(const Object &line)
{
    const auto found = object(line, "object");
    if (!found)
        throw WrongType{"object", "an object"};
    return *found;
}

NodePtr readNode(const Object &json, const Catalog &catalog)
{
    auto node = std::make_shared<Node>();
    const auto metadata = object(json, "metadata");
    if (!metadata || text(*metadata, "name").empty())
        throw WrongType{"metadata.name", "a name"};
    node->name = text(*metadata, "name");
    node->uid = text(*metadata, "uid");
    node->labels = labels(*metadata, "labels");
    node->annotations = knownAnnotations(*metadata);
    if (const auto spec = object(json, "spec"))
        readSpec(*spec, *node);
    if (const auto status = object(json, "status"))
        readStatus(*status, *node);
    decodeDevices(*node, catalog);
    return node;
}

} // namespace

struct ObjectReader::Private {
    explicit Private(const Catalog &skus) : catalog(skus) {}

    const Catalog &catalog;
    simdjson::dom::parser parser;

    /// Parses and hands the root to `read`; every way of being wrong becomes one kind of error.
    template <class Read>
    auto parse(std::string_view json, const char *what, const Read &read)
        -> Result<decltype(read(std::declval<Object>()))>
    {
        try {
            // simdjson needs room behind the text; it copies. A page is a few MB, so this costs less than the parse.
            Object root;
            if (const auto status = parser.parse(json.data(), json.size(), true).get(root); status != simdjson::SUCCESS)
                return fail(ErrorKind::Parse, fmt::format("is no JSON object: {}", simdjson::error_message(status)),
                            what);
            return read(root);
        } catch (const WrongType &wrong) {
            return fail(ErrorKind::Parse, fmt::format("{} must be {}", wrong.path, wrong.expected), what);
        } catch (const simdjson::simdjson_error &error) {
            return fail(ErrorKind::Parse, error.what(), what);
        }
    }

    template <class Item>
    static auto readItems(const Object &list, const char *what, const Item &item)
    {
        std::vector<decltype(item(std::declval<Object>()))> out;
        const auto items = array(list, "items");
        if (!items)
            return out;
        out.reserve(items->size());
        for (const auto element : *items) {
            try {
                out.push_back(item(asObject(element, "items")));
            } catch (const WrongType &wrong) {
                throw WrongType{fmt::format("{} item {}: {}", what, out.size(), wrong.path), wrong.expected};
            }
        }
        return out;
    }
};

ObjectReader::ObjectReader(const Catalog &catalog) : m(std::make_unique<Private>(catalog)) {}

ObjectReader::~ObjectReader() = default;

Result<std::vector<NodePtr>> ObjectReader::nodeList(std::string_view page)
{
    return m->parse(page, "NodeList", [this](const Object &root) {
        return Private::readItems(root, "NodeList", [this](const Object &item) { return readNode(item, m->catalog); });
    });
}

Result<std::vector<PodPtr>> ObjectReader::podList(std::string_view page)
{
    return m->parse(page, "PodList", [](const Object &root) {
        return Private::readItems(root, "PodList", [](const Object &item) { return readPod(item); });
    });
}

Result<NodePtr> ObjectReader::node(std::string_view json)
{
    return m->parse(json, "Node", [this](const Object &root) { return readNode(root, m->catalog); });
}

Result<PodPtr> ObjectReader::pod(std::string_view json)
{
    return m->parse(json, "Pod", [](const Object &root) { return readPod(root); });
}

Result<NodePtr> ObjectReader::watchedNode(std::string_view line)
{
    return m->parse(line, "watch line",
                    [this](const Object &root) { return readNode(watchedObject(root), m->catalog); });
}

Result<PodPtr> ObjectReader::watchedPod(std::string_view line)
{
    return m->parse(line, "watch line", [](const Object &root) { return readPod(watchedObject(root)); });
}

Result<std::vector<NodePtr>> parseNodeList(std::string_view page, const Catalog &catalog)
{
    return ObjectReader(catalog).nodeList(page);
}
Result<NodePtr> parseNode(std::string_view json, const Catalog &catalog)
{
    return ObjectReader(catalog).node(json);
}

} // namespace core
