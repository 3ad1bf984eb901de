// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/calibration_store.h"
#include "app/ctl/catalog_files.h"
#include "app/ctl/commands.h"
#include "app/ctl/output.h"
#include "core/base/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace app::ctl {

using core::ErrorKind;
using nlohmann::ordered_json;

namespace {

/// Today in local time, as the calibration keeps it.
std::string today()
{
    const auto now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    return fmt::format("{:04}-{:02}-{:02}", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
}

ordered_json bytesDocument(const std::optional<core::Estimate> &bytes)
{
    return bytes ? ordered_json{{"low", bytes->low}, {"likely", bytes->likely}, {"high", bytes->high}} : ordered_json();
}

ordered_json calibrationDocument(const core::Calibration &one)
{
    return {{"id", one.id},
            {"model", one.modelId},
            {"sku", one.skuId},
            {"engineVersion", one.engineVersion},
            {"weights", one.weights},
            {"kvCache", one.kvCache},
            {"tensorParallel", one.tensorParallel},
            {"log", one.log},
            {"date", one.date},
            {"weightBytes", bytesDocument(one.weightBytes)},
            {"activationBytes", bytesDocument(one.activationBytes)},
            {"runtimeBytes", bytesDocument(one.runtimeBytes)},
            {"kvFactor", one.kvFactor ? ordered_json(*one.kvFactor) : ordered_json()},
            {"notes", one.notes}};
}

std::string gib(const std::optional<core::Estimate> &bytes)
{
    return bytes ? fmt::format("{:.2f}", static_cast<double>(bytes->likely) / 0x1p30) : "-";
}

void printCalibrations(const core::Calibrations &all, Format format)
{
    if (format != Format::Table) {
        ordered_json document{{"calibrations", ordered_json::array()}};
        for (const auto &one : all)
            document["calibrations"].push_back(calibrationDocument(one));
        return printDocument(document, format);
    }
    if (all.empty())
        return print("Nothing has been learnt yet.\n");
    Table table({"ID", "WEIGHTS GIB", "ACTIVATIONS", "RUNTIME", "CACHE X", "FROM", "ON"});
    for (const auto &one : all)
        table.add({one.id, gib(one.weightBytes), gib(one.activationBytes), gib(one.runtimeBytes),
                   one.kvFactor ? fmt::format("{:.3f}", *one.kvFactor) : "-", one.log, one.date});
    print(table.text());
    for (const auto &one : all)
        for (const auto &note : one.notes)
            print(fmt::format("{}: {}\n", printable(one.id), printable(note)));
}

/// A log and how the calibration names it.
struct NamedLog {
    std::string text, place, name;
};

core::Result<NamedLog> logOfPod(const GlobalOptions &global, const CalibrateOptions &options)
{
    const auto slash = options.pod.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == options.pod.size())
        return core::fail(ErrorKind::Usage, fmt::format("\"{}\" is not NAMESPACE/NAME", options.pod), "--pod");
    auto session = Session::open(global);
    if (!session)
        return std::unexpected(session.error());
    constexpr std::int64_t mostBytes = 64LL << 20; // a start-up log is the beginning of what the pod printed
    auto text = session->client().podLog(options.pod.substr(0, slash), options.pod.substr(slash + 1), mostBytes, {},
                                         options.container);
    if (!text)
        return std::unexpected(text.error());
    const auto name = "pod " + options.pod;
    if (text->empty())
        return core::fail(ErrorKind::Parse, "has printed nothing", name);
    return NamedLog{*std::move(text), name, name};
}

core::Result<NamedLog> logOf(const GlobalOptions &global, const CalibrateOptions &options)
{
    if (!options.pod.empty())
        return logOfPod(global, options);
    auto text = core::readFile(options.log);
    if (!text)
        return std::unexpected(text.error());
    return NamedLog{*std::move(text), options.log.string(), options.log.filename().string()};
}

core::Result<core::Calibration> learn(const GlobalOptions &global, const CalibrateOptions &options)
{
    if (options.model.empty() || options.sku.empty())
        return core::fail(ErrorKind::Usage, "name the model with --model and the GPU with --sku");
    const auto catalog = openCatalog();
    if (!catalog)
        return std::unexpected(catalog.error());
    const auto model = namedModel(*catalog, options.model);
    if (!model)
        return std::unexpected(model.error());
    const auto sku = namedSku(*catalog, options.sku);
    if (!sku)
        return std::unexpected(sku.error());
    const auto read = logOf(global, options);
    if (!read)
        return std::unexpected(read.error());
    const auto &place = read->place;
    auto log = core::parseVllmLog(read->text);
    if (!log)
        return core::fail(log.error().kind, log.error().message,
                          log.error().place.empty() ? place : place + " " + log.error().place, log.error().remedy);
    auto known = options.facts;
    known.log = read->name;
    known.date = today();
    return core::refit(*catalog, **model, **sku, *log, known);
}

Answer forget(core::Calibrations all, const std::string &id)
{
    const auto removed = std::erase_if(all, [&](const auto &one) { return one.id == id; });
    if (removed == 0)
        return core::fail(ErrorKind::NotFound, fmt::format("there is no calibration \"{}\"", id), {},
                          "`berthctl calibrate --list` names them");
    if (const auto saved = saveCalibrations(all, calibrationFile()); !saved)
        return std::unexpected(saved.error());
    print(fmt::format("removed {}\n", printable(id)));
    return Yes;
}

} // namespace

Answer runCalibrate(const GlobalOptions &global, const CalibrateOptions &options)
{
    const int asked = (options.list ? 1 : 0) + (options.remove.empty() ? 0 : 1) + (options.log.empty() ? 0 : 1)
        + (options.pod.empty() ? 0 : 1);
    if (asked != 1)
        return core::fail(ErrorKind::Usage, "give a log, or --pod NAMESPACE/NAME, or --list, or --remove ID");
    auto all = loadCalibrations(calibrationFile());
    if (!all)
        return std::unexpected(all.error());
    if (options.list) {
        printCalibrations(*all, global.format);
        return Yes;
    }
    if (!options.remove.empty())
        return forget(*std::move(all), options.remove);
    auto learnt = learn(global, options);
    if (!learnt)
        return std::unexpected(learnt.error());
    if (global.demo && !options.pod.empty()) {
        fmt::print(stderr, "berthctl: the log was written for the demo cluster, not measured: nothing is kept\n");
        printCalibrations({*learnt}, global.format);
        return Yes;
    }
    core::keepCalibration(*all, *learnt);
    if (const auto saved = saveCalibrations(*all, calibrationFile()); !saved)
        return std::unexpected(saved.error());
    printCalibrations({*learnt}, global.format);
    return Yes;
}

} // namespace app::ctl
