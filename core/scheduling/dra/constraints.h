// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/scheduling/dra/objects.h"

namespace core::dra {

/// One constraint of a claim while devices are tried: add() says whether the device may join those that were added
/// before, remove() takes the last one back. As kube-scheduler v1.36 does it: of several devices of one request,
/// distinctAttribute remembers only the last.
class ConstraintState {
public:
    explicit ConstraintState(const Constraint &constraint) : m_constraint(&constraint) {}

    /// `alternative` is the subrequest, empty when there is none.
    bool add(const std::string &request, const std::string &alternative, const Device &device, std::string_view driver);
    void remove(const std::string &request, const std::string &alternative);

private:
    bool applies(const std::string &request, const std::string &alternative) const;
    bool accepts(const Attribute &attribute) const;

    const Constraint *m_constraint;
    int m_devices = 0;
    const Attribute *m_common = nullptr;                 ///< of a match: what all must have
    std::map<std::string, const Attribute *> m_distinct; ///< of a distinct one: by request
};

} // namespace core::dra
