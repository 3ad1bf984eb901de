// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace core {

/// Amounts by resource name as kube-scheduler holds them: "cpu" in milli, everything else in whole units, rounded up.
using Resources = std::map<std::string, std::int64_t, std::less<>>;

} // namespace core
