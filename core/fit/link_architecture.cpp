// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fit/links.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core {

namespace {

/// How a precision runs on a target. `detail` says by what path.
struct Support {
    Verdict verdict = Verdict::Fits;
    std::string code, detail, remedy;
};

Support native(std::string_view format, std::string_view target)
{
    return {Verdict::Fits, "precision-native", fmt::format("{} computes {}", target, format), {}};
}

Support weightOnly(std::string_view format, std::string_view target)
{
    return {
        Verdict::Tight,
        fmt::format("{}-weight-only", format),
        fmt::format(
            "{} has no {} matrix path: weights are stored so and computed at 16 bit (Marlin), slower on large batches",
            target, format),
        {}};
}

Support none(std::string_view format, std::string_view target, std::string remedy)
{
    return {Verdict::No, fmt::format("no-{}", format), fmt::format("{} cannot run {}", target, format),
            std::move(remedy)};
}

/// CUDA capability as number: "9.0" -> 90, "12.1" -> 121.
std::optional<int> capability(std::string_view target)
{
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    if (target.size() < 3 || target.size() > 4 || target[target.size() - 2] != '.' || !isDigit(target.back()))
        return std::nullopt; // also a label with more digits than a capability has
    const auto major = target.substr(0, target.size() - 2);
    if (!std::ranges::all_of(major, isDigit))
        return std::nullopt;
    const int tens = major.size() == 2 ? major.front() - '0' : 0;
    return 100 * tens + 10 * (major.back() - '0') + (target.back() - '0');
}

Support int4OnNvidia(std::string_view target, int cc)
{
    if (cc >= 80)
        return {Verdict::Fits, "precision-kernel", fmt::format("{} runs int4 weights by Marlin kernels", target), {}};
    if (cc >= 70)
        return {Verdict::Tight,
                "int4-slow-kernel",
                fmt::format("{} has no Marlin kernels: AWQ and GPTQ run slower ones", target),
                {}};
    return none("int4", target, "fp16 weights");
}

/// Stored so and computed at 16 bit where there are Marlin kernels.
Support storedOnly(std::string_view format, std::string_view target, int cc)
{
    return cc >= 80 ? weightOnly(format, target) : none(format, target, "fp16 or int4 weights");
}

/// Floors of vLLM's kernels: bf16 and Marlin need 8.0, FP8 matrix units came with 8.9, FP4 with 10.0; gpt-oss has
/// MXFP4 kernels of its own on 9.0; AWQ and GPTQ run slower kernels on 7.x.
Support onNvidia(std::string_view format, std::string_view target, int cc)
{
    if (format == "fp32" || format == "fp16")
        return native(format, target);
    if (format == "bf16")
        return cc >= 80 ? native(format, target) : none(format, target, "fp16 weights");
    if (format == "int8")
        return cc >= 75 ? native(format, target) : none(format, target, "fp16 weights");
    if (format == "int4")
        return int4OnNvidia(target, cc);
    if (format == "fp8")
        return cc >= 89 ? native(format, target) : storedOnly(format, target, cc);
    if (cc >= 100)
        return native(format, target);
    if (format == "mxfp4" && cc >= 90)
        return {Verdict::Fits,
                "precision-kernel",
                fmt::format("{} runs mxfp4 experts by its own kernels at 16 bit", target),
                {}};
    return storedOnly(format, target, cc);
}

bool isOneOf(std::string_view target, std::initializer_list<std::string_view> prefixes)
{
    return std::ranges::any_of(prefixes, [&](auto prefix) { return target.starts_with(prefix); });
}

/// Matrix units by LLVM target: FP8 on gfx942 (FNUZ), gfx950 and gfx12 (OCP); FP4 on gfx950.
Support onAmd(std::string_view format, std::string_view target)
{
    if (format == "fp32" || format == "fp16")
        return native(format, target);
    if (format == "bf16")
        return isOneOf(target, {"gfx908", "gfx90a", "gfx94", "gfx95", "gfx11", "gfx12"})
            ? native(format, target)
            : none(format, target, "fp16 weights");
    if (format == "fp8")
        return isOneOf(target, {"gfx94", "gfx95", "gfx12"}) ? native(format, target)
                                                            : none(format, target, "bf16 or int4 weights");
    if (format == "int8")
        return isOneOf(target, {"gfx90a", "gfx94", "gfx95"}) ? native(format, target)
                                                             : none(format, target, "bf16 weights");
    if (format == "mxfp4" && isOneOf(target, {"gfx95"}))
        return native(format, target);
    if (format == "mxfp4" && isOneOf(target, {"gfx94"}))
        return {Verdict::Tight,
                "mxfp4-weight-only",
                fmt::format("{} has no FP4 matrix path: experts are widened to 16 bit", target),
                {}};
    if (format == "int4")
        return {Verdict::Tight,
                "int4-unproven",
                fmt::format("AWQ and GPTQ kernels on {} are young: try before you promise", target),
                {}};
    return none(format, target, "bf16 or fp8 weights");
}

/// Intel's data sheets decide; what they do not list is not known to run.
Support onIntel(std::string_view format, std::string_view target, const Sku *sku)
{
    if (format == "fp32" || format == "fp16")
        return native(format, target);
    if (format == "nvfp4")
        return none(format, target, "bf16 or int4 weights");
    if (format == "int4")
        return {Verdict::Tight,
                "int4-unproven",
                fmt::format("AWQ and GPTQ kernels on {} are young: try before you promise", target),
                {}};
    if (sku && sku->supports(format))
        return native(format, target);
    return {Verdict::Unknown, "precision-unknown",
            fmt::format("the data sheet of {} does not list {}", sku ? sku->displayName : std::string(target), format),
            "fp16 weights"};
}

Support supportOf(std::string_view format, Vendor vendor, std::string_view target, const Sku *sku)
{
    Support unknown{Verdict::Unknown, "target-unknown", "the architecture of the device is not known",
                    "label the node, or add the card to the catalogue"};
    if (target.empty())
        return unknown;
    switch (vendor) {
    case Vendor::Nvidia:
        if (const auto cc = capability(target))
            return onNvidia(format, target, *cc);
        return unknown;
    case Vendor::Amd: return onAmd(format, target);
    case Vendor::Intel: return onIntel(format, target, sku);
    }
    return unknown;
}

/// The cache is only converted, never multiplied in FP8, but the kernels exist on the same targets.
Support kvSupport(Vendor vendor, std::string_view target, const Sku *sku)
{
    auto support = supportOf("fp8", vendor, target, sku);
    if (support.verdict == Verdict::Tight)
        return {Verdict::Tight, "fp8-kv-converted", fmt::format("{} converts an FP8 cache in software", target), {}};
    if (support.verdict == Verdict::No)
        return {Verdict::No, "no-fp8-kv", fmt::format("{} has no FP8 KV cache", target), "kvCache auto"};
    return support;
}

int badness(Verdict verdict)
{
    static constexpr std::array<int, 4> order{0, 1, 3, 2}; // Fits, Tight, No, Unknown
    return order[static_cast<std::size_t>(verdict)];
}

} // namespace

Reason architectureLink(Vendor vendor, std::string_view target, const Sku *sku, const Requirement &requirement)
{
    auto support = supportOf(requirement.weights, vendor, target, sku);
    if (requirement.kvCache == "fp8")
        if (auto cache = kvSupport(vendor, target, sku); badness(cache.verdict) > badness(support.verdict))
            support = std::move(cache);
    return {Link::Architecture, support.verdict, support.code, support.detail, support.remedy};
}

} // namespace core
