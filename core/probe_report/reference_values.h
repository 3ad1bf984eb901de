// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/probe_report/probe_result.h"

namespace core {

/// Of a list that is not empty.
double median(std::vector<double> values);
/// The values of a metric in one result: more than one after a second look or in a soak. Wrong ones and zeros are left
/// out: they are no reference for anything.
std::vector<double> valuesOf(const ProbeResult &result, const std::string &metric);
/// The least or the most; absent for none.
std::optional<double> bestOf(const std::vector<double> &values, bool lowerIsBetter);

} // namespace core
