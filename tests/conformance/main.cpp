// SPDX-License-Identifier: GPL-3.0-or-later
// berth-conformance [DIR]: runs peers' test vectors and prints one line a family: "family passed failed".
#include "tests/conformance/compare.h"
#include "tests/conformance/families.h"

#include "core/base/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <vector>

namespace fs = std::filesystem;
using conformance::Family;
using nlohmann::json;

namespace {

const std::vector<Family> families = {
    {"quantity", conformance::answerQuantity},
    {"label-selector", conformance::answerLabelSelector},
    {"name-validation", conformance::answerNameValidation},
    {"node-affinity", conformance::answerNodeAffinity},
    {"taint-toleration", conformance::answerTaintToleration},
    {"pod-resources", conformance::answerPodResources},
    {"kubeconfig", conformance::answerKubeconfig},
    {"gpu-labels", conformance::answerGpuLabels},
    {"node-objects", conformance::answerNodeObjects},
    {"scheduler-fit", conformance::answerSchedulerFit},
    {"dra", conformance::answerDra},
};

struct Score {
    int passed = 0;
    int failed = 0;
};

json failureOf(const json &test, std::string_view what, const json &got)
{
    return {{"id", test.value("id", "")},
            {"in", test.value("in", json())},
            {"expected", test.contains("error") ? json("rejected") : test.value("out", json())},
            {"got", got},
            {"why", what}};
}

/// nullopt when the case passes.
std::optional<json> judge(const Family &family, const json &test)
{
    const conformance::Answer answer = family.answer(conformance::expanded(test.value("in", json::object())));
    if (!answer)
        return failureOf(test, "Berth has no such operation", nullptr);
    if (test.value("error", false))
        return *answer ? std::optional(failureOf(test, "must be rejected", **answer)) : std::nullopt;
    if (!*answer)
        return failureOf(test, "must be accepted", core::describe(answer->error()));
    const json expected = conformance::expanded(test.value("out", json()));
    if (const auto difference = conformance::difference(expected, **answer))
        return failureOf(test, *difference, **answer);
    return std::nullopt;
}

Score run(const Family &family, const json &document, json &failures)
{
    Score score;
    for (const json &test : document.value("cases", json::array())) {
        if (auto failure = judge(family, test)) {
            ++score.failed;
            failure->emplace("family", family.name);
            failures.push_back(std::move(*failure));
        } else {
            ++score.passed;
        }
    }
    return score;
}

/// False when a case of the file failed or the file could not be read; prints the family's line.
bool runFile(const fs::path &path, json &failures)
{
    const std::string name = path.stem().string();
    const auto family = std::ranges::find(families, name, &Family::name);
    if (family == families.end()) {
        fmt::print("{} not built\n", name);
        return true;
    }
    const auto text = core::readFile(path);
    const json document = text ? json::parse(*text, nullptr, false) : json();
    if (!document.is_object()) {
        fmt::print("{} 0 1\n", name);
        failures.push_back({{"family", name}, {"why", "cannot read " + path.string()}});
        return false;
    }
    const Score score = run(*family, document, failures);
    fmt::print("{} {} {}\n", name, score.passed, score.failed);
    return score.failed == 0;
}

std::vector<fs::path> vectorFiles(const fs::path &folder)
{
    std::vector<fs::path> files;
    std::error_code error;
    for (const auto &entry : fs::directory_iterator(folder, error))
        if (entry.path().extension() == ".json")
            files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

} // namespace

int main(int argc, char **argv)
{
    const char *fromEnvironment = std::getenv("BERTH_VECTORS");
    const fs::path folder = argc > 1 ? argv[1] : fromEnvironment ? fromEnvironment : BERTH_TEST_DATA "/vectors";
    const auto files = vectorFiles(folder);
    if (files.empty()) {
        fmt::print(stderr, "No vector files (*.json) in {}\n", folder.string());
        return 2;
    }
    json failures = json::array();
    const auto failed = std::ranges::count_if(files, [&](const fs::path &file) { return !runFile(file, failures); });
    if (failed == 0)
        return 0;
    const fs::path report = fs::current_path() / "conformance-failures.json";
    if (const auto written = core::writeFileAtomically(report, failures.dump(2)); !written)
        fmt::print(stderr, "{}\n", core::describe(written.error()));
    fmt::print(stderr, "failing cases with expected and got: {}\n", report.string());
    return 1;
}
