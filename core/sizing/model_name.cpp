// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/model_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace core {

namespace {

struct Ending {
    std::string_view text, format;
};

/// Longest first, so that "-gptq-int8" is not read as "-int8" of a model that ends in "-gptq".
constexpr Ending formatEndings[]{{"-quantized.w4a16", "int4"},
                                 {"-quantized.w8a8", "int8"},
                                 {"-gptq-int4", "int4"},
                                 {"-gptq-int8", "int8"},
                                 {"-fp8-dynamic", "fp8"},
                                 {"-fp8-block", "fp8"},
                                 {"-bnb-4bit", "nf4"},
                                 {"-awq-int4", "int4"},
                                 {"-w4a16", "int4"},
                                 {"-w8a8", "int8"},
                                 {"-nvfp4", "nvfp4"},
                                 {"-mxfp4", "mxfp4"},
                                 {"-gptq", "int4"},
                                 {"-bf16", "bf16"},
                                 {"-fp16", "fp16"},
                                 {"-int4", "int4"},
                                 {"-int8", "int8"},
                                 {"-awq", "int4"},
                                 {"-fp8", "fp8"}};

constexpr std::array<std::string_view, 9> tuningEndings{
    "-instruct-2507", "-thinking-2507", "-instruct", "-thinking", "-chat", "-base", "-it", "-hf", "-2507"};

std::string bareName(std::string_view typed)
{
    std::string name(typed.substr(typed.rfind('/') + 1));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
}

std::string cutFormat(std::string &name)
{
    for (const auto &ending : formatEndings)
        if (name.ends_with(ending.text)) {
            name.erase(name.size() - ending.text.size());
            return std::string(ending.format);
        }
    return {};
}

const Model *ofFamily(const Catalog &catalog, std::string name)
{
    if (const auto *model = catalog.findModel(name))
        return model;
    for (const auto ending : tuningEndings)
        if (name.ends_with(ending)) {
            name.erase(name.size() - ending.size());
            break;
        }
    for (const std::string_view ending : {"", "-instruct", "-it", "-base"})
        if (const auto *model = catalog.findModel(name + std::string(ending)))
            return model;
    return nullptr;
}

} // namespace

NamedModel findNamed(const Catalog &catalog, std::string_view typed)
{
    if (const auto *model = catalog.findModel(typed))
        return {model, model->nativeWeights, {}};
    auto name = bareName(typed);
    const auto format = cutFormat(name);
    const auto *model = ofFamily(catalog, name);
    if (model == nullptr)
        return {};
    return {model, format.empty() ? model->nativeWeights : format,
            fmt::format("the catalogue has no {}: sized by the architecture and the context of {}", typed, model->id)};
}

} // namespace core
