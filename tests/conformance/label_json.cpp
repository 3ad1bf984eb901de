// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/label_json.h"

#include "core/inventory/vendor_labels.h"

namespace conformance {

using nlohmann::json;

namespace {

/// Fields that are there; an empty text, an empty list and an unknown number are not.
class Fields {
public:
    explicit Fields(const char *vendor) : m_json{{"vendor", vendor}} {}
    Fields() : m_json(json::object()) {}

    void text(const char *key, const std::string &value)
    {
        if (!value.empty())
            m_json[key] = value;
    }
    template <class T>
    void number(const char *key, const std::optional<T> &value)
    {
        if (value)
            m_json[key] = *value;
    }
    void list(const char *key, json value)
    {
        if (!value.empty())
            m_json[key] = std::move(value);
    }
    void yes(const char *key, bool value)
    {
        if (value)
            m_json[key] = true;
    }
    json take() { return std::move(m_json); }

private:
    json m_json;
};

json migJson(const core::MigLabels &mig)
{
    Fields out;
    out.text("profile", mig.profile);
    out.text("productLabel", mig.productLabel);
    out.text("sharing", mig.sharing);
    out.number("count", mig.count);
    out.number("replicas", mig.replicas);
    out.number("memoryMiB", mig.memoryMiB);
    out.number("multiprocessors", mig.multiprocessors);
    out.number("giSlices", mig.giSlices);
    out.number("ciSlices", mig.ciSlices);
    return out.take();
}

} // namespace

core::Labels labelsOf(const json &map)
{
    core::Labels out;
    for (const auto &[key, value] : map.items())
        out[key] = value.get<std::string>();
    return out;
}

json nvidiaJson(const core::Labels &labels)
{
    const auto read = core::readNvidiaLabels(labels);
    if (!read)
        return nullptr;
    Fields out("nvidia");
    out.text("productLabel", read->productLabel);
    out.text("model", read->product.model);
    out.yes("sharedSuffix", read->product.shared);
    out.text("migProfile", read->product.migProfile);
    out.yes("migInvalid", read->product.migInvalid);
    out.number("count", read->count);
    out.number("replicas", read->replicas);
    out.number("memoryMiB", read->memoryMiB);
    out.yes("memoryLabelInBytes", read->memoryInBytes);
    for (const auto &[key, value] :
         {std::pair{"sharing", &read->sharing}, std::pair{"family", &read->family},
          std::pair{"machine", &read->machine}, std::pair{"mode", &read->mode},
          std::pair{"computeCapability", &read->computeCapability}, std::pair{"driverVersion", &read->driverVersion},
          std::pair{"cudaVersion", &read->cudaVersion}, std::pair{"migStrategy", &read->migStrategy},
          std::pair{"migConfig", &read->migConfig}, std::pair{"migConfigState", &read->migConfigState},
          std::pair{"vgpuHostDriverVersion", &read->vgpuHostDriverVersion},
          std::pair{"vgpuHostDriverBranch", &read->vgpuHostDriverBranch}, std::pair{"clique", &read->clique},
          std::pair{"devicePluginConfig", &read->devicePluginConfig},
          std::pair{"driverUpgradeState", &read->driverUpgradeState}})
        out.text(key, *value);
    out.number("migCapable", read->migCapable);
    out.number("mpsCapable", read->mpsCapable);
    out.number("vgpuPresent", read->vgpuPresent);
    out.number("gpuPresent", read->gpuPresent);
    out.number("multiprocessors", read->multiprocessors);
    out.number("giSlices", read->giSlices);
    out.number("ciSlices", read->ciSlices);
    json mig = json::array();
    for (const auto &one : read->mig)
        mig.push_back(migJson(one));
    out.list("migResources", mig);
    return out.take();
}

json amdJson(const core::Labels &labels)
{
    const auto read = core::readAmdLabels(labels);
    if (!read)
        return nullptr;
    Fields out("amd");
    out.text("family", read->family);
    out.text("deviceId", read->deviceId);
    out.text("productLabel", read->productLabel);
    out.text("driverVersion", read->driverVersion);
    out.text("computeMemoryPartition", read->computeMemoryPartition);
    out.number("vramGiB", read->vramGiB);
    out.number("cuCount", read->cuCount);
    out.number("simdCount", read->simdCount);
    out.number("count", read->count);
    return out.take();
}

json intelJson(const core::Labels &labels)
{
    const auto read = core::readIntelLabels(labels);
    if (!read)
        return nullptr;
    Fields out("intel");
    out.list("cards", read->cards);
    out.list("gpuNumbers", read->gpuNumbers);
    if (!read->gpuNumbers.empty())
        out.number("count", std::optional(read->gpuNumbers.size()));
    out.number("memoryBytesTotal", read->memoryBytesTotal);
    out.number("millicores", read->millicores);
    out.number("tiles", read->tiles);
    out.number("deviceCount", read->deviceCount);
    out.list("numaGpuMap", read->numaGpuMap);
    out.list("pciGroups", read->pciGroups);
    out.text("product", read->product);
    out.text("family", read->family);
    json present = json::array(), counts = json::object();
    for (const auto &[id, count] : read->pciClassDevice) {
        present.push_back(id);
        if (count)
            counts[id] = *count;
    }
    out.list("pciClassDevice", present);
    out.list("pciClassDeviceCounts", counts);
    return out.take();
}

} // namespace conformance
