// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/cluster_view.h"
#include "app/ctl/commands.h"
#include "app/ctl/inventory_document.h"
#include "app/ctl/output.h"
#include "app/ctl/placement_document.h"
#include "core/placement/placement_set.h"

#include <fmt/format.h>

#include <algorithm>

namespace app::ctl {

using nlohmann::ordered_json;

namespace {

struct Line {
    core::SkuShapes shapes;
    std::optional<core::HolePlan> hole; ///< whole cards only
};

const char *stateWord(core::HoleState state)
{
    switch (state) {
    case core::HoleState::Open: return "open";
    case core::HoleState::Moves: return "moves";
    case core::HoleState::Impossible: return "impossible";
    case core::HoleState::NotFound: return "not-found";
    }
    return "not-found";
}

bool opens(const Line &line)
{
    return line.hole && (line.hole->state == core::HoleState::Open || line.hole->state == core::HoleState::Moves);
}

ordered_json holeDocument(const core::HolePlan &hole)
{
    ordered_json document{{"size", hole.size},
                          {"state", stateWord(hole.state)},
                          {"node", hole.node},
                          {"proven", hole.proven},
                          {"atLeast", hole.atLeast},
                          {"why", hole.why},
                          {"moves", ordered_json::array()},
                          {"notes", hole.notes}};
    for (const auto &move : hole.moves)
        document["moves"].push_back({{"pod", move.pod},
                                     {"owner", move.owner},
                                     {"from", move.from},
                                     {"to", move.to},
                                     {"devices", move.devices}});
    return document;
}

ordered_json lineDocument(const Line &line)
{
    const auto &row = line.shapes.row;
    ordered_json document{{"sku", row.sku},
                          {"name", row.displayName},
                          {"resource", row.resource},
                          {"kind", word(row.kind)},
                          {"profile", row.profile},
                          {"free", line.shapes.free},
                          {"largest", line.shapes.largest},
                          {"shapes", shapesDocument(line.shapes.shapes)},
                          {"nodes", ordered_json::array()}};
    for (const auto &node : line.shapes.nodes)
        document["nodes"].push_back({{"name", node.node},
                                     {"allocatable", node.allocatable},
                                     {"free", node.free},
                                     {"acceptsPods", node.acceptsPods}});
    document["hole"] = line.hole ? holeDocument(*line.hole) : ordered_json();
    return document;
}

void printLines(const std::vector<Line> &lines)
{
    Table table({"SKU", "FREE", "LARGEST", "TP 1", "TP 2", "TP 4", "TP 8", "STRANDED FOR 8"});
    for (const auto &line : lines) {
        std::vector<std::string> row{line.shapes.row.displayName, std::to_string(line.shapes.free),
                                     std::to_string(line.shapes.largest)};
        for (const int size : core::usualShapes) {
            const auto shape = std::ranges::find(line.shapes.shapes, size, &core::ShapePlaces::size);
            row.push_back(shape == line.shapes.shapes.end() ? "-" : std::to_string(shape->places));
        }
        const auto &last = line.shapes.shapes.back();
        row.push_back(last.size == core::usualShapes.back() ? std::to_string(last.stranded) : "-");
        table.add(row);
    }
    print(lines.empty() ? "No accelerators: no node offers a GPU resource.\n" : table.text());
}

void printHole(const Line &line)
{
    if (!line.hole)
        return;
    const auto &hole = *line.hole;
    print(fmt::format("\n{}: {}\n", printable(line.shapes.row.displayName), printable(hole.why)));
    for (const auto &move : hole.moves)
        print(fmt::format("  [ ] {} ({} GPU): {} -> {}\n", printable(move.pod), move.devices, printable(move.from),
                          printable(move.to)));
    if (!hole.moves.empty())
        print("  Berth moves nothing: this is a list for you to work through.\n");
    for (const auto &note : hole.notes)
        print(fmt::format("  note: {}\n", printable(note)));
}

core::Result<std::vector<Line>> linesOf(const ClusterView &view, const core::PlannedDevices &planned, int size,
                                        const core::HoleOptions &options)
{
    const core::ShapeInput input{*view.snapshot, view.usage, view.session.catalog(), planned};
    auto shapes = core::freeShapes(input);
    if (!shapes)
        return std::unexpected(shapes.error());
    std::vector<Line> lines;
    for (auto &one : *shapes) {
        Line line{std::move(one), {}};
        if (line.shapes.row.kind == core::DeviceKind::Card) {
            auto hole = core::openHole(input, line.shapes.row, size, options);
            if (!hole)
                return std::unexpected(hole.error());
            line.hole = std::move(*hole);
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace

Answer runShapes(const GlobalOptions &global, const ShapesOptions &options)
{
    const auto plan = loadPlanIfNamed(options.plan);
    if (!plan)
        return std::unexpected(plan.error());
    const auto view = readClusterView(global);
    if (!view)
        return std::unexpected(view.error());
    core::PlannedDevices planned;
    core::HoleOptions holeOptions;
    if (*plan) {
        const core::PlannedDevices none;
        const auto placed = core::withSetsPlaced(
            **plan, {*view->snapshot, view->usage, view->session.catalog(), view->session.images(), none});
        if (!placed)
            return std::unexpected(placed.error());
        planned = core::plannedDevices(*placed, *view->snapshot, view->usage);
        holeOptions.stay = core::lockedPods(**plan, *view->snapshot);
    }
    constexpr int usualHole = 8;
    const auto lines = linesOf(*view, planned, options.size.value_or(usualHole), holeOptions);
    if (!lines)
        return std::unexpected(lines.error());
    if (global.format == Format::Table) {
        printLines(*lines);
        std::ranges::for_each(*lines, printHole);
    } else {
        ordered_json document{{"lines", ordered_json::array()}};
        for (const auto &line : *lines)
            document["lines"].push_back(lineDocument(line));
        printDocument(document, global.format);
    }
    return !options.size || std::ranges::any_of(*lines, opens) ? Yes : No;
}

} // namespace app::ctl
