// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/cluster_view.h"
#include "app/ctl/commands.h"
#include "app/ctl/fit_document.h"
#include "app/ctl/output.h"
#include "app/ctl/plan_document.h"
#include "app/manifest_paths.h"
#include "core/manifests/manifest.h"
#include "core/placement/locks.h"
#include "core/placement/placement_set.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

namespace app::ctl {

using core::ErrorKind;
using nlohmann::ordered_json;

namespace {

/// A plan with the cluster it is for.
struct PlanRun {
    Session session;
    core::Plan plan;
    core::SnapshotPtr snapshot;
    core::ClusterUsage usage;
};

core::Result<PlanRun> openPlan(const GlobalOptions &global, const std::filesystem::path &file)
{
    auto plan = core::loadPlan(file);
    if (!plan)
        return std::unexpected(plan.error());
    auto view = readClusterView(global);
    if (!view)
        return std::unexpected(view.error());
    return PlanRun{std::move(view->session), std::move(*plan), std::move(view->snapshot), std::move(view->usage)};
}

core::Result<core::Export> exportOf(const PlanRun &run)
{
    if (auto locks = core::checkLocks(run.plan, *run.snapshot); !locks)
        return std::unexpected(locks.error());
    const core::PlannedDevices planned;
    auto tree =
        core::exportPlan(run.plan, {*run.snapshot, run.usage, run.session.catalog(), run.session.images(), planned});
    if (tree)
        for (const auto &warning : tree->warnings)
            fmt::print(stderr, "berthctl: {}\n", printable(warning));
    return tree;
}

std::vector<core::ManifestObject> objectsOf(const core::Export &tree)
{
    std::vector<core::ManifestObject> objects;
    for (const auto &file : tree.files)
        objects.insert(objects.end(), file.objects.begin(), file.objects.end());
    return objects;
}

std::string titleOf(const core::ManifestObject &object)
{
    return fmt::format("{} {}/{}", object.kind(), object.nameSpace(), object.name());
}

/// What is wrong with the plan here: its placement sets as they resolve now, then all placements.
core::Result<std::vector<core::PlanFinding>> findingsOf(const PlanRun &run)
{
    const core::PlannedDevices none;
    const core::FitInput input{*run.snapshot, run.usage, run.session.catalog(), run.session.images(), none};
    const auto resolved = core::withSetsResolved(run.plan, input);
    if (!resolved && resolved.error().kind != ErrorKind::Invalid)
        return std::unexpected(resolved.error());
    auto findings = core::checkPlan(resolved ? *resolved : run.plan, *run.snapshot, run.usage);
    if (!resolved)
        findings.push_back({resolved.error().place, resolved.error().message, true});
    return findings;
}

/// The live object reduced to what the plan speaks about; null when it is not there.
core::Result<std::string> liveText(core::KubeClient &client, const core::ManifestObject &object)
{
    const auto path = pathOf(object);
    if (!path)
        return std::unexpected(path.error());
    const auto live = client.get(*path);
    if (live)
        return core::toYaml(core::comparable(*live, object.json));
    if (live.error().kind == ErrorKind::NotFound)
        return std::string();
    return std::unexpected(live.error());
}

/// Prints changed lines with two lines around them; true when there is a difference.
bool printDiff(const std::string &title, const std::string &live, const std::string &planned)
{
    const auto lines = core::diffLines(live, planned);
    const auto differs = [](const core::DiffLine &line) { return line.sign != ' '; };
    if (std::ranges::none_of(lines, differs))
        return false;
    print(fmt::format("--- {}\n", printable(title)));
    constexpr std::size_t around = 2;
    bool gap = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto first = lines.begin() + static_cast<std::ptrdiff_t>(i - std::min(i, around));
        const auto last = lines.begin() + static_cast<std::ptrdiff_t>(std::min(lines.size(), i + around + 1));
        if (std::any_of(first, last, differs)) {
            print(fmt::format("{}{} {}\n", std::exchange(gap, false) ? "...\n" : "", lines[i].sign,
                              printable(lines[i].text)));
        } else {
            gap = true;
        }
    }
    return true;
}

core::Result<void> applyAll(PlanRun &run, const std::vector<core::ManifestObject> &objects,
                            const core::ApplyOptions &options, ordered_json *answers)
{
    for (const auto &object : objects) {
        const auto path = pathOf(object);
        if (!path)
            return std::unexpected(path.error());
        auto answer = run.session.client().apply(*path, object.json, options);
        if (!answer) {
            auto error = answer.error();
            error.message = titleOf(object) + ": " + error.message;
            return std::unexpected(error);
        }
        for (const auto &warning : answer->warnings)
            fmt::print(stderr, "berthctl: {}: {}\n", titleOf(object), printable(warning));
        if (answers != nullptr)
            answers->push_back({{"kind", object.kind()},
                                {"namespace", object.nameSpace()},
                                {"name", object.name()},
                                {"result", answer->created ? "created" : "configured"}});
    }
    return {};
}

bool confirmed(const core::ClusterAccess &access, const std::vector<core::ManifestObject> &objects, bool yes)
{
    if (yes || isatty(STDIN_FILENO) == 0)
        return true;
    for (const auto &object : objects)
        print(titleOf(object) + "\n");
    print(fmt::format("Apply these {} objects to {}? [y/N] ", objects.size(), printable(access.context)));
    std::fflush(stdout);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "yes";
}

} // namespace

