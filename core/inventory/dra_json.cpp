// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/dra_json.h"

#include "core/inventory/dra_fields.h"

namespace core {

using namespace fields;

namespace {

template <class Read>
auto guarded(std::string_view text, const char *what, const Read &read) -> Result<decltype(read(Object()))>
{
    try {
        simdjson::dom::parser parser;
        Object root;
        if (const auto status = parser.parse(simdjson::padded_string(text)).get(root); status != simdjson::SUCCESS)
            return fail(ErrorKind::Parse, fmt::format("is no JSON object: {}", simdjson::error_message(status)), what);
        return read(root);
    } catch (const WrongType &wrong) {
        return fail(ErrorKind::Parse, fmt::format("{} must be {}", wrong.path, wrong.expected), what);
    } catch (const simdjson::simdjson_error &error) {
        return fail(ErrorKind::Parse, error.what(), what);
    }
}

template <class T>
constexpr const char *kindOf = "object";
template <>
constexpr const char *kindOf<dra::Slice> = "ResourceSlice";
template <>
constexpr const char *kindOf<dra::DeviceClass> = "DeviceClass";
template <>
constexpr const char *kindOf<dra::Claim> = "ResourceClaim";
template <>
constexpr const char *kindOf<dra::ClaimTemplate> = "ResourceClaimTemplate";

template <class T>
std::shared_ptr<const T> one(const Object &json)
{
    auto out = std::make_shared<T>();
    const auto metadata = object(json, "metadata");
    if (!metadata || text(*metadata, "name").empty())
        throw WrongType{"metadata.name", "a name"};
    out->name = text(*metadata, "name");
    try {
        readDra(json, *out);
    } catch (const WrongType &wrong) {
        throw WrongType{fmt::format("{}: {}", out->name, wrong.path), wrong.expected};
    }
    return out;
}

} // namespace

template <class T>
Result<std::vector<std::shared_ptr<const T>>> parseDraList(std::string_view page)
{
    return guarded(page, kindOf<T>, [](const Object &list) {
        std::vector<std::shared_ptr<const T>> out;
        for (const auto &item : objects(list, "items"))
            out.push_back(one<T>(item));
        return out;
    });
}

template <class T>
Result<std::shared_ptr<const T>> parseDraObject(std::string_view text)
{
    return guarded(text, kindOf<T>, one<T>);
}

template <class T>
Result<std::shared_ptr<const T>> parseWatchedDra(std::string_view line)
{
    return guarded(line, kindOf<T>, [](const Object &event) {
        const auto found = object(event, "object");
        if (!found)
            throw WrongType{"object", "an object"};
        return one<T>(*found);
    });
}

template Result<std::vector<dra::SlicePtr>> parseDraList<dra::Slice>(std::string_view);
template Result<std::vector<dra::DeviceClassPtr>> parseDraList<dra::DeviceClass>(std::string_view);
template Result<std::vector<dra::ClaimPtr>> parseDraList<dra::Claim>(std::string_view);
template Result<std::vector<dra::ClaimTemplatePtr>> parseDraList<dra::ClaimTemplate>(std::string_view);
template Result<dra::SlicePtr> parseDraObject<dra::Slice>(std::string_view);
template Result<dra::DeviceClassPtr> parseDraObject<dra::DeviceClass>(std::string_view);
template Result<dra::ClaimPtr> parseDraObject<dra::Claim>(std::string_view);
template Result<dra::ClaimTemplatePtr> parseDraObject<dra::ClaimTemplate>(std::string_view);
template Result<dra::SlicePtr> parseWatchedDra<dra::Slice>(std::string_view);
template Result<dra::DeviceClassPtr> parseWatchedDra<dra::DeviceClass>(std::string_view);
template Result<dra::ClaimPtr> parseWatchedDra<dra::Claim>(std::string_view);
template Result<dra::ClaimTemplatePtr> parseWatchedDra<dra::ClaimTemplate>(std::string_view);

} // namespace core
