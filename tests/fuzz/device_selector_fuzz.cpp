// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/scheduling/cel/expression.h"

FUZZ_TARGET(device_selector)
{
    using Kind = core::cel::Answer::Kind;
    core::dra::Device device;
    device.attributes = {{"model", std::string("H100")},
                         {"index", std::int64_t{3}},
                         {"healthy", true},
                         {"driverVersion", core::dra::VersionText{"580.126.20"}},
                         {"resource.kubernetes.io/pcieRoot", std::string("pci0000:64")}};
    device.capacities = {{"memory", core::Quantity(core::Decimal(80LL << 30))}};
    const core::cel::Expression expression(input);
    const auto answer = expression.evaluate(device, "gpu.example.com");
    const bool decided = answer.kind == Kind::Match || answer.kind == Kind::NoMatch;
    mustHold(decided == answer.why.empty(), "what is not decided says why", input);
    mustHold(expression.evaluate(device, "gpu.example.com").kind == answer.kind, "the same again", input);
}
