// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/roofline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace core {

namespace {

double at(const Range &range, End end)
{
    return end == End::Low ? range.low : end == End::Likely ? range.likely : range.high;
}

std::unexpected<Error> unknown(std::string message, std::string place)
{
    return fail(ErrorKind::Unsupported, std::move(message), std::move(place));
}

/// Precisions whose matrix units a weight format can use, best first: without the unit engines keep the format for
/// storage only and compute in 16 bit (vLLM's Marlin kernels).
std::vector<std::string_view> computePrecisions(std::string_view weights)
{
    if (weights == "fp32")
        return {"tf32", "fp32"};
    if (weights == "fp16")
        return {"fp16", "bf16"};
    if (weights == "fp8" || weights == "int8")
        return {weights, "bf16", "fp16"};
    if (weights == "nvfp4" || weights == "mxfp4")
        return {"fp4", "bf16", "fp16"};
    return {"bf16", "fp16"};
}

/// One way, GB/s of one lane after coding (PCI Express 3.0: 128b/130b of 8 GT/s, doubled by each generation).
std::optional<double> pcieGBs(std::string_view slot)
{
    static constexpr std::array<std::pair<std::string_view, double>, 4> perLane{
        {{"3.0", 0.985}, {"4.0", 1.969}, {"5.0", 3.938}, {"6.0", 7.563}}};
    for (const auto &[generation, lane] : perLane)
        if (slot.starts_with(generation) && slot.ends_with(" x16"))
            return lane * 16;
        else if (slot.starts_with(generation) && slot.ends_with(" x8"))
            return lane * 8;
    return std::nullopt;
}

/// Parameters that one token passes through.
std::optional<double> activeParameters(const Model &model, const ModelWeights &weights)
{
    if (model.activeParams)
        return static_cast<double>(*model.activeParams);
    if (!model.experts)
        return static_cast<double>(weights.parameters);
    if (!model.expertsPerToken || *model.experts <= 0)
        return std::nullopt;
    const double share = static_cast<double>(*model.expertsPerToken) / *model.experts;
    return static_cast<double>(weights.parameters - weights.expertParameters)
        + static_cast<double>(weights.expertParameters) * share;
}

/// FLOPs of QKᵀ and AV per layer, token and token of context: 2 · 2 · heads · head_dim; nothing when not known.
double attentionPerLayer(const Model &model)
{
    if (!model.heads)
        return 0;
    if (model.mla)
        return 2.0 * *model.heads * (model.mla->qkNopeHeadDim + model.mla->qkRopeHeadDim + model.mla->vHeadDim);
    const double dim = model.headDim ? *model.headDim : model.hidden ? *model.hidden / *model.heads : 0;
    return 4.0 * *model.heads * dim;
}

} // namespace

Result<Roofline> Roofline::of(const Model &model, const Requirement &requirement, const Sku &sku,
                              const MeasuredDevice *measured)
{
    Roofline out;
    if (const auto taken = out.takeModel(model, requirement); !taken)
        return std::unexpected(taken.error());
    if (const auto taken = out.takePeaks(requirement, sku, measured); !taken)
        return std::unexpected(taken.error());
    out.takeLink(model, sku);
    return out;
}

Result<void> Roofline::takeModel(const Model &model, const Requirement &requirement)
{
    if (!model.isLlm)
        return unknown(fmt::format("the speed of a {} model is not estimated", model.kind), "model");
    const auto weights = core::weightBytes(model, requirement.weights, requirement.tensorParallel);
    if (!weights)
        return std::unexpected(weights.error());
    const auto cache = kvLayout(model, requirement.kvCache, requirement.tensorParallel);
    if (!cache)
        return std::unexpected(cache.error());
    const auto active = activeParameters(model, *weights);
    if (!active)
        return unknown(fmt::format("{} does not state how many experts a token uses", model.shortName),
                       "experts_per_token");
    m_weights = *weights;
    m_cache = *cache;
    m_devices = requirement.tensorParallel;
    m_activeParameters = *active;
    m_attentionPerLayer = attentionPerLayer(model);
    if (m_attentionPerLayer <= 0)
        m_notes.emplace_back("the attention's arithmetic is not counted: heads are not known");
    m_computeShare = model.experts ? moeCompute : denseCompute;
    if (model.experts && model.expertsPerToken && weights->expertsPerDevice > 0) {
        m_experts = *model.experts;
        m_expertsPerToken = *model.expertsPerToken;
    }
    return {};
}

