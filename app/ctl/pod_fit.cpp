// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/pod_fit.h"

#include "core/base/file.h"
#include "core/kube/yaml_json.h"

namespace app::ctl {

using nlohmann::json;

core::Result<json> loadPod(const std::filesystem::path &file)
{
    const auto text = core::readFile(file);
    if (!text)
        return std::unexpected(text.error());
    auto document = core::yamlToJson(*text, file.string());
    if (!document)
        return std::unexpected(document.error());
    try {
        if (document->value("kind", "") == "Pod")
            return *document;
        for (const auto *pointer : {"/spec/template", "/spec/jobTemplate/spec/template"})
            if (const json::json_pointer path(pointer); document->contains(path)) {
                auto pod = document->at(path);
                pod["metadata"]["name"] = document->at("metadata").at("name");
                pod["metadata"]["namespace"] = document->at("metadata").value("namespace", "default");
                return pod;
            }
    } catch (const json::exception &) {
        return core::fail(core::ErrorKind::Parse, "metadata or spec has the wrong type", file.string());
    }
    return core::fail(core::ErrorKind::Parse, "is neither a Pod nor an object with a pod template", file.string());
}

} // namespace app::ctl
