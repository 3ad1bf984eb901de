// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/output.h"
#include "app/ctl/probe_commands.h"
#include "app/probe_collector.h"
#include "app/resource_paths.h"
#include "core/manifests/probe_job.h"

#include <fmt/format.h>

#include <chrono>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

/// "nvidia=REF amd=REF", or one reference for all.
core::Result<std::map<core::Vendor, std::string>> imagesOf(const std::vector<std::string> &texts)
{
    const std::map<std::string, core::Vendor> vendors{
        {"nvidia", core::Vendor::Nvidia}, {"amd", core::Vendor::Amd}, {"intel", core::Vendor::Intel}};
    std::map<core::Vendor, std::string> images;
    for (const auto &text : texts) {
        const auto vendor = vendors.find(text.substr(0, text.find('=')));
        if (vendor != vendors.end() && text.contains('='))
            images[vendor->second] = text.substr(text.find('=') + 1);
        else if (texts.size() == 1)
            for (const auto &[name, one] : vendors)
                images[one] = text;
        else
            return core::fail(core::ErrorKind::Usage, fmt::format("\"{}\" is not vendor=reference", text), "--image",
                              "write --image nvidia=REFERENCE --image amd=REFERENCE");
    }
    return images;
}

core::ProbeDevices devicesOf(const std::string &text)
{
    return text == "all" ? core::ProbeDevices::All : text == "one" ? core::ProbeDevices::One : core::ProbeDevices::Free;
}

Answer written(const GlobalOptions &global, const core::Export &tree, const std::filesystem::path &out)
{
    for (const auto &warning : tree.warnings)
        fmt::print(stderr, "berthctl: {}\n", printable(warning));
    if (const auto done = core::writeExport(tree, out); !done)
        return std::unexpected(done.error());
    ordered_json document{{"files", ordered_json::array()}, {"warnings", tree.warnings}};
    for (const auto &file : tree.files) {
        if (global.format == Format::Table)
            print(printable((out / file.path).string()) + "\n");
        document["files"].push_back((out / file.path).string());
    }
    if (global.format != Format::Table)
        printDocument(document, global.format);
    return Yes;
}

} // namespace

Answer runProbeJob(const GlobalOptions &global, const ProbeOptions &options)
{
    const auto images = imagesOf(options.images);
    if (!images)
        return std::unexpected(images.error());
    auto session = Session::open(global);
    if (!session)
        return std::unexpected(session.error());
    const auto snapshot = session->snapshot();
    if (!snapshot)
        return std::unexpected(snapshot.error());
    core::ProbeJobRequest request;
    request.nodes = options.nodes;
    request.skus = options.skus;
    request.images = *images;
    request.profile = options.profile;
    request.nameSpace = options.nameSpace;
    request.schedule = options.schedule;
    request.devices = devicesOf(options.devices);
    const auto tree = core::probeJobs(request, **snapshot, core::account(**snapshot));
    return tree ? written(global, *tree, options.out) : std::unexpected(tree.error());
}

Answer runBenchJob(const GlobalOptions &global, const ProbeOptions &options)
{
    core::ServingBenchmarkJobRequest request;
    request.name = "benchmark-" + options.model.substr(options.model.rfind('/') + 1) + "-" + options.sku;
    request.nameSpace = options.nameSpace;
    request.baseUrl = options.service;
    request.model = options.model;
    request.sku = options.sku;
    request.gpus = options.gpus;
    request.image = options.images.empty() ? std::string() : options.images.front();
    request.requests = options.requests;
    request.concurrency = options.concurrency;
    request.inputTokens = options.inputTokens;
    request.outputTokens = options.outputTokens;
    request.schedule = options.schedule;
    auto file = core::servingBenchmarkJob(request);
    if (!file)
        return std::unexpected(file.error());
    core::Export tree;
    tree.files.push_back(*std::move(file));
    return written(global, tree, options.out);
}

namespace {

/// How much of it was new.
struct Kept {
    std::size_t results = 0, benchmarks = 0;
};

core::Result<Kept> keep(const CollectedMeasurements &found, const ProbeOptions &options)
{
    auto history = core::History::open(options.history.empty() ? historyFile() : options.history);
    if (!history)
        return std::unexpected(history.error());
    const auto results = history->add(found.results);
    if (!results)
        return std::unexpected(results.error());
    const auto benchmarks = history->add(found.benchmarks);
    if (!benchmarks)
        return std::unexpected(benchmarks.error());
    return Kept{*results, *benchmarks};
}

} // namespace

Answer runProbeCollect(const GlobalOptions &global, const ProbeOptions &options)
{
    auto session = Session::open(global);
    if (!session)
        return std::unexpected(session.error());
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    const auto found = collectMeasurements(session->client(), options.nameSpace, now);
    if (!found)
        return std::unexpected(found.error());
    if (global.demo)
        fmt::print(stderr, "berthctl: the logs were written for the demo cluster, not measured: nothing is kept\n");
    const auto kept = global.demo ? core::Result<Kept>(Kept{}) : keep(*found, options);
    if (!kept)
        return std::unexpected(kept.error());
    for (const auto &problem : found->problems)
        fmt::print(stderr, "berthctl: {}\n", printable(core::describe(problem)));
    if (global.format == Format::Table)
        print(fmt::format("{} pods, {} not done yet: {} results of cards, {} new; {} serving benchmarks, {} new\n",
                          found->pods, found->pending, found->results.size(), kept->results, found->benchmarks.size(),
                          kept->benchmarks));
    else
        printDocument({{"pods", found->pods},
                       {"pending", found->pending},
                       {"results", found->results.size()},
                       {"newResults", kept->results},
                       {"benchmarks", found->benchmarks.size()},
                       {"newBenchmarks", kept->benchmarks},
                       {"problems", found->problems.size()}},
                      global.format);
    return found->problems.empty() ? Yes : BadInput;
}

} // namespace app::ctl
