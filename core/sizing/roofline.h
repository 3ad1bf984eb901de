// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sizing/kv_cache.h"
#include "core/sizing/throughput.h"
#include "core/sizing/weights.h"

namespace core {

/// Which end of a range is computed: the slowest, the likely, the one that nothing can beat.
enum class End { Low, Likely, High };

/// A model on the devices of one replica as rates and amounts: what a token costs, what the devices give. Formulas and
/// constants are documented with estimateThroughput().
class Roofline {
public:
    static Result<Roofline> of(const Model &model, const Requirement &requirement, const Sku &sku,
                               const MeasuredDevice *measured);

    /// FLOPs of one token that sees `context` tokens.
    double flopsPerToken(double context) const;
    /// Of all devices together.
    double flopsPerSecond(End end) const;
    /// Bytes of weights that one device reads in a step of `streams` tokens.
    double weightBytes(int streams, End end) const;
    /// Bytes of cache that one device reads in such a step.
    double cacheBytes(int streams, std::int64_t context) const;
    /// Of one device.
    double bytesPerSecond(End end) const;
    /// All-reduces of one token over the group; nothing at best, when they hide behind the arithmetic.
    double collectiveSeconds(End end) const;

    double peakTflops() const { return m_peakTflops; }
    double peakGBs() const { return m_peakGBs; }
    const std::string &precision() const { return m_precision; }
    const Range &computeShare() const { return m_computeShare; }
    const Range &memoryShare() const { return m_memoryShare; }
    const std::string &basis() const { return m_basis; }
    const std::vector<std::string> &notes() const { return m_notes; }

private:
    Result<void> takeModel(const Model &model, const Requirement &requirement);
    Result<void> takePeaks(const Requirement &requirement, const Sku &sku, const MeasuredDevice *measured);
    Result<void> takeRate(const Requirement &requirement, const Sku &sku, const MeasuredDevice *measured);
    void takeLink(const Model &model, const Sku &sku);

    ModelWeights m_weights;
    KvLayout m_cache;
    int m_devices = 1, m_experts = 0, m_expertsPerToken = 0;
    double m_activeParameters = 0, m_attentionPerLayer = 0, m_linkSeconds = 0;
    double m_peakTflops = 0, m_peakGBs = 0;
    Range m_computeShare, m_memoryShare;
    std::string m_precision, m_basis;
    std::vector<std::string> m_notes;
};

} // namespace core
