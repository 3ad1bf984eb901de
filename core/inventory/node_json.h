// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/catalog/catalog.h"
#include "core/inventory/pod.h"

#include <string_view>
#include <vector>

namespace core {

/// Reads a v1.NodeList or v1.PodList page, or one object, as the API server sends it. Unknown fields are ignored. A
/// field of the wrong type or a missing name is an error that names item and field. Reusable by one thread at a time:
/// the parser keeps its buffers, which is what makes 100,000 pods cheap.
class ObjectReader {
public:
    explicit ObjectReader(const Catalog &catalog);
    ~ObjectReader();

    Result<std::vector<NodePtr>> nodeList(std::string_view page);
    Result<std::vector<PodPtr>> podList(std::string_view page);
    Result<NodePtr> node(std::string_view json);
    Result<PodPtr> pod(std::string_view json);
    /// The object of a watch line {"type":..., "object":{...}}.
    Result<NodePtr> watchedNode(std::string_view line);
    Result<PodPtr> watchedPod(std::string_view line);

private:
    struct Private;
    std::unique_ptr<Private> m;
};

/// One-shot forms for callers that read a page now and then.
Result<std::vector<NodePtr>> parseNodeList(std::string_view page, const Catalog &catalog);
Result<NodePtr> parseNode(std::string_view json, const Catalog &catalog);

} // namespace core
