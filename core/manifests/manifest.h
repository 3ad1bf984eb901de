// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/placement/placement_set.h"

#include <nlohmann/json.hpp>

namespace core {

/// One object of an export, with the reasons behind its choices.
struct ManifestObject {
    nlohmann::ordered_json json;      ///< apiVersion, kind, metadata, spec
    std::vector<std::string> reasons; ///< image, affinity, tolerations: why
    std::vector<std::string> warnings;
    std::string kind() const { return json.at("kind"); }
    std::string name() const { return json.at("metadata").at("name"); }
    std::string nameSpace() const { return json.at("metadata").at("namespace"); }
};

/// One file of the exported tree: "nvidia/llama.yaml", "nvidia/kustomization.yaml", "plan.yaml", "README.md".
struct ManifestFile {
    std::string path; ///< relative, validated: no "..", no absolute
    std::string text;
    std::vector<ManifestObject> objects;
};

struct Export {
    std::vector<ManifestFile> files; ///< ordered by path
    std::vector<std::string> warnings;
};

/// Deployment and Service for each placement, a kustomization per vendor, the plan itself as it was given and a README.
/// A placement set becomes a Deployment for each SKU that holds replicas of it now, named after the SKU so that another
/// resolution renames none, and one Service over them in the folder `services`.
/// Errors: a target that is gone, a name that Kubernetes refuses, no image known for a vendor, replicas of a set
/// without a place.
Result<Export> exportPlan(const Plan &given, const FitInput &input);
/// The same where it is known already how the sets resolve.
Result<Export> exportPlan(const Plan &given, const FitInput &input, const std::vector<SetResolution> &resolutions);

/// The Deployments that carry the label of the plan named and are in no file of its export: what an apply leaves
/// behind. None of a plan without a name, or of an export without files, which is one that failed.
std::vector<Workload> leftovers(const std::string &plan, const Export &tree, const ClusterSnapshot &snapshot);

/// Writes the tree under `folder` (created), each file by temporary file and rename; refuses to leave `folder`.
Result<void> writeExport(const Export &tree, const std::filesystem::path &folder);

/// One line of a difference: ' ' same, '+' only in the plan, '-' only in the cluster.
struct DiffLine {
    char sign = ' ';
    std::string text;
};
/// Line diff of two YAML texts.
std::vector<DiffLine> diffLines(std::string_view live, std::string_view planned);
/// The live object reduced to what `planned` speaks about plus list items/keys owned by Berth: no managedFields, no
/// status, no server defaults.
nlohmann::ordered_json comparable(const nlohmann::json &live, const nlohmann::ordered_json &planned);

/// YAML of a JSON document; strings quoted whenever YAML 1.1 or 1.2 would read them as something else.
std::string toYaml(const nlohmann::ordered_json &document);

} // namespace core
