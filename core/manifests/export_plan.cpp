// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/names.h"
#include "core/base/yaml_writer.h"
#include "core/manifests/deployment.h"
#include "core/placement/placement_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace core {

namespace {

std::string vendorFolder(Vendor vendor)
{
    return vendor == Vendor::Nvidia ? "nvidia" : vendor == Vendor::Amd ? "amd" : "intel";
}

/// Every pool the target names, on nodes that are there.
std::vector<PlacedModel::Place> placesOf(const Target &target, const ClusterSnapshot &snapshot)
{
    std::vector<PlacedModel::Place> places;
    for (const auto &node : snapshot.nodes)
        for (const auto &pool : node->devices) {
            const bool isOnNode = node->name == target.node && pool.resource == target.resource;
            if (target.level == TargetLevel::Sku ? isOfSku(pool, target) : isOnNode)
                places.push_back({node.get(), &pool});
        }
    return places;
}

/// The image that every place can run: the choice of the place that is hardest to please.
ImageChoice commonImage(const PlacedModel &placed, const ImageCatalog &images)
{
    ImageCatalog left = images;
    for (const auto &place : placed.places)
        std::erase_if(left.images, [&](const ServingImage &image) {
            return !chooseImage(ImageCatalog{{image}}, placed.requirement.engine, *place.pool, place.node->architecture)
                        .image;
        });
    const auto &worst = *std::ranges::min_element(placed.places, [](const auto &a, const auto &b) {
        return compareVersions(a.pool->driverVersion, b.pool->driverVersion) < 0;
    });
    auto choice = chooseImage(left, placed.requirement.engine, *worst.pool, worst.node->architecture);
    if (!choice.image)
        return chooseImage(images, placed.requirement.engine, *worst.pool, worst.node->architecture);
    const auto original = std::ranges::find_if(
        images.images, [&](const auto &image) { return image.reference == choice.image->reference; });
    choice.image = &*original;
    return choice;
}

/// Unique in the plan: the requirement's own name, with a number when it has several placements.
std::string objectName(const Plan &plan, std::size_t index)
{
    const auto &placement = plan.placements[index];
    const auto same = [&](const auto &p) { return p.requirement == placement.requirement; };
    if (std::ranges::count_if(plan.placements, same) == 1)
        return placement.requirement;
    const auto number =
        std::count_if(plan.placements.begin(), plan.placements.begin() + static_cast<long>(index), same) + 1;
    return fmt::format("{}-{}", placement.requirement, number);
}

Result<ManifestFile> placementFile(const Plan &plan, std::size_t index, const FitInput &input)
{
    const auto &placement = plan.placements[index];
    const auto *requirement = plan.find(placement.requirement);
    if (!requirement)
        return fail(ErrorKind::NotFound, "the plan has no such requirement", placement.requirement);
    const auto name = objectName(plan, index);
    // A Service's name begins with a letter (DNS-1035). 52: a ReplicaSet's and a pod's name are made from it.
    if (!dns1035LabelProblems(name).empty() || name.size() > 52)
        return fail(ErrorKind::Invalid, fmt::format("\"{}\" is no name Kubernetes takes", name), "requirement",
                    "use at most 52 of a-z, 0-9 and '-', beginning with a letter and ending with a letter or figure");
    if (const auto problems = dns1123LabelProblems(requirement->nameSpace); !problems.empty())
        return fail(ErrorKind::Invalid, fmt::format("\"{}\" is no namespace: {}", requirement->nameSpace, problems[0]),
                    name, "use a-z, 0-9 and '-'");
    PlacedModel placed{*requirement,
                       placement,
                       input.catalog.findModel(requirement->modelId),
                       placesOf(placement.target, input.snapshot),
                       {},
                       false,
                       name,
                       input.snapshot.dra ? input.snapshot.dra->version : "v1"};
    if (placed.places.empty())
        return fail(ErrorKind::NotFound,
                    fmt::format("{} with {} is not in the cluster",
                                placement.target.node.empty() ? placement.target.skuId : placement.target.node,
                                placement.target.resource),
                    name, "place the model again");
    if (claimsDevices(placed) && placed.places.front().pool->deviceClass.empty())
        return fail(ErrorKind::NotFound,
                    fmt::format("no device class selects the devices of {}", placed.places.front().pool->driver), name,
                    "create the device class, or install the driver that brings it");
    placed.image = commonImage(placed, input.images);
    if (!placed.image.image)
        return fail(ErrorKind::Unsupported,
                    placed.image.reasons.empty() ? "no image is known" : placed.image.reasons.front(), name,
                    "add an image to images.yaml");
    const auto &classes = input.snapshot.runtimeClasses;
    placed.hasNvidiaRuntimeClass = std::ranges::find(classes, "nvidia") != classes.end();

    ManifestFile file;
    file.path = vendorFolder(placed.places.front().pool->vendor) + "/" + name + ".yaml";
    file.objects = servingObjects(placed, plan.name);
    for (const auto &object : file.objects)
        file.text += (file.text.empty() ? "" : "---\n") + toYaml(object.json);
    return file;
}

std::string kustomization(const std::set<std::string> &resources)
{
    std::string text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n";
    for (const auto &resource : resources)
        text += "- " + yamlScalar(resource) + "\n";
    return text;
}

std::string readme(const Plan &plan, const Export &tree)
{
    std::string text = fmt::format(
        "# Plan {}\n\nWritten by Berth " BERTH_VERSION
        ". One folder a vendor; apply all of it with\n\n    kubectl apply --server-side --field-manager=berth -k .\n\n",
        plan.name);
    for (const auto &file : tree.files)
        for (const auto &object : file.objects) {
            if (object.reasons.empty() && object.warnings.empty())
                continue;
            text += fmt::format("## {} {}\n\n", object.kind(), object.name());
            for (const auto &warning : object.warnings)
                text += "* **Warning:** " + warning + "\n";
            for (const auto &reason : object.reasons)
                text += "* " + reason + "\n";
            text += "\n";
        }
    return text;
}

} // namespace

