// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifests/manifest.h"

#include <algorithm>
#include <iterator>

namespace core {

namespace {

bool isDeployed(const Export &tree, const Workload &workload)
{
    return std::ranges::any_of(tree.files, [&workload](const ManifestFile &file) {
        return std::ranges::any_of(file.objects, [&workload](const ManifestObject &object) {
            return object.kind() == "Deployment" && object.name() == workload.name
                && object.nameSpace() == workload.nameSpace;
        });
    });
}

} // namespace

std::vector<Workload> leftovers(const std::string &plan, const Export &tree, const ClusterSnapshot &snapshot)
{
    std::vector<Workload> left;
    if (plan.empty() || tree.files.empty())
        return left;
    std::ranges::copy_if(snapshot.workloads, std::back_inserter(left), [&](const Workload &workload) {
        return workload.plan == plan && !isDeployed(tree, workload);
    });
    return left;
}

} // namespace core
