// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/context_check.h"

#include "core/kube/kubeconfig_check.h"
#include "ui/text/words.h"

#include <QUrl>

#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace app {

namespace {

/// What one context said.
struct Answer {
    std::string version;
    std::chrono::milliseconds took{};
    bool nodes = false, pods = false;
};

std::string textAt(const nlohmann::json &object, const char *key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The entry a context names, or an empty object.
nlohmann::json entry(const std::map<std::string, core::Kubeconfig::Entry> &entries, const std::string &name)
{
    const auto found = entries.find(name);
    return found == entries.end() ? nlohmann::json::object() : found->second.value;
}

/// How the user signs in; never the secret itself.
QString signIn(const nlohmann::json &user)
{
    if (const auto exec = user.find("exec"); exec != user.end() && exec->is_object())
        return ContextCheck::tr("exec: %1").arg(ui::text(textAt(*exec, "command")));
    if (const auto provider = user.find("auth-provider"); provider != user.end() && provider->is_object())
        return ContextCheck::tr("auth-provider: %1").arg(ui::text(textAt(*provider, "name")));
    if (user.contains("client-certificate") || user.contains("client-certificate-data"))
        return ContextCheck::tr("client certificate");
    if (user.contains("tokenFile"))
        return ContextCheck::tr("token file");
    if (user.contains("token"))
        return ContextCheck::tr("token");
    return user.contains("username") ? ContextCheck::tr("user name and password") : ContextCheck::tr("none");
}

/// What keeps a context from being used: what kubectl says against its entries first, as it names the file.
std::optional<core::Error> problemOf(const core::Kubeconfig &config, const std::string &context)
{
    if (auto problems = core::contextProblems(config, context); !problems.empty()) {
        auto first = std::move(problems.front());
        if (first.remedy.empty())
            first.remedy = "correct that entry of the file, then come back to this page";
        return first;
    }
    const auto access = core::clusterAccess(config, context);
    return access ? std::nullopt : std::optional(access.error());
}

core::Result<Answer> lookAt(core::KubeClient &client, const std::stop_token &stop)
{
    Answer answer;
    const auto begin = std::chrono::steady_clock::now();
    const auto version = client.serverVersion(stop);
    if (!version)
        return std::unexpected(version.error());
    answer.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    answer.version = *version;
    answer.nodes = client.mayI({"list", "", "nodes", ""}, stop).value_or(false);
    answer.pods = client.mayI({"list", "", "pods", ""}, stop).value_or(false);
    return answer;
}

} // namespace

std::vector<ui::ContextRow> contextRows(const core::Kubeconfig &config)
{
    std::vector<ui::ContextRow> rows;
    for (const auto &[name, context] : config.contexts) {
        ui::ContextRow row;
        row.name = ui::text(name);
        const auto cluster = entry(config.clusters, textAt(context.value, "cluster"));
        row.server = QUrl(ui::text(textAt(cluster, "server"))).authority(QUrl::FullyEncoded);
        if (row.server.contains(u'@'))
            row.server = row.server.section(u'@', -1); // no password of a URL is shown
        row.signIn = signIn(entry(config.users, textAt(context.value, "user")));
        if (const auto problem = problemOf(config, name)) {
            row.verdict = core::Verdict::No;
            row.ready = ui::sentence(*problem);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

QStringList otherProblems(const core::Kubeconfig &config)
{
    QStringList shown, out;
    for (const auto &[name, context] : config.contexts)
        for (const auto &problem : core::contextProblems(config, name))
            shown << ui::sentence(problem);
    for (const auto &problem : core::kubeconfigProblems(config))
        if (const auto words = ui::sentence(problem); !shown.contains(words) && !out.contains(words))
            out << words;
    return out;
}

ContextCheck::ContextCheck(core::Kubeconfig config, Log log, QObject *parent)
    : QObject(parent)
    , m_config(std::move(config))
    , m_log(std::move(log))
{
}

void ContextCheck::start()
{
    for (const auto &[name, context] : m_config.contexts)
        if (const auto access = core::clusterAccess(m_config, name); access && !problemOf(m_config, name))
            ask(name, *access);
}

void ContextCheck::ask(const std::string &name, const core::ClusterAccess &access)
{
    const auto connect = [access, log = m_log]() -> core::Result<std::unique_ptr<core::KubeClient>> {
        core::KubeTimes times;
        times.silence = 8s; // a list of contexts is no place to wait a minute for a dead one
        return std::make_unique<core::KubeClient>(logged(core::makeCurlClient(), log), access, times);
    };
    m_queues.push_back(std::make_unique<CommandQueue>(connect));
    m_queues.back()->submit<Answer>(lookAt, [this, context = ui::text(name)](const core::Result<Answer> &answer) {
        if (!answer)
            return Q_EMIT checked(context, core::Verdict::No, ui::sentence(answer.error()));
        const auto version = ui::text(answer->version);
        if (!answer->nodes || !answer->pods)
            return Q_EMIT checked(context, core::Verdict::Tight,
                                  answer->nodes ? tr("answers, %1; you may not read pods").arg(version)
                                                : tr("answers, %1; you may not read nodes").arg(version));
        Q_EMIT checked(context, core::Verdict::Fits, tr("answers in %1 ms, %2").arg(answer->took.count()).arg(version));
    });
}

} // namespace app
