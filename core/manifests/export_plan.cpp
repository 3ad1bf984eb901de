// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/names.h"
#include "core/base/yaml_writer.h"
#include "core/manifests/deployment.h"
#include "core/placement/placement_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
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

constexpr std::size_t longestName = 52; ///< a ReplicaSet's and a pod's name are made from it

/// Lower case letters and figures of a text with single dashes between.
std::string slug(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 && byte < 0x80)
            out += static_cast<char>(std::tolower(byte));
        else if (!out.empty() && out.back() != '-')
            out += '-';
    }
    return out;
}

/// A member of a set is named after where it runs, not by a number: whichever members hold replicas now, each keeps its
/// name.
std::string memberName(const Placement &placement)
{
    const auto &target = placement.target;
    const auto where = target.node.empty() ? target.skuId + "-" + target.profile : target.node;
    auto name = (placement.requirement + "-" + slug(where)).substr(0, longestName);
    while (name.ends_with('-'))
        name.pop_back();
    return name;
}

/// Unique in the plan: the requirement's own name, with a number when it has several placements.
std::string objectName(const Plan &plan, std::size_t index, bool isMember)
{
    const auto &placement = plan.placements[index];
    if (isMember)
        return memberName(placement);
    const auto same = [&](const auto &p) { return p.requirement == placement.requirement; };
    if (std::ranges::count_if(plan.placements, same) == 1)
        return placement.requirement;
    const auto number =
        std::count_if(plan.placements.begin(), plan.placements.begin() + static_cast<long>(index), same) + 1;
    return fmt::format("{}-{}", placement.requirement, number);
}

/// A Service's name begins with a letter (DNS-1035).
Result<void> checkName(const std::string &name)
{
    if (dns1035LabelProblems(name).empty() && name.size() <= longestName)
        return {};
    return fail(ErrorKind::Invalid, fmt::format("\"{}\" is no name Kubernetes takes", name), "requirement",
                "use at most 52 of a-z, 0-9 and '-', beginning with a letter and ending with a letter or figure");
}

/// `set`: the one that serves the placement's requirement, or nullptr.
Result<ManifestFile> placementFile(const Plan &plan, std::size_t index, const PlacementSet *set, const FitInput &input)
{
    const auto &placement = plan.placements[index];
    const auto *requirement = plan.find(placement.requirement);
    if (!requirement)
        return fail(ErrorKind::NotFound, "the plan has no such requirement", placement.requirement);
    const auto name = objectName(plan, index, set != nullptr);
    if (auto good = checkName(name); !good)
        return std::unexpected(good.error());
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
                       input.snapshot.dra ? input.snapshot.dra->version : "v1",
                       set ? set->requirement : std::string()};
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
    std::string text = fmt::format("# Plan {}\n\nWritten by Berth " BERTH_VERSION
                                   ". One folder a vendor, the Services of placement sets in `services`; apply all of "
                                   "it with\n\n    kubectl apply --server-side --field-manager=berth -k .\n\n",
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

/// The Service of a set, over as many Deployments as hold replicas of it.
ManifestFile serviceFile(const Plan &given, const PlacementSet &set, const Plan &resolved)
{
    const auto members = std::ranges::count_if(
        resolved.placements, [&](const auto &placement) { return setBehind(given, placement.requirement) == &set; });
    ManifestFile file;
    file.path = "services/" + set.requirement + ".yaml";
    file.objects = {setService(*given.find(set.requirement), static_cast<std::size_t>(members), given.name)};
    file.text = toYaml(file.objects.front().json);
    return file;
}

/// Files of objects, whose names stand once in a namespace.
Result<std::vector<ManifestFile>> objectFiles(const Plan &given, const Plan &resolved, const FitInput &input)
{
    std::vector<ManifestFile> files;
    std::set<std::pair<std::string, std::string>> names;
    const auto add = [&](ManifestFile file) -> Result<void> {
        const auto &first = file.objects.front();
        if (!names.emplace(first.nameSpace(), first.name()).second)
            return fail(ErrorKind::Conflict, fmt::format("two placements would be called \"{}\"", first.name()),
                        first.nameSpace(), "give one of the models another name");
        files.push_back(std::move(file));
        return {};
    };
    for (std::size_t i = 0; i < resolved.placements.size(); ++i) {
        const auto *set = setBehind(given, resolved.placements[i].requirement);
        auto file = placementFile(resolved, i, set, input);
        if (!file)
            return std::unexpected(file.error());
        if (auto added = add(std::move(*file)); !added)
            return std::unexpected(added.error());
    }
    for (const auto &set : given.sets) {
        auto added = checkName(set.requirement);
        if (added)
            added = add(serviceFile(given, set, resolved));
        if (!added)
            return std::unexpected(added.error());
    }
    return files;
}

/// A kustomization in every folder, and one over them.
void addKustomizations(Export &tree)
{
    std::map<std::string, std::set<std::string>> byFolder;
    for (const auto &file : tree.files) {
        const auto slash = file.path.find('/');
        byFolder[file.path.substr(0, slash)].insert(file.path.substr(slash + 1));
    }
    std::set<std::string> folders;
    for (const auto &[folder, files] : byFolder) {
        tree.files.push_back({folder + "/kustomization.yaml", kustomization(files), {}});
        folders.insert(folder);
    }
    if (!folders.empty())
        tree.files.push_back({"kustomization.yaml", kustomization(folders), {}});
}

} // namespace

Result<Export> exportPlan(const Plan &given, const FitInput &input)
{
    if (given.sets.empty())
        return exportPlan(given, input, {});
    const auto resolutions = resolveSets(given, input);
    return resolutions ? exportPlan(given, input, *resolutions) : std::unexpected(resolutions.error());
}

Result<Export> exportPlan(const Plan &given, const FitInput &input, const std::vector<SetResolution> &resolutions)
{
    const auto resolved = withSetsResolved(given, resolutions);
    if (!resolved)
        return std::unexpected(resolved.error());
    auto files = objectFiles(given, *resolved, input);
    if (!files)
        return std::unexpected(files.error());
    Export tree{std::move(*files), {}};
    for (const auto &file : tree.files)
        for (const auto &object : file.objects)
            for (const auto &warning : object.warnings)
                tree.warnings.push_back(object.name() + ": " + warning);
    addKustomizations(tree);
    tree.files.push_back({"plan.yaml", writePlan(given), {}});
    tree.files.push_back({"README.md", readme(given, tree), {}});
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
