// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo_cluster/object_store.h"
#include "core/base/error.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace app {

struct ApiServerOptions {
    std::string serverVersion;                    ///< gitVersion
    std::vector<std::string> forbidden;           ///< plural names nobody may read or write
    std::vector<std::string> readOnly = {};       ///< plural names nobody may write
    std::map<std::string, std::string> logs = {}; ///< what pods printed, by "namespace/name"; others printed nothing
};

/// The HTTP face of the demo cluster on a free port of 127.0.0.1: discovery, paged lists, watches, get, server-side
/// apply, merge patch, delete and access reviews, with answers in the shape of the Kubernetes API.
class ApiServer {
public:
    static core::Result<std::unique_ptr<ApiServer>> start(ObjectStore &store, ApiServerOptions options);
    ~ApiServer(); ///< closes every connection, running watches too
    int port() const;

private:
    ApiServer();
    struct Private;
    std::unique_ptr<Private> m;
};

} // namespace app
