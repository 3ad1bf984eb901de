// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/calibration_store.h"

#include "app/resource_paths.h"
#include "core/base/file.h"

namespace app {

std::filesystem::path calibrationFile()
{
    return dataFolder() / "calibrations.yaml";
}

core::Result<core::Calibrations> loadCalibrations(const std::filesystem::path &file)
{
    const auto content = core::readFile(file);
    if (!content && content.error().kind == core::ErrorKind::NotFound)
        return core::Calibrations{};
    return content ? core::parseCalibrations(*content, file.string()) : std::unexpected(content.error());
}

core::Result<void> saveCalibrations(const core::Calibrations &all, const std::filesystem::path &file)
{
    std::error_code failed;
    std::filesystem::create_directories(file.parent_path(), failed);
    if (failed)
        return core::fail(core::ErrorKind::Io, "the folder cannot be made: " + failed.message(),
                          file.parent_path().string(), "choose another XDG_DATA_HOME");
    return core::writeFileAtomically(file, core::writeCalibrations(all));
}

} // namespace app
