// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/server_answers.h"

#include "ui/text/words.h"

namespace app {

namespace {

std::string pathOf(const core::ManifestObject &object)
{
    const bool isDeployment = object.kind() == "Deployment";
    const core::ApiResource resource{isDeployment ? "apps" : "", "v1", isDeployment ? "deployments" : "services"};
    return core::apiPath(resource, object.nameSpace(), object.name());
}

core::Result<ui::ServerAnswer> askFor(core::KubeClient &client, const core::ManifestObject &object,
                                      const core::ApplyOptions &options, const std::stop_token &stop)
{
    ui::ServerAnswer answer;
    const auto live = client.get(pathOf(object), stop);
    if (live)
        answer.diff = core::diffLines(core::toYaml(core::comparable(*live, object.json)), core::toYaml(object.json));
    else if (live.error().kind == core::ErrorKind::NotFound)
        answer.diff = core::diffLines("", core::toYaml(object.json));
    const auto applied = client.apply(pathOf(object), object.json, options, stop);
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
