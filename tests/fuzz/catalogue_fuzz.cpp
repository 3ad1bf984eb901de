// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz_target.h"

#include "core/catalog/catalog.h"
#include "core/images/image_catalog.h"

#include <cstdlib>
#include <fstream>

namespace {

/// A folder whose files are replaced at every call; gone at the end.
class Folder {
public:
    Folder()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "berth-fuzz-XXXXXX").string();
        m_path = mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(m_path); }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;

    void put(const char *name, std::string_view text) const { std::ofstream(m_path / name) << text; }
    const std::filesystem::path &path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

} // namespace

// Each catalogue file in turn; the schema line of the input says which one it is, as for a person who mixes them up.
FUZZ_TARGET(catalogue)
{
    static const Folder folder;
    if (input.contains("berth.dev/models/")) {
        folder.put("skus.yaml", "schema: berth.dev/skus/v1\nskus: []\n");
        folder.put("models.yaml", input);
    } else {
        folder.put("skus.yaml", input);
        folder.put("models.yaml", "schema: berth.dev/models/v1\nmodels: []\n");
    }
    if (const auto catalog = core::loadCatalog(folder.path())) {
        for (const auto &sku : catalog->skus)
            mustHold(sku.nominalBytes() >= 0 && sku.usableBytes() >= 0, "no card has a negative memory", input);
        (void)catalog->findModel(input.substr(0, 64));
        (void)catalog->modelsLike(input.substr(0, 64));
    } else {
        mustHold(!catalog.error().message.empty() && !catalog.error().place.empty(), "an error names its place", input);
    }
    folder.put("images.yaml", input);
    (void)core::loadImages(folder.path());
}
