// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// While one of these lives, SQLite runs over a file system on which no file may grow beyond so many bytes: what a full
/// disk is to it. Databases opened before are not touched.
class FullDisk {
public:
    explicit FullDisk(std::int64_t mostBytes);
    ~FullDisk();
    FullDisk(const FullDisk &) = delete;
    FullDisk &operator=(const FullDisk &) = delete;
};
