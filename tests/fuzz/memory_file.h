// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <fmt/format.h>
#include <string_view>

/// A file with a path and no disk, for parsers that open what they read.
class MemoryFile {
public:
    explicit MemoryFile(std::string_view content) : m_descriptor(memfd_create("fuzz", MFD_CLOEXEC))
    {
        while (!content.empty()) {
            const auto count = write(m_descriptor, content.data(), content.size());
            if (count <= 0)
                break;
            content.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    ~MemoryFile() { close(m_descriptor); }
    MemoryFile(const MemoryFile &) = delete;
    MemoryFile &operator=(const MemoryFile &) = delete;

    std::filesystem::path path() const { return fmt::format("/proc/self/fd/{}", m_descriptor); }

private:
    int m_descriptor;
};
