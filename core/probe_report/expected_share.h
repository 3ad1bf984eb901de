// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/catalog/catalog.h"
#include "core/probe_report/probe_report.h"

#include <filesystem>

namespace core {

/// Which part of a data sheet's figure healthy cards reach, as somebody measured it. Healthy parts sit anywhere from
/// 0.38 (MI308X) to 0.95 (GH200) of their memory bandwidth, so a sheet without a share says nothing.
struct ExpectedShare {
    std::vector<std::string> skus; ///< catalogue ids; empty for a share of a PCIe generation
    int pcieGen = 0;               ///< of the link the card is capable of; 0 otherwise
    std::string metric;            ///< "membw.triad"
    std::string of;                ///< "bandwidth", "pcie", or a key of Sku::tflops
    double share = 0;              ///< above 0, at most 1
    std::string source, date;
    bool operator==(const ExpectedShare &) const = default;
};

struct ExpectedShares {
    std::vector<ExpectedShare> shares;
};

/// Reads probe-shares.yaml from `folder`. A broken file is an error that names file, entry and field.
Result<ExpectedShares> loadExpectedShares(const std::filesystem::path &folder);

/// What the data sheet promises for a figure and what can be expected of it. Absent where the sheet or the share is not
/// known, and for slices and partitions, whose part of the sheet nobody states.
struct SheetReference {
    double sheet = 0; ///< in the figure's unit: GB/s, TFLOP/s or TOP/s
    std::optional<double> share;
    std::string source;
};
std::optional<SheetReference> sheetReference(const ExpectedShares &shares, const Sku *sku, const ProbeDevice &device,
                                             const std::string &metric);

/// GB/s one way of a PCIe link as data sheets state it (PCIe 3.0 x16 15.75, 4.0 31.5, 5.0 63); absent for others.
std::optional<double> pcieGBs(int gen, int width);

} // namespace core
