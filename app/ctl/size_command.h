// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/ctl/commands.h"
#include "core/sizing/ledger.h"

#include <CLI/CLI.hpp>

namespace app::ctl {

/// `berthctl size`: what a model needs on one device, and what a device takes of it. No cluster.
struct SizeOptions {
    std::string model; ///< as typed: a name in the catalogue, a file or a folder
    core::Requirement requirement;
    core::GroupShape shape;
    bool weightsGiven = false, kvGiven = false, contextGiven = false;
    std::string sku;
    std::optional<double> memoryGiB, freeGiB, kvPoolGiB;
};

/// Adds the command and its options; `parsed` outlives the program.
CLI::App *addSize(CLI::App &program, SizeOptions &parsed);

Answer runSize(const GlobalOptions &global, const SizeOptions &options);

} // namespace app::ctl
