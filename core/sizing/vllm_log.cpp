// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sizing/vllm_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

namespace core {

namespace {

/// Config lines take a few kilobytes; what is longer is not vLLM's.
constexpr std::size_t longestLine = 64u << 10;
/// A device has less than a petabyte; a number beyond that is damage.
constexpr double mostGib = 1 << 20;
constexpr std::int64_t v0BlockTokens = 16;

/// Without colours and other escape sequences.
std::string plain(std::string_view line)
{
    std::string out;
    while (!line.empty()) {
        const auto text = line.substr(0, line.find('\x1b'));
        out += text;
        line.remove_prefix(text.size());
        if (line.starts_with("\x1b[")) {
            line.remove_prefix(2);
            const auto end = std::ranges::find_if(line, [](char c) { return c >= '@' && c <= '~'; });
            line.remove_prefix(std::min(line.size(), static_cast<std::size_t>(end - line.begin()) + 1));
        } else
            line.remove_prefix(std::min<std::size_t>(line.size(), 2));
    }
    return out;
}

std::string_view after(std::string_view line, std::string_view words)
{
    const auto found = line.find(words);
    return found == line.npos ? std::string_view() : line.substr(found + words.size());
}

/// A number that is followed by one of `units` (any when there are none), with thousands separated by commas as newer
/// versions print them. Without its unit a number may have been cut.
std::optional<double> leadingNumber(std::string_view text, std::initializer_list<std::string_view> units = {})
{
    text.remove_prefix(std::min(text.find_first_not_of(" =:("), text.size()));
    const auto length = std::min({text.find_first_not_of("0123456789.,-"), text.size(), std::size_t{40}});
    std::string digits(text.substr(0, length));
    std::erase(digits, ',');
    while (digits.ends_with('.')) // the end of a sentence
        digits.pop_back();
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value))
        return std::nullopt;
    auto rest = text.substr(length);
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const bool complete =
        units.size() == 0 || std::ranges::any_of(units, [rest](auto unit) { return rest.starts_with(unit); });
    return complete ? std::optional(value) : std::nullopt;
}

/// The value of key='...' or key=... in a printed configuration; also 'key': ... of "non-default args".
std::string configured(std::string_view line, std::string_view key)
{
    for (const auto &before : {fmt::format(" {}=", key), fmt::format("({}=", key), fmt::format("'{}': ", key)}) {
        auto rest = after(line, before);
        if (rest.empty())
            continue;
        const bool quoted = rest.starts_with('\'') || rest.starts_with('"');
        const auto end = quoted ? rest.find(rest.front(), 1) : rest.find_first_of(",)}");
        return std::string(quoted ? rest.substr(1, end == rest.npos ? end : end - 1) : rest.substr(0, end));
    }
    return {};
}

template <class T>
void takeWhole(std::optional<T> &field, std::string_view line, std::string_view key, double most)
{
    const auto text = configured(line, key);
    const auto value = text.empty() ? std::nullopt : leadingNumber(text);
    if (value && *value >= 1 && *value <= most)
        field = static_cast<T>(*value);
}

void takeText(std::string &field, std::string_view line, std::string_view key)
{
    if (auto value = configured(line, key); !value.empty())
        field = std::move(value);
}

/// Reads one start; the caller splits lines and starts.
class Reader {
public:
    Result<void> take(std::string_view line, std::size_t number)
    {
        m_number = number;
        takeConfig(line);
        takeArguments(line);
        if (auto taken = takeMemory(line); !taken)
            return taken;
        return takeCache(line);
    }

    bool hasMemory() const { return m_hasMemory; }
    bool hasWeights() const
    {
        return std::ranges::any_of(m_log.workers, [](const auto &worker) { return worker.second.weights.has_value(); });
    }
    VllmLog finish()
    {
        if (m_log.kvTokens && m_log.decodeContextParallel)
            *m_log.kvTokens /= *m_log.decodeContextParallel;
        return std::move(m_log);
    }

    /// The process that printed the line: "Worker_TP0 pid=34322"; empty without such a prefix.
    static std::string processOf(std::string_view line)
    {
        const auto pid = line.substr(0, 300).find("pid=");
        const auto open = pid == line.npos ? pid : line.rfind('(', pid);
        const auto close = open == line.npos ? open : line.find(')', open);
        return close == line.npos || close < pid ? std::string() : std::string(line.substr(open + 1, close - open - 1));
    }

private:
    void takeConfig(std::string_view line)
    {
        const auto banner = after(line, "LLM engine (v");
        if (banner.empty())
            return;
        m_log.version = std::string(banner.substr(0, std::min(banner.find(')'), banner.size())));
        takeText(m_log.model, line, "model");
        takeText(m_log.dtype, line, "dtype");
        takeText(m_log.quantization, line, "quantization");
        takeText(m_log.kvCacheDtype, line, "kv_cache_dtype");
        takeWhole(m_log.tensorParallel, line, "tensor_parallel_size", 1024);
        takeWhole(m_log.pipelineParallel, line, "pipeline_parallel_size", 1024);
        takeWhole(m_log.maxLength, line, "max_seq_len", 1e9);
    }

    void takeArguments(std::string_view line)
    {
        if (!line.contains("args: ") && !line.contains("total_gpu_memory ("))
            return;
        const auto printed = line.contains("total_gpu_memory (") ? std::string(after(line, "gpu_memory_utilization ("))
                                                                 : configured(line, "gpu_memory_utilization");
        const auto value = leadingNumber(printed);
        if (value && *value > 0 && *value <= 1)
            m_log.utilization = value;
        if (m_log.model.empty())
            takeText(m_log.model, line, "model");
    }