Result<Export> exportPlan(const Plan &given, const FitInput &input)
{
    const auto resolved = given.sets.empty() ? Result<Plan>(given) : withSetsResolved(given, input);
    if (!resolved)
        return std::unexpected(resolved.error());
    const auto &plan = *resolved;
    Export tree;
    std::map<std::string, std::set<std::string>> byVendor;
    std::set<std::pair<std::string, std::string>> names;
    for (std::size_t i = 0; i < plan.placements.size(); ++i) {
        auto file = placementFile(plan, i, input);
        if (!file)
            return std::unexpected(file.error());
        const auto &first = file->objects.front();
        if (!names.emplace(first.nameSpace(), first.name()).second)
            return fail(ErrorKind::Conflict, fmt::format("two placements would be called \"{}\"", first.name()),
                        first.nameSpace(), "give one of the models another name");
        const auto slash = file->path.find('/');
        byVendor[file->path.substr(0, slash)].insert(file->path.substr(slash + 1));
        for (const auto &object : file->objects)
            for (const auto &warning : object.warnings)
                tree.warnings.push_back(object.name() + ": " + warning);
        tree.files.push_back(std::move(*file));
    }
    std::set<std::string> vendors;
    for (const auto &[vendor, files] : byVendor) {
        tree.files.push_back({vendor + "/kustomization.yaml", kustomization(files), {}});
        vendors.insert(vendor);
    }
    if (!vendors.empty())
        tree.files.push_back({"kustomization.yaml", kustomization(vendors), {}});
    tree.files.push_back({"plan.yaml", writePlan(given), {}});
    tree.files.push_back({"README.md", readme(plan, tree), {}});
    std::ranges::sort(tree.files, [](const auto &a, const auto &b) { return a.path < b.path; });
    return tree;
}

Result<void> writeExport(const Export &tree, const std::filesystem::path &folder)
{
    for (const auto &file : tree.files) {
        const std::filesystem::path relative(file.path);
        const bool leaves =
            relative.is_absolute() || std::ranges::any_of(relative, [](const auto &part) { return part == ".."; });
        if (leaves)
            return fail(ErrorKind::Invalid, "leaves the export folder", file.path);
        std::error_code status;
        std::filesystem::create_directories((folder / relative).parent_path(), status);
        if (status)
            return fail(ErrorKind::Io, "cannot be created: " + status.message(),
                        (folder / relative).parent_path().string(), "choose a folder you may write to");
        if (auto written = writeFileAtomically(folder / relative, file.text); !written)
            return written;
    }
    return {};
}

} // namespace core
