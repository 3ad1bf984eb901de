// SPDX-License-Identifier: GPL-3.0-or-later
// Feeds every fuzz target its seeds, and some thousand mutations that are the same on every machine.
#include "tests/fuzz/fuzz_target.h"

#include <QTest>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#define FUZZ_ENTRY(name) void fuzz_##name(std::string_view input);
#include "fuzz_entries.inc"
#undef FUZZ_ENTRY

namespace {

namespace fs = std::filesystem;

struct Target {
    const char *name;
    void (*run)(std::string_view input);
};

#define FUZZ_ENTRY(name) Target{#name, fuzz_##name},
constexpr Target targets[] = {
#include "fuzz_entries.inc"
};
#undef FUZZ_ENTRY

constexpr std::size_t mutationsPerTarget = 3000;
constexpr std::size_t longestSeed = 20'000;

/// Families of tests/data/vectors whose inputs are good food for a target.
const std::map<std::string, std::vector<std::string>> families{
    {"quantity", {"quantity"}},
    {"names", {"name-validation"}},
    {"label_selector", {"label-selector"}},
    {"pod_spec", {"pod-resources", "node-affinity", "taint-toleration", "scheduler-fit"}},
    {"object_reader", {"node-objects", "scheduler-fit"}},
    {"kubeconfig", {"kubeconfig"}},
    {"yaml_json", {"kubeconfig"}},
    {"mig_profile", {"gpu-labels"}}};

std::string contentOf(const fs::path &file)
{
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

/// Every text and every object of a case, however deep: the parser's input is one of them.
void collect(const nlohmann::json &value, std::vector<std::string> &seeds)
{
    if (value.is_string())
        seeds.push_back(value.get<std::string>());
    else if (value.is_object())
        seeds.push_back(value.dump());
    if (value.is_structured())
        for (const auto &inner : value)
            collect(inner, seeds);
}

std::vector<std::string> seedsOf(const std::string &target)
{
    std::vector<std::string> seeds{"", "\n", "{}", "[]", "null", std::string(1, '\0'), std::string(5000, '[')};
    const fs::path data = BERTH_TEST_DATA;
    if (const auto folder = data / "fuzz" / target; fs::is_directory(folder))
        for (const auto &entry : fs::directory_iterator(folder))
            seeds.push_back(contentOf(entry.path()));
    if (const auto found = families.find(target); found != families.end())
        for (const auto &family : found->second) {
            const auto vectors = nlohmann::json::parse(contentOf(data / "vectors" / (family + ".json")));
            for (const auto &one : vectors.at("cases"))
                collect(one.at("in"), seeds);
        }
    std::erase_if(seeds, [](const auto &seed) { return seed.size() > longestSeed; });
    std::ranges::sort(seeds); // the order of a folder is the file system's
    seeds.erase(std::ranges::unique(seeds).begin(), seeds.end());
    return seeds;
}

/// The distributions of the standard library differ between its makers; this does not.
std::size_t below(std::mt19937 &random, std::size_t limit)
{
    return limit == 0 ? 0 : random() % limit;
}

/// A few edits of the kinds that break parsers: a byte, a cut, a repeat, a piece of another seed, a number at a limit.
std::string mutated(std::string text, const std::vector<std::string> &seeds, std::mt19937 &random)
{
    static const std::vector<std::string> bits{"-1",
                                               "9223372036854775807",
                                               "9223372036854775808",
                                               "1e999",
                                               "0x10",
                                               "\xff\xfe",
                                               std::string(1, '\0'),
                                               "\"",
                                               "{",
                                               "]",
                                               "null",
                                               "true",
                                               ": ",
                                               "- ",
                                               "e",
                                               "%",
                                               "'",
                                               "\\u0000",
                                               "&a *a",
                                               "~",
                                               ".",
                                               "/",
                                               "\r\n"};
    for (auto edits = 1 + below(random, 4); edits-- > 0;) {
        const auto at = below(random, text.size() + 1);
        const auto length = std::min(text.size() - at, 1 + below(random, 16));
        switch (below(random, 5)) {
        case 0:
            if (at < text.size())
                text[at] = static_cast<char>(random());
            break;
        case 1: text.erase(at, length); break;
        case 2: text.insert(at, text.substr(at, length)); break;
        case 3: text.insert(at, bits[below(random, bits.size())]); break;
        default: {
            const auto &other = seeds[below(random, seeds.size())];
            text.replace(at, length, other.substr(below(random, other.size()), 1 + below(random, 200)));
        }
        }
    }
    return text;
}

std::string problemOf(const Target &target, const std::string &input)
{
    try {
        target.run(input);
        return {};
    } catch (const std::exception &error) {
        return fmt::format("{}: {} (input of {} bytes)", target.name, error.what(), input.size());
    }
}

class FuzzRegressionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void noInputBreaksAParser_data();
    void noInputBreaksAParser();
};

void FuzzRegressionTest::noInputBreaksAParser_data()
{
    QTest::addColumn<int>("index");
    for (int i = 0; i < static_cast<int>(std::size(targets)); ++i)
        QTest::newRow(targets[i].name) << i;
}

void FuzzRegressionTest::noInputBreaksAParser()
{
    QFETCH(int, index);
    const auto &target = targets[index];
    const auto seeds = seedsOf(target.name);
    const auto isNoProblem = [&target](const std::string &input) {
        const auto problem = problemOf(target, input);
        QVERIFY2(problem.empty(), problem.c_str());
    };
    for (const auto &seed : seeds)
        isNoProblem(seed);
    std::mt19937 random(4711); // the same mutations everywhere
    for (std::size_t i = 0; i < mutationsPerTarget && !QTest::currentTestFailed(); ++i)
        isNoProblem(mutated(seeds[below(random, seeds.size())], seeds, random));
}

} // namespace

QTEST_GUILESS_MAIN(FuzzRegressionTest)
#include "fuzz_regression_test.moc"
