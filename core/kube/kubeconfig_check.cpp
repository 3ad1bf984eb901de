// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/kubeconfig_check.h"

#include "core/base/names.h"
#include "core/kube/exec_credential.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>

namespace core {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

std::string resolved(const std::string &path, const fs::path &file)
{
    return path.empty() || fs::path(path).is_absolute()
        ? path
        : (fs::absolute(file).parent_path() / path).lexically_normal().string();
}

/// One entry and where its findings go.
class Checked {
public:
    Checked(const Kubeconfig::Entry &entry, const std::string &name, std::vector<Error> &problems)
        : m_entry(entry)
        , m_name(name)
        , m_problems(problems)
    {
    }

    const std::string &name() const { return m_name; }
    const json &value() const { return m_entry.value; }
    bool has(const char *field) const
    {
        const auto found = m_entry.value.find(field);
        return found != m_entry.value.end() && !found->is_null() && !(found->is_structured() && found->empty());
    }
    /// "" when it is missing; a value that is no string is a finding and counts as missing.
    std::string text(const char *field) const
    {
        const auto found = m_entry.value.find(field);
        if (found == m_entry.value.end() || found->is_null())
            return {};
        if (found->is_string())
            return found->get<std::string>();
        say(fmt::format("{} of \"{}\" must be a string", field, m_name));
        return {};
    }
    void say(std::string message, ErrorKind kind = ErrorKind::Parse) const
    {
        m_problems.push_back({kind, std::move(message), m_entry.file.string(), {}});
    }
    /// Data and file exclude each other; the file must be readable. True when one of them is given.
    bool pem(const char *fileField, const char *dataField) const
    {
        const auto file = text(fileField);
        const auto data = text(dataField);
        if (!file.empty() && !data.empty())
            say(fmt::format("{} and {} are both specified for \"{}\"", dataField, fileField, m_name));
        const auto path = resolved(file, m_entry.file);
        if (!file.empty() && !std::ifstream(path))
            say(fmt::format("{} of \"{}\" cannot be read: {}", fileField, m_name, path), ErrorKind::Io);
        return !file.empty() || !data.empty();
    }

private:
    const Kubeconfig::Entry &m_entry;
    const std::string &m_name;
    std::vector<Error> &m_problems;
};

void checkCluster(const Checked &cluster)
{
    if (cluster.text("server").empty())
        cluster.say(fmt::format("no server found for cluster \"{}\"", cluster.name()));
    if (const auto problem = proxyUrlProblem(cluster.text("proxy-url")))
        cluster.say(fmt::format("proxy-url of cluster \"{}\": {}", cluster.name(), *problem));
    cluster.pem("certificate-authority", "certificate-authority-data");
}

void checkExec(const Checked &user)
{
    const auto exec = user.value().value("exec", json());
    if (!exec.is_object()) {
        user.say(fmt::format("exec of \"{}\" must be a mapping", user.name()));
        return;
    }
    const auto textOf = [](const json &object, const char *field) {
        const auto found = object.is_object() ? object.value(field, json()) : json();
        return found.is_string() ? found.get<std::string>() : std::string();
    };
    if (user.has("auth-provider"))
        user.say(fmt::format("\"{}\" has both an auth-provider and an exec plugin", user.name()));
    for (const auto *field : {"command", "apiVersion"})
        if (textOf(exec, field).empty())
            user.say(fmt::format("exec.{} must be specified for \"{}\"", field, user.name()));
    const auto environment = exec.value("env", json::array());
    for (const auto &variable : environment.is_array() ? environment : json::array())
        if (textOf(variable, "name").empty())
            user.say(fmt::format("an exec.env variable of \"{}\" has no name", user.name()));
    const auto mode = effectiveInteractiveMode(textOf(exec, "apiVersion"), textOf(exec, "interactiveMode"));
    constexpr std::array modes{"Never", "IfAvailable", "Always"};
    if (mode.empty())
        user.say(fmt::format("exec.interactiveMode must be specified for \"{}\"", user.name()));
    else if (std::ranges::find(modes, mode) == modes.end())
        user.say(
            fmt::format(R"(exec.interactiveMode "{}" of "{}" is not Never, IfAvailable or Always)", mode, user.name()));
}

void checkUser(const Checked &user)
{
    const bool hasToken = !user.text("token").empty();
    const bool hasPassword = !user.text("username").empty() || !user.text("password").empty();
    if (hasToken && hasPassword)
        user.say(
            fmt::format("more than one authentication method found for \"{}\": token and basic auth", user.name()));
    const bool hasCert = !user.text("client-certificate").empty() || !user.text("client-certificate-data").empty();
    if (hasCert) { // a key alone is no method: kubectl does not look at it
        user.pem("client-certificate", "client-certificate-data");
        if (!user.pem("client-key", "client-key-data"))
            user.say(fmt::format("client-key or client-key-data must be specified for \"{}\" to use its certificate",
                                 user.name()));
    }
    if (user.has("exec"))
        checkExec(user);
    const bool asSomebody = user.has("as-uid") || user.has("as-groups") || user.has("as-user-extra");
    if (asSomebody && user.text("as").empty())
        user.say(
            fmt::format("requesting uid, groups or user-extra for \"{}\" without impersonating a user", user.name()));
}

/// The reference of a context to another entry; nullptr when it leads nowhere.
const std::pair<const std::string, Kubeconfig::Entry> *referred(const Checked &context, const char *what,
                                                                const std::map<std::string, Kubeconfig::Entry> &entries)
{
    const auto name = context.text(what);
    if (name.empty()) {
        context.say(fmt::format("{} was not specified for context \"{}\"", what, context.name()));
        return nullptr;
    }
    const auto found = entries.find(name);
    if (found == entries.end())
        context.say(fmt::format(R"({} "{}" was not found for context "{}")", what, name, context.name()),
                    ErrorKind::NotFound);
    return found == entries.end() ? nullptr : &*found;
}

void checkContext(const Checked &context, const Kubeconfig &config)
{
    if (context.name().empty())
        context.say("a context with an empty name is not allowed");
    referred(context, "user", config.users);
    referred(context, "cluster", config.clusters);
    const auto nameSpace = context.text("namespace");
    if (!nameSpace.empty() && !dns1123LabelProblems(nameSpace).empty())
        context.say(fmt::format(R"(namespace "{}" of context "{}" is no DNS label)", nameSpace, context.name()));
}

Error noConfiguration(const Kubeconfig &config)
{
    if (!config.fileErrors.empty())
        return config.fileErrors.front();
    return {ErrorKind::NotFound,
            "no configuration has been provided",
            {},
            "set KUBECONFIG, or name a file with --kubeconfig"};
}

bool isEmpty(const Kubeconfig &config)
{
    return config.clusters.empty() && config.users.empty() && config.contexts.empty() && config.currentContext.empty();
}

Error noSuchContext(const std::string &name)
{
    return {ErrorKind::NotFound, fmt::format("context was not found for specified context: {}", name), {}, {}};
}

void resolvePaths(json &value, const fs::path &file, std::initializer_list<const char *> fields)
{
    for (const auto *field : fields)
        if (value.contains(field) && value[field].is_string())
            value[field] = resolved(value[field], file);
}

void redactUser(json &user)
{
    const auto isGiven = [](const json &value) { return !value.is_null() && value != json(""); };
    for (const auto &[field, shown] : {std::pair{"token", "REDACTED"}, std::pair{"password", "REDACTED"},
                                       std::pair{"client-key-data", "UkVEQUNURUQ="}})
        if (user.contains(field) && isGiven(user[field]))
            user[field] = shown;
    if (!user.contains("auth-provider") || !user["auth-provider"].is_object()
        || !user["auth-provider"].contains("config") || !user["auth-provider"]["config"].is_object())
        return;
    for (auto &[key, value] : user["auth-provider"]["config"].items())
        if (key.contains("token") || key.contains("secret"))
            value = "REDACTED";
}

} // namespace