Answer runPlan(const GlobalOptions &global, const PlanOptions &options)
{
    auto run = openPlan(global, options.file);
    if (!run)
        return std::unexpected(run.error());
    const auto findings = findingsOf(*run);
    if (!findings)
        return std::unexpected(findings.error());
    if (global.format == Format::Table)
        printPlan(run->plan, *findings);
    else
        printDocument(planDocument(run->plan, *findings), global.format);
    return std::ranges::any_of(*findings, &core::PlanFinding::isError) ? No : Yes;
}

Answer runExport(const GlobalOptions &global, const PlanOptions &options)
{
    auto run = openPlan(global, options.file);
    if (!run)
        return std::unexpected(run.error());
    const auto tree = exportOf(*run);
    if (!tree)
        return std::unexpected(tree.error());
    if (const auto written = core::writeExport(*tree, options.out); !written)
        return std::unexpected(written.error());
    ordered_json document{
        {"folder", options.out.string()}, {"files", ordered_json::array()}, {"warnings", tree->warnings}};
    for (const auto &file : tree->files)
        document["files"].push_back(file.path);
    if (global.format != Format::Table)
        printDocument(document, global.format);
    else
        for (const auto &file : tree->files)
            print((options.out / file.path).string() + "\n");
    return Yes;
}

Answer runDiff(const GlobalOptions &global, const PlanOptions &options)
{
    auto run = openPlan(global, options.file);
    if (!run)
        return std::unexpected(run.error());
    const auto tree = exportOf(*run);
    if (!tree)
        return std::unexpected(tree.error());
    const auto objects = objectsOf(*tree);
    ordered_json document{
        {"plan", run->plan.name}, {"objects", ordered_json::array()}, {"leftovers", ordered_json::array()}};
    for (const auto &workload : core::leftovers(run->plan.name, *tree, *run->snapshot))
        document["leftovers"].push_back(workload.nameSpace + "/" + workload.name);
    bool differs = !document["leftovers"].empty();
    for (const auto &object : objects) {
        const auto live = liveText(run->session.client(), object);
        if (!live)
            return std::unexpected(live.error());
        const auto planned = core::toYaml(object.json);
        const bool changed = *live != planned;
        differs |= changed;
        document["objects"].push_back({{"kind", object.kind()},
                                       {"namespace", object.nameSpace()},
                                       {"name", object.name()},
                                       {"state",
                                        live->empty() ? "missing"
                                            : changed ? "differs"
                                                      : "same"}});
        if (global.format == Format::Table && changed)
            printDiff(titleOf(object), *live, planned);
    }
    if (global.format != Format::Table)
        printDocument(document, global.format);
    else
        for (const auto &name : document["leftovers"])
            print(fmt::format("only in the cluster: Deployment {}\n", name.get<std::string>()));
    return differs ? No : Yes;
}

Answer runApply(const GlobalOptions &global, const PlanOptions &options)
{
    auto run = openPlan(global, options.file);
    if (!run)
        return std::unexpected(run.error());
    const auto tree = exportOf(*run);
    if (!tree)
        return std::unexpected(tree.error());
    const auto objects = objectsOf(*tree);
    // The server judges all of it before any of it is stored.
    auto answers = ordered_json::array();
    if (const auto dry =
            applyAll(*run, objects, {.dryRun = true, .force = options.force}, options.dryRun ? &answers : nullptr);
        !dry)
        return std::unexpected(dry.error());
    if (!options.dryRun) {
        if (!confirmed(run->session.client().access(), objects, options.yes))
            return No;
        if (const auto applied = applyAll(*run, objects, {.force = options.force}, &answers); !applied)
            return std::unexpected(applied.error());
    }
    if (global.format != Format::Table) {
        printDocument({{"plan", run->plan.name}, {"dryRun", options.dryRun}, {"objects", answers}}, global.format);
        return Yes;
    }
    for (const auto &answer : answers)
        print(fmt::format("{} {}/{} {}{}\n", answer["kind"].get<std::string>(), answer["namespace"].get<std::string>(),
                          answer["name"].get<std::string>(), answer["result"].get<std::string>(),
                          options.dryRun ? " (server dry run)" : ""));
    return Yes;
}

} // namespace app::ctl
