// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/drivers/library.h"

#include <cstdlib>
#include <dlfcn.h>

namespace probe {

std::optional<Library> Library::open(const std::vector<std::string> &names, const char *override)
{
    const char *other = std::getenv(override);
    for (const std::string &name : other ? std::vector<std::string>{other} : names) {
        if (void *handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL))
            return Library(handle);
    }
    return std::nullopt;
}

void *Library::symbol(const char *name) const
{
    return dlsym(m_handle, name);
}

} // namespace probe
