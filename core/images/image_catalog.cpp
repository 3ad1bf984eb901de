// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_catalog.h"

#include "core/base/file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace core {

namespace {

ServingImage readImage(const YAML::Node &node)
{
    const auto text = [&node](const char *key) {
        return node[key] && !node[key].IsNull() ? node[key].as<std::string>() : std::string();
    };
    const auto list = [&node](const char *key) {
        return node[key] ? node[key].as<std::vector<std::string>>() : std::vector<std::string>{};
    };
    return {text("engine"),     text("vendor"),        text("reference"),   text("runtime"), list("targets"),
            text("min_driver"), list("architectures"), list("model_kinds"), text("source")};
}

} // namespace

Result<ImageCatalog> loadImages(const std::filesystem::path &folder)
{
    const auto file = folder / "images.yaml";
    const auto content = readFile(file);
    if (!content)
        return std::unexpected(content.error());
    ImageCatalog catalog;
    try {
        const auto document = YAML::Load(*content);
        if (!document.IsMap() || !document["schema"] || document["schema"].as<std::string>() != "berth.dev/images/v1")
            return fail(ErrorKind::Parse, "schema must be berth.dev/images/v1", file.string());
        for (const auto &node : document["images"]) {
            auto image = readImage(node);
            if (image.engine.empty() || image.vendor.empty() || image.reference.empty())
                return fail(ErrorKind::Parse, "an image needs engine, vendor and reference",
                            fmt::format("{} line {}", file.string(), node.Mark().line + 1));
            catalog.images.push_back(std::move(image));
        }
    } catch (const YAML::Exception &error) {
        return fail(ErrorKind::Parse, error.msg, fmt::format("{} line {}", file.string(), error.mark.line + 1));
    }
    return catalog;
}

} // namespace core
