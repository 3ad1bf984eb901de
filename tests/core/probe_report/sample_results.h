// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/verdict.h"

#include <fmt/format.h>

namespace sample {

inline constexpr std::int64_t now = 1'795'600'000;

inline core::ProbeMetric metric(const std::string &fullName, double value, const std::string &unit = "GB/s")
{
    const auto dot = fullName.find('.');
    core::ProbeMetric out;
    out.probe = fullName.substr(0, dot);
    out.name = fullName.substr(dot + 1);
    out.value = value;
    out.unit = unit;
    out.counts = "read+write";
    out.valid = true;
    out.variation = 0.002;
    return out;
}

/// One finished run on an H200 that copies so many GB/s.
inline core::ProbeResult result(int card, double copy, std::int64_t time = now, const std::string &host = "gpu-01")
{
    core::ProbeResult out;
    out.host = host;
    out.source = "local";
    out.time = time;
    out.version = "0.1.0";
    out.kernels = "pk-2";
    out.profile = "quick";
    out.finished = true;
    out.device.id = fmt::format("cuda:{}", card);
    out.device.backend = "cuda";
    out.device.type = "gpu";
    out.device.name = "NVIDIA H200";
    out.device.vendor = "NVIDIA";
    out.device.driver = "13.0";
    out.device.uuid = fmt::format("GPU-{}-{:04x}", host, card + 1);
    out.device.pci = fmt::format("0000:{:02x}:00.0", card + 1);
    out.device.powerLimitW = 700;
    out.metrics = {metric("membw.copy", copy)};
    return out;
}

/// Knows the H200 and its sheet.
inline core::Catalog catalog()
{
    core::Catalog out;
    core::Sku sku;
    sku.id = "nvidia-h200-sxm";
    sku.vendor = "nvidia";
    sku.name = "NVIDIA H200";
    sku.labels = {"NVIDIA-H200"};
    sku.bandwidthGBs = 4800;
    sku.tflops = {{"bf16", 989.5}};
    out.skus.push_back(sku);
    return out;
}

inline core::ExpectedShares shares()
{
    return {{{{"nvidia-h200-sxm"}, 0, "membw.copy", "bandwidth", 0.9, "somebody", "2026-10"},
             {{}, 5, "link.h2d_pinned", "pcie", 0.83, "somebody", "2026-10"}}};
}

} // namespace sample
