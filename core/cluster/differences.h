// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace core {

/// Two lists of pointers, each ordered by `key` of the object, that share what did not change: calls
/// `differs(before, after)` for each key where they do not, in order; null where there is none. O(pointers).
template <class Ptr, class Key, class Differs>
void forEachDifference(const std::vector<Ptr> &before, const std::vector<Ptr> &after, Key key, Differs differs)
{
    const Ptr none;
    auto old = before.begin();
    auto now = after.begin();
    while (old != before.end() || now != after.end()) {
        if (old == before.end() || (now != after.end() && *old != *now && key(**now) < key(**old))) {
            differs(none, *now++);
        } else if (now == after.end() || (*old != *now && key(**old) < key(**now))) {
            differs(*old++, none);
        } else {
            if (*old != *now)
                differs(*old, *now);
            ++old;
            ++now;
        }
    }
}

} // namespace core
