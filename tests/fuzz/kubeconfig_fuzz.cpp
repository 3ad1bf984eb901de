// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/kube/kubeconfig.h"
#include "core/kube/kubeconfig_check.h"
#include "tests/fuzz/memory_file.h"

FUZZ_TARGET(kubeconfig)
{
    const MemoryFile file(input);
    const auto config = core::loadKubeconfig({file.path()}, true);
    if (!config) {
        mustHold(!config.error().message.empty() && !config.error().place.empty(), "an error names its place", input);
        return;
    }
    (void)core::kubeconfigProblems(*config);
    (void)core::clusterAccess(*config);
    (void)core::redacted(core::kubeconfigDocument(*config));
    for (const auto &[name, entry] : config->contexts) {
        (void)core::contextProblems(*config, name);
        (void)core::clusterAccess(*config, name);
    }
}
