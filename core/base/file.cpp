// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace core {

namespace {

/// Far above any kubeconfig, plan or catalogue; below what a device file or a mistyped path would fill memory with.
constexpr std::size_t longestFile = std::size_t{64} << 20;

std::unexpected<Error> systemError(const char *what, const std::filesystem::path &file)
{
    const int code = errno;
    std::string remedy = code == ENOSPC                    ? "make room on the disk"
        : code == EACCES || code == EROFS || code == EPERM ? "choose a place you may write to"
                                                           : "";
    return fail(ErrorKind::Io, std::string(what) + ": " + std::generic_category().message(code), file.string(),
                std::move(remedy));
}

bool writeAll(int descriptor, std::string_view text)
{
    while (!text.empty()) {
        const auto count = write(descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

void syncFolder(const std::filesystem::path &folder)
{
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    fsync(descriptor);
    close(descriptor);
}

} // namespace

Result<std::string> readFile(const std::filesystem::path &file)
{
    std::error_code status;
    if (!std::filesystem::exists(file, status))
        return fail(ErrorKind::NotFound, "the file does not exist", file.string());
    if (std::filesystem::is_directory(file, status))
        return fail(ErrorKind::Io, "is a folder, not a file", file.string());
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return systemError("cannot be read", file);
    std::string text;
    std::array<char, 65536> piece{};
    while (in.read(piece.data(), piece.size()) || in.gcount() > 0) {
        text.append(piece.data(), static_cast<std::size_t>(in.gcount()));
        if (text.size() > longestFile)
            return fail(ErrorKind::Io, "is larger than 64 MiB, or has no end", file.string());
    }
    if (in.bad())
        return systemError("cannot be read", file);
    return text;
}

Result<void> writeFileAtomically(const std::filesystem::path &file, std::string_view text)
{
    const auto folder = std::filesystem::absolute(file).parent_path();
    auto temporary = (folder / ("." + file.filename().string() + ".XXXXXX")).string();
    const int descriptor = mkostemp(temporary.data(), O_CLOEXEC);
    if (descriptor < 0)
        return systemError("cannot be written", file);
    // mkostemp makes it private; a plan in a shared repository is not. Keep what the old file had.
    struct stat old{};
    const mode_t mode = stat(file.c_str(), &old) == 0 ? old.st_mode & 07777 : 0644;
    const bool written = writeAll(descriptor, text) && fchmod(descriptor, mode) == 0 && fsync(descriptor) == 0;
    auto error = written ? std::unexpected(Error{}) : systemError("cannot be written", file);
    close(descriptor);
    const bool renamed = written && rename(temporary.c_str(), file.c_str()) == 0;
    if (written && !renamed)
        error = systemError("cannot be replaced", file);
    if (!renamed) {
        unlink(temporary.c_str());
        return error;
    }
    syncFolder(folder);
    return {};
}

} // namespace core
