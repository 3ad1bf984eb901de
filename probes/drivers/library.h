// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace probe {

// A shared library opened at run time; never closed, because vendors' libraries do not survive it. Symbols that are not
// there are collected, so one message can name them all.
class Library {
public:
    // The first of `names` that opens; the environment variable `override` replaces the list when it is set.
    static std::optional<Library> open(const std::vector<std::string> &names, const char *override);

    template <typename Function>
    void find(Function &function, const char *name)
    {
        function = reinterpret_cast<Function>(symbol(name));
        if (!function)
            m_missing += (m_missing.empty() ? "" : ", ") + std::string(name);
    }
    template <typename Function>
    void findOptional(Function &function, const char *name)
    {
        function = reinterpret_cast<Function>(symbol(name));
    }
    [[nodiscard]] const std::string &missing() const { return m_missing; }

private:
    explicit Library(void *handle) : m_handle(handle) {}
    [[nodiscard]] void *symbol(const char *name) const;

    void *m_handle;
    std::string m_missing;
};

} // namespace probe
