// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <stop_token>
#include <string>

namespace core {

/// What proves who we are, at this moment. Never logged.
struct Credential {
    std::string authorization;   ///< value of the Authorization header, e.g. "Bearer ..."; empty for certificates
    std::string certPem, keyPem; ///< client certificate from an exec plugin; empty otherwise
};

/// Gives the credential of the moment: a token, a token file that is read again, an exec plugin with expiry.
/// Used by one thread at a time.
class CredentialSource {
public:
    virtual ~CredentialSource() = default;
    /// May run a plugin (up to its time limit); returns early when `stop` is requested.
    virtual Result<Credential> credential(std::stop_token stop) = 0;
    /// The server refused the last credential: the next one must be a new one.
    virtual void invalidate() = 0;
};

} // namespace core
