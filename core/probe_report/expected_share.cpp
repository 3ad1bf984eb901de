// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/probe_report/expected_share.h"

#include "core/base/file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>

namespace core {

namespace {

constexpr const char *schema = "berth.dev/probe-shares/v1";

/// What is wrong with an entry; empty when it can be used.
std::string faultOf(const ExpectedShare &entry)
{
    if (!entry.metric.contains('.'))
        return "metric must be written as probe.metric, such as membw.triad";
    if (entry.skus.empty() == (entry.pcieGen == 0))
        return "needs either skus or pcie";
    if (entry.of.empty())
        return "of is missing: bandwidth, pcie, or a precision of the catalogue";
    const bool isShare = entry.share > 0 && entry.share <= 1; // false for NaN, too
    if (!isShare)
        return "share must be above 0 and at most 1";
    return entry.source.empty() || entry.date.empty() ? "source and date are needed: where does the share come from?"
                                                      : "";
}

ExpectedShare readEntry(const YAML::Node &node)
{
    ExpectedShare entry;
    if (node["skus"])
        entry.skus = node["skus"].as<std::vector<std::string>>();
    entry.pcieGen = node["pcie"].as<int>(0);
    entry.metric = node["metric"].as<std::string>("");
    entry.of = node["of"].as<std::string>("");
    entry.share = node["share"].as<double>(0);
    entry.source = node["source"].as<std::string>("");
    entry.date = node["date"].as<std::string>("");
    return entry;
}

/// The sheet's figure that a metric is a part of.
std::optional<double> sheetFigure(const Sku *sku, const ProbeDevice &device, const std::string &of)
{
    if (of == "pcie")
        return device.link ? pcieGBs(device.link->maxGen, device.link->maxWidth) : std::nullopt;
    if (sku == nullptr)
        return {};
    if (of == "bandwidth")
        return sku->bandwidthGBs ? std::optional(*sku->bandwidthGBs / sku->devices) : std::nullopt;
    const auto found = sku->tflops.find(of);
    return found == sku->tflops.end() ? std::nullopt : std::optional(found->second / sku->devices);
}

/// What of the sheet a metric is compared with when no share is known: enough to show both side by side.
std::string sheetKey(const std::string &metric)
{
    const auto dot = metric.find('.');
    const auto probe = metric.substr(0, dot), name = metric.substr(dot + 1);
    if (probe == "membw")
        return "bandwidth";
    if (metric == "link.h2d_pinned" || metric == "link.d2h_pinned")
        return "pcie";
    if (probe == "compute")
        return name == "fp32" || name == "fp64" ? name : "";
    if (probe == "matrix" || probe == "library")
        return name == "fp64" ? "fp64_matrix" : name.substr(0, name.find('_'));
    return {};
}

/// mma.sync reaches 0.65 of the sheet at best on Hopper (arXiv 2501.12084: 494 of 757 TFLOP/s on an H800) and less of
/// it on data-centre Blackwell: what the sheet promises takes wgmma and tcgen05. fp64 has no other instruction.
bool cannotReachTheSheet(const ProbeDevice &device, const std::string &metric)
{
    const bool hasAnother = device.architecture == "sm_90" || device.architecture.starts_with("sm_10");
    return hasAnother && metric.starts_with("matrix.") && !metric.ends_with("_wgmma") && metric != "matrix.fp64";
}

} // namespace

std::optional<double> pcieGBs(int gen, int width)
{
    constexpr double perLane[] = {15.75 / 16, 31.5 / 16, 63.0 / 16};
    if (gen < 3 || gen > 5 || width < 1 || width > 16)
        return {};
    return perLane[gen - 3] * width;
}

Result<ExpectedShares> loadExpectedShares(const std::filesystem::path &folder)
{
    const auto file = folder / "probe-shares.yaml";
    const auto text = readFile(file);
    if (!text)
        return std::unexpected(text.error());
    ExpectedShares all;
    try {
        const auto document = YAML::Load(*text);
        if (!document.IsMap() || document["schema"].as<std::string>("") != schema)
            return fail(ErrorKind::Parse, fmt::format("is not a {} document", schema), file.string());
        for (const auto &node : document["shares"]) {
            const auto place = fmt::format("{}:{}", file.string(), node.Mark().line + 1);
            if (!node.IsMap())
                return fail(ErrorKind::Parse, "a share is not a mapping", place);
            auto entry = readEntry(node);
            if (auto fault = faultOf(entry); !fault.empty())
                return fail(ErrorKind::Parse, std::move(fault), place);
            all.shares.push_back(std::move(entry));
        }
    } catch (const YAML::Exception &error) {
        return fail(ErrorKind::Parse, error.msg, fmt::format("{}:{}", file.string(), error.mark.line + 1));
    }
    return all;
}

std::optional<SheetReference> sheetReference(const ExpectedShares &shares, const Sku *sku, const ProbeDevice &device,
                                             const std::string &metric)
{
    const auto found = std::ranges::find_if(shares.shares, [&](const ExpectedShare &entry) {
        return entry.metric == metric
            && (entry.pcieGen > 0 ? device.link && device.link->maxGen == entry.pcieGen
                                  : sku != nullptr && std::ranges::find(entry.skus, sku->id) != entry.skus.end());
    });
    const bool known = found != shares.shares.end();
    if (!known && cannotReachTheSheet(device, metric))
        return {};
    const auto of = known ? found->of : sheetKey(metric);
    const auto figure = of.empty() ? std::nullopt : sheetFigure(sku, device, of);
    if (!figure)
        return {};
    if (!known)
        return SheetReference{*figure, {}, "data sheet"};
    return SheetReference{*figure, found->share, fmt::format("{}, {}", found->source, found->date)};
}

} // namespace core
