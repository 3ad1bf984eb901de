// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inventory/dra_device.h"

namespace core {

namespace {

std::string textOf(const dra::Device &device, std::string_view name)
{
    const auto found = device.attributes.find(name);
    const auto *text = found == device.attributes.end() ? nullptr : std::get_if<std::string>(&found->second);
    return text ? *text : std::string();
}

} // namespace

DeviceFacts describeDevice(const dra::Device &device)
{
    DeviceFacts facts;
    facts.product = textOf(device, "productName");
    if (facts.product.empty())
        facts.product = textOf(device, "model");
    facts.type = textOf(device, "type");
    facts.uuid = textOf(device, "uuid");
    facts.architecture = textOf(device, "architecture");
    facts.migProfile = textOf(device, "profile");
    facts.partitionProfile = textOf(device, "partitionProfile");
    facts.parentUuid = textOf(device, "parentUUID");
    if (const auto memory = device.capacities.find("memory"); memory != device.capacities.end())
        facts.memoryBytes = memory->second.value();
    return facts;
}

} // namespace core
