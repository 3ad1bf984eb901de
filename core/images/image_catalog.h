// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/inventory/node.h"

#include <filesystem>

namespace core {

/// One container image of a serving engine, and what it runs on. Read from resources/catalog/images.yaml.
struct ServingImage {
    std::string engine, vendor, reference;  ///< "vllm", "nvidia", "docker.io/vllm/vllm-openai:v0.19.0"
    std::string runtimeVersion;             ///< CUDA "12.9", ROCm "7.0", empty when not applicable
    std::vector<std::string> targets;       ///< compute capabilities or gfx targets it carries
    std::string minDriver;                  ///< lowest driver that runs it; empty = not known
    std::vector<std::string> architectures; ///< "amd64", "arm64"
    std::vector<std::string> modelKinds;    ///< empty = all LLMs
    std::string source;
};

struct ImageCatalog {
    std::vector<ServingImage> images; ///< best first within an engine and vendor
};

Result<ImageCatalog> loadImages(const std::filesystem::path &folder);

/// The choice for one pool, with its reasons in words; `image` is null when none runs there (`reasons` says why).
struct ImageChoice {
    const ServingImage *image = nullptr;
    bool certain =
        true; ///< false when the driver or target of the pool is unknown, or support is only "probable" (AMD)
    std::vector<std::string> reasons;
    std::vector<std::string> rejected; ///< other images and why not
};

/// Picks the first image whose targets and driver floor the pool meets. Versions are compared as numbers.
ImageChoice chooseImage(const ImageCatalog &catalog, std::string_view engine, const DevicePool &pool,
                        std::string_view architecture);

/// -1, 0, 1: dotted versions as numbers ("10.0" > "8.9"); missing parts are 0.
int compareVersions(std::string_view a, std::string_view b);

} // namespace core
