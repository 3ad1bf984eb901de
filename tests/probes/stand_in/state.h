// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace standin {

extern int sticky;   // once set, every call answers it, as real contexts do
extern double nowNs; // the stand-in's clock

} // namespace standin
