// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/placement/optimizer/mix_cases.h"

#include "core/placement/optimizer/unique_json.h"

#include "core/placement/engine/json_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace core::optimizer {

namespace {

using Json = nlohmann::json;
using engine::JsonFields;
using Matrix = std::vector<std::vector<double>>;

Result<Matrix> readMatrix(const Json &rows, const std::string &place)
{
    Matrix matrix;
    for (const auto &row : rows) {
        if (!row.is_array())
            return fail(ErrorKind::Parse, "is not a list of lists of numbers", place);
        auto &numbers = matrix.emplace_back();
        for (const auto &cell : row) {
            if (!cell.is_number() || !std::isfinite(cell.get<double>()) || cell.get<double>() < 0)
                return fail(ErrorKind::Parse, "holds something that is not a number of at least 0", place);
            numbers.push_back(cell.get<double>());
        }
    }
    return matrix;
}

bool sameShape(const Matrix &a, const Matrix &b)
{
    return std::ranges::equal(a, b, {}, &std::vector<double>::size, &std::vector<double>::size);
}

Result<std::vector<MixBucket>> readBuckets(const Json &distribution, double rate, const std::string &place)
{
    const auto shares = readMatrix(distribution, place);
    if (!shares)
        return std::unexpected(shares.error());
    std::vector<MixBucket> buckets;
    for (const auto &row : *shares)
        for (const double share : row)
            buckets.push_back({.rate = share * rate, .throughput = {}});
    return buckets;
}

/// Adds a type and its column of throughputs.
Result<void> addType(MixProblem &problem, const std::string &name, const Json &info, const Matrix &shape,
                     const std::string &place)
{
    JsonFields fields(info, place);
    const double cost = fields.number("cost");
    const auto &list = fields.list("tputs");
    if (!fields.good())
        return fields.fault();
    const auto tputs = readMatrix(list, place + ".tputs");
    if (!tputs)
        return std::unexpected(tputs.error());
    if (!sameShape(*tputs, shape))
        return fail(ErrorKind::Parse, "has another shape than workload_distribution", place + ".tputs");
    problem.types.push_back({.name = name, .usdPerHour = cost});
    auto bucket = problem.buckets.begin();
    for (const auto &row : *tputs)
        for (const double throughput : row)
            (bucket++)->throughput.push_back(throughput);
    return {};
}

Result<void> readLimits(MixProblem &problem, const Json &limits, const std::string &place)
{
    JsonFields fields(limits, place);
    if (!fields.good())
        return fields.fault();
    for (const auto &[name, value] : limits.items()) {
        const auto type = std::ranges::find(problem.types, name, &MixType::name);
        if (type == problem.types.end())
            return fail(ErrorKind::Parse, "is not a GPU of gpu_info", fmt::format("{}.{}", place, name));
        type->limit = fields.whole(name.c_str());
        if (!fields.good())
            return fields.fault();
    }
    return {};
}

Result<MixCase> readCase(const Json &value, const std::string &place)
{
    static constexpr std::int64_t MostSlices = 100'000;
    JsonFields fields(value, place);
    MixCase read{.id = fields.text("id"), .problem = {}};
    const double rate = fields.number("total_request_rate");
    read.problem.slices = static_cast<int>(fields.whole("slice_factor", 1, MostSlices));
    const auto &distribution = fields.list("workload_distribution");
    const auto &info = fields.object("gpu_info");
    if (!fields.good())
        return fields.fault();
    const auto shape = readMatrix(distribution, place + ".workload_distribution");
    auto buckets = readBuckets(distribution, rate, place + ".workload_distribution");
    if (!shape || !buckets)
        return std::unexpected(buckets.error());
    read.problem.buckets = *std::move(buckets);
    for (const auto &[name, type] : info.items())
        if (auto good = addType(read.problem, name, type, *shape, fmt::format("{}.gpu_info.{}", place, name)); !good)
            return std::unexpected(good.error());
    if (fields.has("limits"))
        if (auto good = readLimits(read.problem, value["limits"], place + ".limits"); !good)
            return std::unexpected(good.error());
    return read;
}

std::string placeOf(std::size_t index, const Json &value)
{
    const bool named = value.is_object() && value.contains("id") && value["id"].is_string();
    return named ? fmt::format("cases[{}] \"{}\"", index, value["id"].get<std::string>())
                 : fmt::format("cases[{}]", index);
}

} // namespace

Result<std::vector<MixCase>> readMixCases(std::string_view json)
{
    const auto document = parseUniqueJson(json, "cases");
    if (!document)
        return std::unexpected(document.error());
    const bool wrapped = document->is_object() && document->contains("cases");
    const auto &list = wrapped ? (*document)["cases"] : *document;
    if (!list.is_array())
        return fail(ErrorKind::Parse, "is not a list", "cases");
    std::vector<MixCase> cases;
    std::set<std::string> ids;
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto read = readCase(list[i], placeOf(i, list[i]));
        if (!read)
            return std::unexpected(read.error());
        if (!ids.insert(read->id).second)
            return fail(ErrorKind::Parse, fmt::format("\"{}\" is there twice", read->id),
                        fmt::format("cases[{}].id", i));
        cases.push_back(*std::move(read));
    }
    return cases;
}

} // namespace core::optimizer
