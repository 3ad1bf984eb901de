// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/optimizer/fleet_pools.h"

namespace core::optimizer {

/// Prices to start from: $/h of a whole GPU of each pool, beyond its own price, at which about as much is asked for as
/// there is. Found as a market finds them: every model spreads its tokens over what it can use, the more the cheaper a
/// token is there (a power of the price, unmet demand is one more choice), and pools that are asked for too much get
/// dearer by a factor. Scale free, which a subgradient method is not: an overloaded fleet has prices a thousand times
/// those of a free one. Says nothing about replicas being whole; PriceBound goes on from here.
std::vector<double> marketPrices(const FleetProblem &problem, const FleetPools &pools);

} // namespace core::optimizer