    Result<void> takeMemory(std::string_view line)
    {
        struct Item {
            std::string_view words;
            std::optional<std::int64_t> VllmWorker::*field;
        };
        static constexpr std::array<Item, 11> items{{
            {"Loading model weights took ", &VllmWorker::weights},
            {"Model loading took ", &VllmWorker::weights},
            {"model weights take ", &VllmWorker::weights},
            {"weights memory: ", &VllmWorker::weights},
            {"non_torch_memory takes ", &VllmWorker::nonTorch},
            {"non-torch forward increase memory: ", &VllmWorker::nonTorch},
            {"PyTorch activation peak memory takes ", &VllmWorker::activations},
            {"torch peak memory increase: ", &VllmWorker::activations},
            {"reserved for KV Cache is ", &VllmWorker::kvCache},
            {"Available KV cache memory: ", &VllmWorker::kvCache},
            {"secs, took ", &VllmWorker::graphs},
        }};
        for (const auto &[words, field] : items) {
            const auto rest = after(line, words);
            if (rest.empty() || (words == "secs, took " && !line.contains("Graph capturing finished")))
                continue;
            const auto bytes = gibibytes(rest);
            if (!bytes)
                return std::unexpected(bytes.error());
            m_log.workers[processOf(line)].*field = *bytes;
            m_hasMemory = true;
        }
        if (const auto total = after(line, "total_gpu_memory ("); !total.empty()) {
            const auto bytes = gibibytes(total);
            if (!bytes)
                return std::unexpected(bytes.error());
            m_log.totalMemory = *bytes;
            m_hasMemory = true;
        }
        return {};
    }

    Result<void> takeCache(std::string_view line)
    {
        for (const auto words : {"GPU KV cache size: ", "# GPU blocks: ", "# cuda blocks: ", "# rocm blocks: "}) {
            const auto rest = after(line, words);
            if (rest.empty())
                continue;
            const bool blocks = words[0] == '#';
            const auto count = blocks ? leadingNumber(rest, {"# CPU"}) : leadingNumber(rest, {"tokens"});
            if (!count || *count < 0 || *count > 1e15)
                return fail(ErrorKind::Parse, fmt::format("no number after \"{}\"", words), place());
            const auto tokens = static_cast<std::int64_t>(*count) * (blocks ? v0BlockTokens : 1);
            m_log.kvTokens = std::min(m_log.kvTokens.value_or(tokens), tokens);
            m_hasMemory = true;
        }
        if (const auto group = after(line, "KV cache size by the dcp_world_size "); !group.empty())
            if (const auto size = leadingNumber(group); size && *size >= 1 && *size <= 1024)
                m_log.decodeContextParallel = static_cast<int>(*size);
        if (line.contains("Application startup complete") || line.contains("init engine (profile"))
            m_log.ready = true;
        return {};
    }

    Result<std::int64_t> gibibytes(std::string_view text) const
    {
        const auto amount = leadingNumber(text, {"GiB", "GB"});
        if (!amount || std::abs(*amount) > mostGib)
            return fail(ErrorKind::Parse, "a memory line of vLLM holds no number of GiB", place());
        return std::llround(*amount * 0x1p30);
    }

    std::string place() const { return fmt::format("line {}", m_number); }

    VllmLog m_log;
    std::size_t m_number = 0;
    bool m_hasMemory = false;
};

/// "EngineCore_DP0 pid=181" is EngineCore_DP0: the same engine has another number after a restart.
std::string engineOf(std::string_view line)
{
    const auto process = Reader::processOf(line);
    return process.substr(0, process.find(" pid="));
}

} // namespace

std::vector<int> versionNumbers(std::string_view version)
{
    std::vector<int> out;
    while (!version.empty()) {
        int number = 0;
        const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), number);
        if (error != std::errc())
            break;
        out.push_back(number);
        version.remove_prefix(static_cast<std::size_t>(end - version.data()));
        if (!version.starts_with('.'))
            break;
        version.remove_prefix(1);
    }
    return out;
}

Result<VllmLog> parseVllmLog(std::string_view text)
{
    if (text.size() > largestLog)
        return fail(ErrorKind::Parse, fmt::format("the log is larger than {} MiB", largestLog >> 20), {},
                    "keep the lines from start to \"Application startup complete\"");
    std::vector<Reader> starts(1);
    std::set<std::string> engines;
    std::size_t number = 1;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of("\n\r"), text.size());
        if (end <= longestLine) {
            const auto line = plain(text.substr(0, end));
            if (line.contains("LLM engine (v") && !engines.insert(engineOf(line)).second) {
                starts.emplace_back();
                engines = {engineOf(line)};
            }
            const bool cut = end == text.size(); // a last line without its end may lack half of a number
            if (auto taken = starts.back().take(line, number); !taken && !cut)
                return std::unexpected(taken.error());
        }
        number += end < text.size() && text[end] == '\n' ? 1 : 0;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    const auto loaded = std::ranges::find_if(starts.rbegin(), starts.rend(), &Reader::hasWeights);
    const auto told = std::ranges::find_if(starts.rbegin(), starts.rend(), &Reader::hasMemory);
    if (told == starts.rend())
        return fail(ErrorKind::Parse, "no line of vLLM's memory accounting was found", {},
                    "give the log from the start of vLLM up to \"Application startup complete\"");
    auto log = (loaded != starts.rend() ? loaded : told)->finish();
    if (starts.size() > 1)
        log.notes.push_back(
            fmt::format("the log holds {} starts; the last that loaded its weights is used", starts.size()));
    if (!log.ready)
        log.notes.emplace_back("the log does not show that vLLM started: it may have been cut");
    return log;
}

} // namespace core
