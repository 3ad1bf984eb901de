// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/server_answers.h"

#include "app/manifest_paths.h"
#include "ui/text/words.h"

namespace app {

namespace {

core::Result<ui::ServerAnswer> askFor(core::KubeClient &client, const core::ManifestObject &object,
                                      const core::ApplyOptions &options, const std::stop_token &stop)
{
    ui::ServerAnswer answer;
    const auto path = pathOf(object);
    if (!path)
        return std::unexpected(path.error());
    const auto live = client.get(*path, stop);
    if (live)
        answer.diff = core::diffLines(core::toYaml(core::comparable(*live, object.json)), core::toYaml(object.json));
    else if (live.error().kind == core::ErrorKind::NotFound)
        answer.diff = core::diffLines("", core::toYaml(object.json));
    const auto applied = client.apply(*path, object.json, options, stop);
    if (!applied && applied.error().kind == core::ErrorKind::Cancelled)
        return std::unexpected(applied.error());
    answer.accepted = applied.has_value();
    if (!applied) {
        answer.message = ui::sentence(applied.error());
        answer.conflict = applied.error().kind == core::ErrorKind::Conflict;
    } else if (!applied->warnings.empty()) {
        answer.message = ui::text(applied->warnings.front());
    }
    return answer;
}

} // namespace

core::Result<ui::ServerAnswers> askServer(core::KubeClient &client, const core::Export &tree,
                                          const core::ApplyOptions &options, const std::stop_token &stop)
{
    ui::ServerAnswers answers;
    for (const auto &file : tree.files)
        for (const auto &object : file.objects) {
            auto answer = askFor(client, object, options, stop);
            if (!answer)
                return std::unexpected(answer.error());
            answers[ui::text(object.kind() + " " + object.nameSpace() + "/" + object.name())] = std::move(*answer);
        }
    return answers;
}

} // namespace app
