// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/peer_models.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <utility>

namespace conformance {

namespace {

std::string lower(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool isWord(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::set<std::string> wordsOf(const std::string &text)
{
    std::set<std::string> out;
    std::string word;
    for (const char c : text + " ") {
        if (isWord(c))
            word += c;
        else if (!word.empty())
            out.insert(std::exchange(word, {}));
    }
    return out;
}

/// Letters and digits; everything between them is one dash.
std::string slug(std::string text)
{
    text = text.substr(0, text.find("-mig-"));
    if (text.ends_with("-shared"))
        text.resize(text.size() - 7);
    std::string out;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out += c;
        else if (!out.empty() && out.back() != '-')
            out += '-';
    }
    if (out.ends_with('-'))
        out.pop_back();
    return out;
}

/// A pattern of a machine type: '#' stands for one or more digits, a final '*' for anything.
bool fits(std::string_view text, std::string_view pattern)
{
    while (!pattern.empty()) {
        if (pattern == "*")
            return true;
        if (text.empty())
            return false;
        if (pattern.front() == '#') {
            if (std::isdigit(static_cast<unsigned char>(text.front())) == 0)
                return false;
            while (!text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0)
                text.remove_prefix(1);
        } else if (text.front() != pattern.front()) {
            return false;
        } else {
            text.remove_prefix(1);
        }
        pattern.remove_prefix(1);
    }
    return text.empty();
}

} // namespace

std::string peerModel(std::string_view product, std::int64_t memoryMiB)
{
    const auto text = lower(product);
    const auto words = wordsOf(text);
    if (words.contains("h100"))
        return words.contains("94gb") || text.find("nvl") != text.npos || memoryMiB > 90'000 ? "h100-94gb"
                                                                                             : "h100-80gb";
    if (words.contains("a100"))
        return words.contains("80gb") || memoryMiB > 60'000 ? "a100-80gb" : "a100-40gb";
    for (const auto *name : {"gb300", "gb200", "gh200", "b300", "b200", "h200", "h800", "a30", "a10g", "a10", "l40s",
                             "l40", "l4", "t4", "v100", "p100", "p4", "k80", "mi300x"})
        if (words.contains(name))
            return name;
    if (words.contains("t4g"))
        return "t4";
    return words.contains("mi250") || words.contains("mi250x") ? "mi250" : slug(text);
}

std::string peerModelOfInstance(std::string_view instanceType)
{
    struct Family {
        std::string_view pattern, model;
    };
    // AWS, Google, Azure, CoreWeave, DigitalOcean: only families whose card the name settles.
    constexpr std::array families{
        Family{"p6-b200.*", "b200"},
        Family{"p5e.*", "h200"},
        Family{"p5en.*", "h200"},
        Family{"p5.*", "h100-80gb"},
        Family{"p4de.*", "a100-80gb"},
        Family{"p4d.*", "a100-40gb"},
        Family{"p3.*", "v100"},
        Family{"p3dn.*", "v100"},
        Family{"g6e.*", "l40s"},
        Family{"g6.*", "l4"},
        Family{"g5.*", "a10g"},
        Family{"g4dn.*", "t4"},
        Family{"a4-highgpu-*", "b200"},
        Family{"a3-ultragpu-*", "h200"},
        Family{"a3-highgpu-*", "h100-80gb"},
        Family{"a3-megagpu-*", "h100-80gb"},
        Family{"a3-edgegpu-*", "h100-80gb"},
        Family{"a2-ultragpu-*", "a100-80gb"},
        Family{"a2-highgpu-*", "a100-40gb"},
        Family{"a2-megagpu-*", "a100-40gb"},
        Family{"g2-standard-*", "l4"},
        Family{"standard_nc#as_t4_v3", "t4"},
        Family{"standard_nc#s_v3", "v100"},
        Family{"standard_nd#asr_v4", "a100-40gb"},
        Family{"standard_nd#amsr_a100_v4", "a100-80gb"},
        Family{"standard_nc#ads_a100_v4", "a100-80gb"},
        Family{"standard_nd#isr_h100_v5", "h100-80gb"},
        Family{"standard_nc#ads_h100_v5", "h100-94gb"},
        Family{"standard_nd#isr_h200_v5", "h200"},
        Family{"standard_nv#ads_a10_v5", "a10"},
        Family{"gd-#xh200*", "h200"},
        Family{"gd-#xh100*", "h100-80gb"},
        Family{"gd-#xgh200*", "gh200"},
        Family{"gd-#xl40s*", "l40s"},
        Family{"gd-#xl40-*", "l40"},
        Family{"gd-#xa100*", "a100-80gb"},
        Family{"gb300-*", "gb300"},
        Family{"gb200-*", "gb200"},
        Family{"b300-*", "b300"},
        Family{"b200-*", "b200"},
        Family{"gpu-h200x*", "h200"},
        Family{"gpu-h100x*", "h100-80gb"},
        Family{"gpu-l40sx*", "l40s"},
        Family{"gpu-mi300x*", "mi300x"},
    };
    const auto type = lower(instanceType);
    const auto found =
        std::find_if(families.begin(), families.end(), [&type](const Family &f) { return fits(type, f.pattern); });
    return found == families.end() ? std::string() : std::string(found->model);
}

std::string plannerType(std::string_view product)
{
    const auto words = wordsOf(lower(product));
    if (words.contains("a100"))
        return words.contains("80gb") ? "A100-80" : words.contains("40gb") ? "A100-40" : "";
    for (const auto *name : {"B200", "H200", "H100", "L40S", "L40", "L20", "L4", "A10G"})
        if (words.contains(lower(name)))
            return name;
    return {};
}

} // namespace conformance