Result<void> Roofline::takePeaks(const Requirement &requirement, const Sku &sku, const MeasuredDevice *measured)
{
    m_memoryShare = core::memoryShare;
    m_basis = measured ? measured->source : "data sheet";
    if (measured && measured->copyGBs) {
        m_peakGBs = *measured->copyGBs;
        m_memoryShare = {m_memoryShare.low / copyOfSheet, m_memoryShare.likely / copyOfSheet, 1};
    } else if (sku.bandwidthGBs) {
        m_peakGBs = *sku.bandwidthGBs / sku.devices;
    } else {
        return unknown(fmt::format("the memory bandwidth of {} is not known", sku.displayName), "bandwidth");
    }
    if (auto rate = takeRate(requirement, sku, measured); !rate)
        return rate;
    for (const auto &field : sku.unverified)
        if (!measured && (field.contains("tflops") || field.contains("bandwidth")))
            m_notes.push_back(fmt::format("not verified: {} of {}", field, sku.displayName));
    return {};
}

/// The matrix rate of the first precision that the weights can be computed in and that is known.
Result<void> Roofline::takeRate(const Requirement &requirement, const Sku &sku, const MeasuredDevice *measured)
{
    const auto wanted = computePrecisions(requirement.weights);
    for (const auto precision : wanted) {
        const auto found =
            measured ? measured->tflops.find(precision) : std::map<std::string, double, std::less<>>::const_iterator{};
        const bool probed = measured && found != measured->tflops.end();
        const auto sheet = sku.tflops.find(std::string(precision));
        if (!probed && sheet == sku.tflops.end())
            continue;
        m_peakTflops = probed ? found->second : sheet->second / sku.devices;
        if (probed)
            m_computeShare = {m_computeShare.low / matrixOfSheet, m_computeShare.likely / matrixOfSheet, 1};
        m_precision = precision;
        break;
    }
    if (m_precision.empty())
        return unknown(
            fmt::format("no matrix rate of {} is known for {} weights", sku.displayName, requirement.weights),
            "tflops");
    if (m_precision != wanted.front())
        m_notes.push_back(fmt::format("{} has no {} rate: {} weights are computed in {}", sku.displayName,
                                      wanted.front(), requirement.weights, m_precision));
    return {};
}

void Roofline::takeLink(const Model &model, const Sku &sku)
{
    if (m_devices <= 1)
        return;
    const bool linked = sku.interconnect != "none" && sku.interconnectGBs;
    const auto oneWay = linked ? std::optional(*sku.interconnectGBs / 2) : pcieGBs(sku.pcie);
    if (!oneWay || !model.layers || !model.hidden) {
        m_notes.emplace_back("traffic between the devices is not counted: their link is not known");
        return;
    }
    // vLLM all-reduces after attention and after the MLP, 16-bit activations, as a ring.
    const double bytes = 2.0 * *model.layers * *model.hidden * 2 * 2 * (m_devices - 1) / m_devices;
    m_linkSeconds = bytes / (*oneWay * 1e9 * linkShare);
    if (!linked)
        m_notes.push_back(fmt::format("no GPU link: all-reduces cross PCIe at {:.0f} GB/s", *oneWay));
}

double Roofline::flopsPerToken(double context) const
{
    const double seen =
        m_cache.fullLayers * context + m_cache.slidingLayers * std::min<double>(context, m_cache.window);
    return 2 * m_activeParameters + m_attentionPerLayer * seen;
}

double Roofline::flopsPerSecond(End end) const
{
    return m_devices * m_peakTflops * 1e12 * at(m_computeShare, end);
}

double Roofline::weightBytes(int streams, End end) const
{
    const auto all = static_cast<double>(m_weights.perDevice);
    if (m_experts == 0)
        return all;
    const double k = m_expertsPerToken, E = m_experts;
    // Each token picks k of E; evenly spread choices leave E·(1 − k/E)^streams experts untouched.
    const double touched = end == End::Low ? std::min(E, k * streams) : E * (1 - std::pow(1 - k / E, streams));
    const auto experts = static_cast<double>(m_weights.expertsPerDevice);
    return all - experts + experts * touched / E;
}

double Roofline::cacheBytes(int streams, std::int64_t context) const
{
    return static_cast<double>(kvCacheBytes(m_cache, context, streams).likely);
}

double Roofline::bytesPerSecond(End end) const
{
    return m_peakGBs * 1e9 * at(m_memoryShare, end);
}

double Roofline::collectiveSeconds(End end) const
{
    return end == End::High ? 0 : m_linkSeconds;
}

} // namespace core
