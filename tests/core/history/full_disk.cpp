// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/history/full_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <list>

namespace {

sqlite3_vfs *real = nullptr;
sqlite3_vfs smallDisk;
std::int64_t limit = 0;

/// Databases and journals have methods of their own.
struct Methods {
    const sqlite3_io_methods *real = nullptr;
    sqlite3_io_methods small;
};
std::list<Methods> methods;

int writeUnlessFull(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
    const auto own = std::ranges::find(methods, file->pMethods, [](const Methods &one) { return &one.small; });
    return offset + size > limit ? SQLITE_FULL : own->real->xWrite(file, data, size, offset);
}

int openSmall(sqlite3_vfs *, const char *name, sqlite3_file *file, int flags, int *outFlags)
{
    const int code = real->xOpen(real, name, file, flags, outFlags);
    if (code == SQLITE_OK && file->pMethods != nullptr) {
        auto own = std::ranges::find(methods, file->pMethods, &Methods::real);
        if (own == methods.end()) {
            own = methods.insert(methods.end(), {file->pMethods, *file->pMethods});
            own->small.xWrite = writeUnlessFull;
        }
        file->pMethods = &own->small;
    }
    return code;
}

} // namespace

FullDisk::FullDisk(std::int64_t mostBytes)
{
    limit = mostBytes;
    real = sqlite3_vfs_find(nullptr);
    smallDisk = *real;
    smallDisk.zName = "small-disk";
    smallDisk.xOpen = openSmall;
    sqlite3_vfs_register(&smallDisk, 1);
}

FullDisk::~FullDisk()
{
    sqlite3_vfs_unregister(&smallDisk);
    sqlite3_vfs_register(real, 1);
}
