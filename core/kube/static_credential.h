// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/credentials.h"

#include <memory>

namespace core {

/// A credential that never changes: the value of the Authorization header.
std::shared_ptr<CredentialSource> makeStaticCredential(std::string authorization);

/// A bearer token in a file that somebody rotates: read again when the file changed. A file that cannot be read
/// leaves the last good token; `fallback` is the token of the kubeconfig, used until the file was read once.
std::shared_ptr<CredentialSource> makeTokenFile(std::string file, std::string fallback);

} // namespace core
