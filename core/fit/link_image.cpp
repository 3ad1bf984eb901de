// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/links.h"

#include <fmt/format.h>

#include <algorithm>

namespace core {

namespace {

/// Engines for language models that cannot run a kind at all.
bool cannotServe(std::string_view kind)
{
    return kind.starts_with("diffusion") || kind.starts_with("cnn") || kind.starts_with("detector");
}

bool serves(const ServingImage &image, const Model &model)
{
    if (image.modelKinds.empty())
        return model.isLlm || !cannotServe(model.kind);
    return std::ranges::any_of(image.modelKinds, [&](const auto &kind) {
        return model.kind.starts_with(kind) || (model.isLlm && (kind == "llm" || kind == "llms"));
    });
}

/// The catalogue reduced to images for the model; empty when there is nothing to reduce to.
ImageCatalog servingCatalog(const ImageCatalog &images, const Model *model)
{
    ImageCatalog fitting;
    for (const auto &image : images.images)
        if (!model || serves(image, *model))
            fitting.images.push_back(image);
    return fitting;
}

std::string firstOf(const std::vector<std::string> &texts, std::string_view otherwise)
{
    return texts.empty() ? std::string(otherwise) : texts.front();
}

} // namespace

Reason imageLink(const ImageCatalog &images, const Requirement &requirement, const Model *model, const DevicePool &pool,
                 std::string_view architecture)
{
    const auto fitting = servingCatalog(images, model);
    const bool engineServes =
        std::ranges::any_of(fitting.images, [&](const auto &image) { return image.engine == requirement.engine; });
    if (!engineServes && model)
        return {Link::Image, Verdict::No, "engine-cannot-serve",
                fmt::format("no image of {} serves a {} model", requirement.engine, model->kind), "another engine"};
    const auto choice = chooseImage(fitting, requirement.engine, pool, architecture);
    if (!choice.image && pool.computeTarget.empty())
        return {Link::Image, Verdict::Unknown, "image-unknown",
                firstOf(choice.reasons, "without the device's target no image can be chosen"),
                "label the node with the device's target"};
    if (!choice.image)
        return {Link::Image, Verdict::No, "no-image",
                firstOf(choice.reasons, fmt::format("no image of {} runs here", requirement.engine)),
                firstOf(choice.rejected, "")};
    if (choice.certain)
        return {Link::Image, Verdict::Fits, "image", choice.image->reference, {}};
    const bool blind = pool.computeTarget.empty() || (pool.driverVersion.empty() && !choice.image->minDriver.empty());
    return {Link::Image, blind ? Verdict::Unknown : Verdict::Tight, blind ? "driver-unknown" : "image-probable",
            fmt::format("{}: {}", choice.image->reference, fmt::join(choice.reasons, "; ")),
            blind ? "label the node with its driver version" : ""};
}

} // namespace core
