// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifests/manifest.h"

#include <algorithm>

namespace core {

namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> lines(std::string_view text)
{
    std::vector<std::string> out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        out.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

/// The item of a live list that a planned item speaks about: by name, else by key, else by position.
const nlohmann::json *twin(const nlohmann::json &live, const Json &planned, std::size_t position)
{
    for (const auto *key : {"name", "key", "containerPort", "port"})
        if (planned.is_object() && planned.contains(key)) {
            const auto wanted = nlohmann::json(planned[key]);
            const auto found = std::ranges::find_if(
                live, [&](const auto &item) { return item.is_object() && item.contains(key) && item[key] == wanted; });
            return found == live.end() ? nullptr : &*found;
        }
    return position < live.size() ? &live[position] : nullptr;
}

} // namespace

std::vector<DiffLine> diffLines(std::string_view live, std::string_view planned)
{
    const auto a = lines(live), b = lines(planned);
    // Longest common subsequence. A manifest has a few hundred lines: the table is small.
    std::vector<std::vector<int>> common(a.size() + 1, std::vector<int>(b.size() + 1, 0));
    for (auto i = a.size(); i-- > 0;)
        for (auto j = b.size(); j-- > 0;)
            common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
    std::vector<DiffLine> out;
    std::size_t i = 0, j = 0;
    while (i < a.size() || j < b.size()) {
        if (i < a.size() && j < b.size() && a[i] == b[j]) {
            out.push_back({' ', a[i]});
            ++i;
            ++j;
        } else if (i < a.size() && (j == b.size() || common[i + 1][j] >= common[i][j + 1])) {
            out.push_back({'-', a[i++]});
        } else {
            out.push_back({'+', b[j++]});
        }
    }
    return out;
}

nlohmann::ordered_json comparable(const nlohmann::json &live, const nlohmann::ordered_json &planned)
{
    if (planned.is_object() && live.is_object()) {
        Json out = Json::object();
        for (const auto &[key, value] : planned.items())
            if (live.contains(key))
                out[key] = comparable(live[key], value);
        return out;
    }
    if (planned.is_array() && live.is_array()) {
        Json out = Json::array();
        for (std::size_t i = 0; i < planned.size(); ++i)
            if (const auto *item = twin(live, planned[i], i))
                out.push_back(comparable(*item, planned[i]));
        return out;
    }
    Json out(live); // braces would make a list of it
    return out;
}

} // namespace core
