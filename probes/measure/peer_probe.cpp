// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/measure/probes.h"

namespace probe {
namespace {

constexpr std::uint32_t random = 6;

void measurePair(Session &session, Device &peer, std::uint64_t bytes)
{
    const std::string pair = peer.description().id() + " to " + session.device.description().id();
    auto to = Buffer::make(session.device, bytes);
    auto from = Buffer::make(peer, bytes);
    FindingList findings(session);
    if (!to || !from || !findings.usable()) {
        session.report.inconclusive("p2p", pair + ": " + outOfMemory);
        return;
    }
    const std::uint64_t n4 = bytes / 16;
    const auto fill = peer.kernel("pk_fill");
    if (!fill)
        return;
    const Argument arguments[] = {from->argument(), valueOf(n4), valueOf(session.seed), valueOf(random)};
    peer.launch(*fill, session.grid(16), arguments);
    peer.finish();
    const Timing timing =
        timeOf(session, [&] { session.device.copyFromPeer(to->pointer(), peer, from->pointer(), bytes); });
    Metric metric = {.probe = "p2p", .name = "copy", .unit = "GB/s", .counts = "one way, one pair", .timing = timing};
    metric.value = timing.medianMs > 0 ? static_cast<double>(bytes) / timing.medianMs * 1e-6 : 0;
    metric.numbers = {{"bytes", static_cast<double>(bytes)}};
    metric.words = {{"pair", pair}, {"peer", peer.description().id()}};
    run(session, "pk_verify", session.grid(16),
        {findings.argument(), to->argument(), valueOf(n4), valueOf(session.seed), valueOf(random)});
    findings.collect(metric, [&](std::uint64_t) { return std::string(pair); }, 4, to->pointer());
    if (peer.failure())
        session.report.error("p2p", *peer.failure());
    else
        session.publish(metric);
}

} // namespace

std::optional<std::string> whyNoPeers(Session &session)
{
    if (session.device.description().backend == "opencl")
        return "OpenCL has no copy from device to device of two contexts";
    if (session.driver.devices().size() < 2)
        return "one device";
    return std::nullopt;
}

// Every other device of this driver to this one, copied and then verified where it arrived ("broken P2P" is real).
void measurePeers(Session &session)
{
    const std::uint64_t bytes = affordable(session, session.profile.linkBytes, 2);
    for (const DeviceDescription &other : session.driver.devices()) {
        if (other.index == session.device.description().index || !session.goesOn())
            continue;
        auto peer = session.driver.open(other.index);
        if (!peer) {
            session.report.skip("p2p", other.id() + ": " + peer.error().what);
            continue;
        }
        const auto why = session.device.whyNoPeer(**peer);
        if (!why || !why->empty())
            session.report.skip("p2p", other.id() + ": " + why.value_or("not possible with this backend"));
        else
            measurePair(session, **peer, bytes);
    }
}

} // namespace probe
