// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/scheduling/dra/objects.h"

#include <string_view>

namespace core {

// Objects of resource.k8s.io in its versions v1, v1beta2 and v1beta1 (which nests a device under `basic` and has the
// fields of a request beside its name). Unknown fields are ignored; a field of the wrong type, a quantity that is none,
// a number that does not fit 64 bits or a missing name is an error that names item and field. T is dra::Slice,
// dra::DeviceClass, dra::Claim or dra::ClaimTemplate. Pure.

/// A page of a list.
template <class T>
Result<std::vector<std::shared_ptr<const T>>> parseDraList(std::string_view page);
template <class T>
Result<std::shared_ptr<const T>> parseDraObject(std::string_view text);
/// The object of a watch line {"type":..., "object":{...}}.
template <class T>
Result<std::shared_ptr<const T>> parseWatchedDra(std::string_view line);

} // namespace core
