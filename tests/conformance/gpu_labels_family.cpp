// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"
#include "tests/conformance/label_json.h"

#include "core/inventory/mig_profile.h"
#include "core/inventory/vendor_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <set>

namespace conformance {

using core::Result;
using nlohmann::json;

namespace {

Result<json> decode(const json &in)
{
    const auto labels = labelsOf(in.at("labels"));
    for (const auto &read : {nvidiaJson, amdJson, intelJson})
        if (auto out = read(labels); !out.is_null())
            return out;
    return json::object();
}

// --- MIG. What an A100 40 GB offers is its data sheet, as go-nvlib's tests mock it. ---------------------------------

bool offeredByA100(const core::MigProfile &profile)
{
    struct Instance {
        int slices, gigabytes;
        std::vector<int> computeSlices;
    };
    static const std::array<Instance, 6> instances{
        {{1, 5, {1}}, {1, 10, {1}}, {2, 10, {1, 2}}, {3, 20, {1, 2, 3}}, {4, 20, {1, 2, 4}}, {7, 40, {1, 2, 3, 4, 7}}}};
    const auto found = std::find_if(instances.begin(), instances.end(), [&profile](const Instance &instance) {
        return instance.slices == profile.gpuSlices && instance.gigabytes == profile.gigabytes;
    });
    static const std::set<std::vector<std::string>> with{{}, {"me"}, {"me.all"}, {"gfx"}}, without{{}, {"me"}};
    return found != instances.end() && with.contains(profile.with) && without.contains(profile.without)
        && std::find(found->computeSlices.begin(), found->computeSlices.end(), profile.computeSlices)
        != found->computeSlices.end();
}

Result<json> migProfile(const json &in)
{
    const auto profile = core::parseMigProfile(in.at("profile").get<std::string>());
    if (!profile)
        return json{{"validFormat", false}, {"existsOnA100_40GB", false}};
    return json{{"validFormat", true},
                {"c", profile->computeSlices},
                {"g", profile->gpuSlices},
                {"gb", profile->gigabytes},
                {"attributes", profile->with},
                {"negAttributes", profile->without},
                {"existsOnA100_40GB", offeredByA100(*profile)}};
}

/// Seven compute slices and eight of memory; a profile of 3 or 4 takes half the memory, one of 7 all of it.
bool fitsA100(const json &config)
{
    int compute = 0, memory = 0, instances = 0;
    for (const auto &[name, number] : config.items()) {
        const auto profile = core::parseMigProfile(name);
        if (!profile || !offeredByA100(*profile) || number.get<int>() < 0)
            return false;
        instances += number.get<int>();
        compute += number.get<int>() * profile->gpuSlices;
        memory += number.get<int>() * ((profile->gigabytes + 4) / 5);
    }
    return config.empty() || (instances > 0 && compute <= 7 && memory <= 8);
}

Result<json> migResourceName(const json &in)
{
    const auto profile = core::migProfileOfResource(in.at("resource").get<std::string>());
    if (!profile)
        return core::fail(core::ErrorKind::Parse, "is no MIG resource");
    return json{{"g", profile->gpuSlices}, {"gb", profile->gigabytes}};
}

// --- Names of devices (go-nvlib pkg/nvlib/device/identifier.go) ------------------------------------------------------

bool isIndex(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

bool isUuid(std::string_view text)
{
    constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return text.size() == shape.size() && std::equal(text.begin(), text.end(), shape.begin(), [](char c, char wanted) {
               return wanted == '-' ? c == '-' : std::isxdigit(static_cast<unsigned char>(c)) != 0;
           });
}

bool isMigUuid(std::string_view text)
{
    if (!text.starts_with("MIG-"))
        return false;
    text.remove_prefix(4);
    if (!text.starts_with("GPU-")) // before driver 470: MIG-GPU-<uuid>/<instance>/<compute instance>
        return isUuid(text);
    const auto slash = text.find('/');
    const auto second = text.find('/', slash + 1);
    return slash != text.npos && second != text.npos && isUuid(text.substr(4, slash - 4))
        && isIndex(text.substr(slash + 1, second - slash - 1)) && isIndex(text.substr(second + 1));
}

Result<json> deviceIdentifier(const json &in)
{
    const auto kind = in.at("kind").get<std::string>();
    const auto text = in.at("s").get<std::string>();
    const auto colon = text.find(':');
    const bool isGpu = text.starts_with("GPU-") && isUuid(std::string_view(text).substr(4));
    bool match = false;
    if (kind == "gpuIndex")
        match = isIndex(text);
    else if (kind == "migIndex")
        match = colon != text.npos && isIndex(text.substr(0, colon)) && isIndex(text.substr(colon + 1));
    else
        match = (kind != "migUUID" && isGpu) || (kind != "gpuUUID" && isMigUuid(text));
    return json{{"match", match}};
}

// --- The GPU operator's questions (controllers/state_manager.go) -----------------------------------------------------

bool hasMigCapableGpu(const core::NvidiaLabels &labels)
{
    if (!labels.vgpuHostDriverVersion.empty())
        return false;
    if (labels.migCapable)
        return *labels.migCapable;
    auto product = labels.productLabel;
    std::transform(product.begin(), product.end(), product.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return product.find("h100") != product.npos || product.find("a100") != product.npos
        || product.find("a30") != product.npos;
}

std::optional<bool> predicate(const std::string &name, const core::Labels &labels)
{
    const auto is = [&labels](std::string_view key, std::string_view value) {
        const auto found = labels.find(key);
        return found != labels.end() && found->second == value;
    };
    if (name == "hasNvidiaPci")
        return is("feature.node.kubernetes.io/pci-10de.present", "true")
            || is("feature.node.kubernetes.io/pci-0300_10de.present", "true")
            || is("feature.node.kubernetes.io/pci-0302_10de.present", "true");
    if (name == "hasNfdLabels")
        return std::any_of(labels.begin(), labels.end(),
                           [](const auto &label) { return label.first.starts_with("feature.node.kubernetes.io/"); });
    const auto nvidia = core::readNvidiaLabels(labels).value_or(core::NvidiaLabels());
    if (name == "hasMigCapableGpu")
        return hasMigCapableGpu(nvidia);
    if (name == "hasGpuPresentLabel")
        return nvidia.gpuPresent.value_or(false);
    if (name == "hasMigConfigLabel")
        return !nvidia.migConfig.empty();
    if (name == "hasMigManagerLabel")
        return labels.contains("nvidia.com/gpu.deploy.mig-manager");
    if (name == "operandsDisabled")
        return is("nvidia.com/gpu.deploy.operands", "false");
    return std::nullopt;
}

Result<json> containerRuntime(const json &in)
{
    const auto version = in.at("containerRuntimeVersion").get<std::string>();
    for (const auto &[prefix, name] :
         {std::pair{"docker", "docker"}, std::pair{"containerd", "containerd"}, std::pair{"cri-o", "crio"}})
        if (version.starts_with(prefix))
            return json{{"runtime", name}};
    return core::fail(core::ErrorKind::Unsupported, "unknown container runtime");
}

// --- GPU Feature Discovery (k8s-device-plugin internal/lm) -----------------------------------------------------------

/// Drops what a label value may not hold; words are joined by dashes.
std::string sanitised(std::string_view text)
{
    std::string out;
    bool gap = false;
    for (const char c : text) {
        const bool isWord = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
        gap = gap || std::isspace(static_cast<unsigned char>(c)) != 0;
        if (!isWord)
            continue;
        if (gap && !out.empty())
            out += '-';
        gap = false;
        out += c;
    }
    return out;
}

std::string gpuMode(const json &pciClasses)
{
    std::set<std::string> modes;
    for (const auto &pciClass : pciClasses) {
        const auto text = pciClass.get<std::string>();
        modes.insert(text.starts_with("0x0300") ? "graphics" : text.starts_with("0x0302") ? "compute" : "unknown");
    }
    return modes.size() == 1 ? *modes.begin() : "unknown";
}

std::vector<std::string> expectedKeys(std::string_view variant)
{
    using List = std::vector<std::string>;
    const auto under = [](const std::string &stem, const List &names) {
        List out;
        for (const auto &name : names)
            out.push_back(stem + name);
        return out;
    };
    if (variant.ends_with("vgpu"))
        return under("nvidia.com/vgpu.", {"present", "host-driver-branch", "host-driver-version"});
    const List engines{"multiprocessors", "engines.copy", "engines.decoder", "engines.encoder",
                       "engines.jpeg",    "engines.ofa",  "slices.gi",       "slices.ci"};
    const bool single = variant.ends_with("mig-single"), mixed = variant.ends_with("mig-mixed");
    std::vector<List> parts{
        {"nvidia.com/gfd.timestamp"},
        under("nvidia.com/cuda.",
              {"driver.major", "driver.minor", "driver.rev", "runtime.major", "runtime.minor", "driver-version.major",
               "driver-version.minor", "driver-version.revision", "driver-version.full", "runtime-version.major",
               "runtime-version.minor", "runtime-version.full"}),
        under("nvidia.com/gpu.", {"machine", "count", "replicas", "sharing-strategy", "product", "memory", "family"})};
    const List compute{"nvidia.com/gpu.compute.major", "nvidia.com/gpu.compute.minor"};
    const List mode{"nvidia.com/gpu.mode"}, capable{"nvidia.com/mig.capable"}, strategy{"nvidia.com/mig.strategy"};
    if (single)
        parts.insert(parts.end(), {compute, capable, strategy, under("nvidia.com/gpu.", engines), mode});
    else
        parts.insert(parts.end(), {mode, capable, compute});
    if (mixed)
        parts.insert(
            parts.end(),
            {strategy,
             under("nvidia.com/mig-[0-9]+g.[0-9]+gb.", {"product", "count", "replicas", "sharing-strategy", "memory"}),
             under("nvidia.com/mig-[0-9]+g.[0-9]+gb.", engines)});
    parts.push_back({"nvidia.com/mps.capable"});
    List out;
    for (const auto &part : parts)
        out.insert(out.end(), part.begin(), part.end());
    return out;
}

// --- AMD's labeller: what it removes before it labels anew -----------------------------------------------------------

json amdStripped(const json &labels)
{
    constexpr std::array kinds{"firmware",
                               "family",
                               "driver-version",
                               "driver-src-version",
                               "device-id",
                               "product-name",
                               "vram",
                               "simd-count",
                               "cu-count",
                               "compute-memory-partition",
                               "compute-partitioning-supported",
                               "memory-partitioning-supported"};
    json out = json::object();
    for (const auto &[key, value] : labels.items()) {
        const bool managed = std::any_of(kinds.begin(), kinds.end(), [&key = key](const char *kind) {
            for (const std::string stem : {"amd.com/gpu.", "beta.amd.com/gpu."})
                if (key == stem + kind || key.starts_with(stem + kind + "."))
                    return true;
            return false;
        });
        if (!managed)
            out[key] = value;
    }
    return json{{"labels", out}};
}

// --- Intel's labeller: long values in pieces; and its NFD rules ------------------------------------------------------

json pieces(std::string_view text, std::size_t most)
{
    json out = json::array();
    for (; text.size() > most && most > 0; text.remove_prefix(most))
        out.push_back(text.substr(0, most));
    out.push_back(text);
    return out;
}

/// Cuts after the last letter or digit that fits, so that every piece is a legal label value.
json markedPieces(std::string_view text, std::size_t most, const std::string &mark)
{
    json out = json::array();
    if (most <= mark.size())
        return out;
    std::string start;
    while (text.size() > most - start.size()) {
        const auto window = text.substr(0, most - start.size());
        const auto last =
            std::find_if(window.rbegin(), window.rend(), [](unsigned char c) { return std::isalnum(c) != 0; });
        if (last == window.rend())
            return json::array();
        const auto cut = static_cast<std::size_t>(window.rend() - last);
        out.push_back(start + std::string(text.substr(0, cut)));
        text.remove_prefix(cut);
        start = mark;
    }
    out.push_back(start + std::string(text));
    return out;
}

struct NfdRule {
    std::string_view name, pciClass;
    std::set<std::string_view> devices;
    std::map<std::string, std::string> labels;
};

Result<json> intelNfdRule(const json &in)
{
    static const std::vector<NfdRule> rules{
        {"intel.gpu.max.1100", "0380", {"0bda"}, {{"gpu.intel.com/product", "Max_1100"}}},
        {"intel.gpu.max.1550", "0380", {"0bd5"}, {{"gpu.intel.com/product", "Max_1550"}}},
        {"intel.gpu.max.series",
         "0380",
         {"0bda", "0bd5", "0bd9", "0bdb", "0bd7", "0bd6", "0bd0"},
         {{"gpu.intel.com/family", "Max_Series"}}},
        {"intel.gpu.flex.170",
         "0380",
         {"56c0"},
         {{"gpu.intel.com/family", "Flex_Series"}, {"gpu.intel.com/product", "Flex_170"}}},
        {"intel.gpu.flex.140",
         "0380",
         {"56c1"},
         {{"gpu.intel.com/family", "Flex_Series"}, {"gpu.intel.com/product", "Flex_140"}}},
        {"intel.gpu.a.series",
         "0300",
         {"56a6", "56a5", "56a1", "56a0", "5694", "5693", "5692", "5691", "5690", "56b3", "56b2", "56a4",
          "56a3", "5697", "5696", "5695", "56b1", "56b0", "56a2", "56ba", "56bb", "56bc", "56bd"},
         {{"gpu.intel.com/family", "A_Series"}}}};
    const auto &pci = in.at("pci");
    const auto found =
        std::find_if(rules.begin(), rules.end(),
                     [name = in.at("rule").get<std::string>()](const NfdRule &rule) { return rule.name == name; });
    const bool matches = found != rules.end() && pci.at("vendor") == "8086" && pci.at("class") == found->pciClass
        && found->devices.contains(pci.at("device").get_ref<const std::string &>());
    return json{{"labels", matches ? json(found->labels) : json::object()}};
}

Answer answerMig(const std::string &op, const json &in)
{
    if (op == "migProfile")
        return migProfile(in);
    if (op == "migProfileEqual") {
        const auto a = core::parseMigProfile(in.at("a").get<std::string>());
        return json{{"equal", a && a == core::parseMigProfile(in.at("b").get<std::string>())}};
    }
    if (op == "migMemorySizeGB") {
        const auto gigabytes = core::migGigabytes(std::stoull(in.at("deviceBytes").get<std::string>()),
                                                  in.at("migMemoryMB").get<std::uint64_t>());
        return json{{"gb", gigabytes ? json(*gigabytes) : json()}};
    }
    if (op == "migConfigValid")
        return json{{"valid", fitsA100(in.at("config"))}};
    if (op == "migResourceName")
        return migResourceName(in);
    return std::nullopt;
}

Answer answerLabels(const std::string &op, const json &in)
{
    if (op == "decode")
        return decode(in);
    if (op == "deviceIdentifier")
        return deviceIdentifier(in);
    if (op == "predicate") {
        const auto value = predicate(in.at("predicate"), labelsOf(in.at("labels")));
        return value ? Answer(json{{"value", *value}}) : std::nullopt;
    }
    if (op == "containerRuntime")
        return containerRuntime(in);
    if (op == "sanitiseLabelValue")
        return json{{"value", sanitised(in.at("value").get<std::string>())}};
    if (op == "gpuModeFromPciClass")
        return json{{"mode", gpuMode(in.at("pciClasses"))}};
    if (op == "expectedLabelKeys")
        return json{{"keyPatterns", expectedKeys(in.at("variant").get<std::string>())}};
    if (op == "amdStripLabels")
        return amdStripped(in.at("labels"));
    if (op == "splitRaw")
        return json{{"chunks", pieces(in.at("value").get<std::string>(), in.at("maxLength").get<std::size_t>())}};
    if (op == "intelSplit")
        return json{{"chunks",
                     markedPieces(in.at("value").get<std::string>(), in.at("maxLength").get<std::size_t>(),
                                  in.at("prefix").get<std::string>())}};
    if (op == "intelConcat")
        return json{{"value",
                     core::joinLabelPieces(in.at("chunks").get<std::vector<std::string>>(),
                                           in.at("prefix").get<std::string>())}};
    if (op == "intelNfdRule")
        return intelNfdRule(in);
    return answerMig(op, in);
}

} // namespace

Answer answerGpuLabels(const json &in)
{
    try {
        return answerLabels(in.at("op").get<std::string>(), in);
    } catch (const std::exception &error) { // a case of a shape we do not know
        return core::fail(core::ErrorKind::Internal, error.what());
    }
}

} // namespace conformance
