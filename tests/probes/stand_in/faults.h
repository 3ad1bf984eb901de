// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <string>

namespace standin {

// What the stand-in does wrong, from BERTH_STAND_IN_FAULT = "kind", "kind:where" or "kind:where:value". `where` is a
// kernel's name, or upload, download, peer, init, open. See docs/probes.md for the list.
struct Fault {
    std::string kind, where;
    double value = 0;

    [[nodiscard]] bool is(const char *wanted) const { return kind == wanted; }
    [[nodiscard]] bool is(const char *wanted, const std::string &place) const
    {
        return kind == wanted && where == place;
    }
    [[nodiscard]] int code() const { return static_cast<int>(value); }
};

inline const Fault &fault()
{
    static const Fault parsed = [] {
        Fault f;
        const char *text = std::getenv("BERTH_STAND_IN_FAULT");
        const std::string all = text ? text : "";
        const auto first = all.find(':'), second = first == std::string::npos ? first : all.find(':', first + 1);
        f.kind = all.substr(0, first);
        if (first != std::string::npos)
            f.where = all.substr(first + 1, second - first - 1);
        if (second != std::string::npos)
            f.value = std::atof(all.c_str() + second + 1);
        return f;
    }();
    return parsed;
}

inline int deviceCount()
{
    const char *text = std::getenv("BERTH_STAND_IN_DEVICES");
    return text ? std::atoi(text) : 1;
}

} // namespace standin
