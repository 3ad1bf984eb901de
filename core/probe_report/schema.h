// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What berth-probe and its readers agree on. Included by probes/, which is built alone: no other header of core here.

namespace core {

/// `v` of every line berth-probe prints: resources/schemas/probe-result-1.schema.json.
inline constexpr int probeSchemaVersion = 1;

/// Shares of a reference figure at which a measured figure passes and fails; between them it is a warning.
struct SpeedBands {
    double pass = 0.95;
    double fail = 0.85;
    bool operator==(const SpeedBands &) const = default;
};

/// Below the median of the fleet: run-to-run spread of one card is about 1.5 % for memory and 3 % for matrix units.
inline constexpr SpeedBands fleetBands{0.97, 0.90};
/// Below the best card of the same host.
inline constexpr SpeedBands peerBands{0.95, 0.90};
/// Below data sheet × expected share, the least certain reference.
inline constexpr SpeedBands sheetBands{0.95, 0.85};
/// Host link and peer to peer: half of it is another link width, never noise.
inline constexpr SpeedBands linkBands{0.95, 0.80};
/// Rate at the end of a load over its beginning.
inline constexpr SpeedBands loadBands{0.97, 0.93};

/// Share of the reference that was reached; 1 is as expected and less is worse, also for times. 0 when not to be had.
constexpr double speedRatio(double measured, double reference, bool lowerIsBetter)
{
    if (!(measured > 0) || !(reference > 0))
        return 0;
    return lowerIsBetter ? reference / measured : measured / reference;
}

} // namespace core