std::optional<std::string> proxyUrlProblem(std::string_view url)
{
    if (url.empty())
        return std::nullopt;
    if (std::ranges::any_of(url, [](unsigned char c) { return c <= ' ' || c == 0x7f; }))
        return fmt::format("\"{}\" holds a space or a control character", printable(url));
    const auto scheme = url.substr(0, url.find("://"));
    if (scheme == url || (scheme != "http" && scheme != "https" && scheme != "socks5"))
        return fmt::format("\"{}\" must begin with http://, https:// or socks5://", url);
    return std::nullopt;
}

std::vector<Error> kubeconfigProblems(const Kubeconfig &config)
{
    if (isEmpty(config))
        return {noConfiguration(config)};
    std::vector<Error> problems = config.fileErrors;
    if (!config.currentContext.empty() && !config.contexts.contains(config.currentContext))
        problems.push_back(noSuchContext(config.currentContext));
    for (const auto &[name, entry] : config.contexts)
        checkContext(Checked(entry, name, problems), config);
    for (const auto &[name, entry] : config.users)
        checkUser(Checked(entry, name, problems));
    for (const auto &[name, entry] : config.clusters)
        checkCluster(Checked(entry, name, problems));
    return problems;
}

std::vector<Error> contextProblems(const Kubeconfig &config, const std::string &context)
{
    if (isEmpty(config))
        return {noConfiguration(config)};
    const auto name = context.empty() ? config.currentContext : context;
    if (name.empty())
        return {Error{ErrorKind::NotFound, "no context is selected", {}, "choose one with --context"}};
    const auto found = config.contexts.find(name);
    if (found == config.contexts.end())
        return {noSuchContext(name)};
    std::vector<Error> problems, repeated;
    const Checked checked(found->second, name, problems);
    checkContext(checked, config);
    const Checked silent(found->second, name, repeated); // checkContext has said it
    if (const auto *user = referred(silent, "user", config.users))
        checkUser(Checked(user->second, user->first, problems));
    if (const auto *cluster = referred(silent, "cluster", config.clusters))
        checkCluster(Checked(cluster->second, cluster->first, problems));
    return problems;
}

json kubeconfigDocument(const Kubeconfig &config)
{
    json out{{"apiVersion", "v1"}, {"kind", "Config"}, {"current-context", config.currentContext}};
    for (const auto &[list, item, entries] :
         {std::tuple{"clusters", "cluster", &config.clusters}, std::tuple{"users", "user", &config.users},
          std::tuple{"contexts", "context", &config.contexts}})
        for (const auto &[name, entry] : *entries) {
            auto value = entry.value;
            resolvePaths(value, entry.file, {"certificate-authority", "client-certificate", "client-key", "tokenFile"});
            if (value.contains("exec") && value["exec"].is_object() && value["exec"].contains("command")
                && value["exec"]["command"].is_string()
                && value["exec"]["command"].get_ref<const std::string &>().contains('/'))
                resolvePaths(value["exec"], entry.file, {"command"});
            out[list].push_back({{"name", name}, {item, std::move(value)}});
        }
    return out;
}

json redacted(json document)
{
    for (auto &entry : document.is_object() && document.contains("users") ? document["users"] : document)
        if (entry.is_object() && entry.contains("user") && entry["user"].is_object())
            redactUser(entry["user"]);
    return document;
}

} // namespace core
