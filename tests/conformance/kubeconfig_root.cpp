// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/kubeconfig_root.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

namespace conformance {

namespace fs = std::filesystem;
using core::Kubeconfig;
using core::Result;
using nlohmann::json;

std::string replaced(std::string text, const std::string &from, const std::string &to)
{
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

Root::Root()
{
    std::string pattern = (fs::temp_directory_path() / "berth-conformance-XXXXXX").string();
    m_folder = mkdtemp(pattern.data()) ? pattern : std::string();
}

Root::~Root()
{
    std::error_code ignored;
    fs::remove_all(m_folder, ignored);
}

std::string Root::real(const std::string &text) const
{
    return replaced(text, "${ROOT}", m_folder);
}

std::string Root::shown(const std::string &text) const
{
    return replaced(text, m_folder, "${ROOT}");
}

json Root::shown(const json &value) const
{
    return json::parse(shown(value.dump()), nullptr, false);
}

core::Error Root::shown(core::Error error) const
{
    for (auto *text : {&error.message, &error.place, &error.remedy})
        *text = shown(*text);
    return error;
}

void Root::write(const std::string &name, const std::string &text) const
{
    const auto file = real(name);
    fs::create_directories(fs::path(file).parent_path());
    std::ofstream(file) << real(text);
}

Result<Kubeconfig> loadCase(const json &in, const Root &root)
{
    const auto files = in.value("files", json::object());
    for (const auto &[name, text] : files.items())
        root.write(name, text);
    if (in.contains("explicitPath"))
        return core::loadKubeconfig({root.real(in["explicitPath"])}, true);
    std::vector<fs::path> paths;
    for (const auto &path : in.value("precedence", json::array()))
        paths.emplace_back(root.real(path));
    auto config = core::loadKubeconfig(paths, false);
    if (config && !config->fileErrors.empty()) // kubectl stops here; Berth goes on with the files that are whole
        return std::unexpected(config->fileErrors.front());
    return config;
}

namespace {

bool isGiven(const json &object, const char *field)
{
    return object.contains(field) && !object[field].is_null() && object[field] != "" && object[field] != false;
}

void lay(json &onto, const json &top)
{
    for (const auto &[field, value] : top.items())
        if (isGiven(top, field.c_str()))
            onto[field] = value;
}

/// A pair belongs together: when one half is given, the other is that of the same source.
void layTogether(json &onto, const json &top, std::initializer_list<const char *> fields)
{
    bool any = false;
    for (const auto *field : fields)
        any = any || isGiven(top, field);
    for (const auto *field : fields)
        if (any && !isGiven(top, field))
            onto.erase(field);
}

core::Error missing(const char *what, const std::string &name)
{
    return {core::ErrorKind::NotFound, fmt::format("{} \"{}\" does not exist", what, name), {}, {}};
}

/// The entry of that name with the override on top; a name that leads nowhere is an error.
Result<Kubeconfig::Entry> laidOn(const std::map<std::string, Kubeconfig::Entry> &entries, const char *what,
                                 const std::string &name, const json &base)
{
    Kubeconfig::Entry out{base, {}};
    const auto found = entries.find(name);
    if (found == entries.end())
        return name.empty() ? Result<Kubeconfig::Entry>(out) : std::unexpected(missing(what, name));
    out.file = found->second.file;
    lay(out.value, found->second.value);
    return out;
}

} // namespace

Result<Overridden> overridden(const json &in, const Root &root)
{
    auto config = loadCase(in, root);
    if (!config)
        return std::unexpected(config.error());
    const auto overrides = in.value("overrides", json::object());
    const auto part = [&overrides](const char *name) { return overrides.value(name, json::object()); };
    Overridden out{*config, overrides.value("currentContext", in.value("context", "")), false};
    if (out.context.empty())
        out.context = config->currentContext;
    auto context = laidOn(config->contexts, "context", out.context, json::object());
    if (!context)
        return std::unexpected(core::Error{
            core::ErrorKind::NotFound, "context was not found for specified context: " + out.context, {}, {}});
    lay(context->value, part("context"));
    out.namespaceOverridden = isGiven(part("context"), "namespace");
    auto cluster = laidOn(config->clusters, "cluster", context->value.value("cluster", ""), part("clusterDefaults"));
    auto user = laidOn(config->users, "user", context->value.value("user", ""), part("authDefaults"));
    if (!cluster || !user)
        return std::unexpected(!cluster ? cluster.error() : user.error());
    lay(cluster->value, part("cluster"));
    layTogether(cluster->value, part("cluster"),
                {"insecure-skip-tls-verify", "certificate-authority", "certificate-authority-data"});
    layTogether(cluster->value, part("cluster"), {"server", "tls-server-name"});
    if (!isGiven(part("cluster"), "server") && isGiven(part("cluster"), "tls-server-name"))
        cluster->value["server"] = config->clusters.contains(context->value.value("cluster", ""))
            ? config->clusters.at(context->value.value("cluster", "")).value.value("server", "")
            : "";
    lay(user->value, part("user"));
    for (const auto &pair : {std::pair{"client-certificate", "client-certificate-data"},
                             std::pair{"client-key", "client-key-data"}, std::pair{"token", "tokenFile"}})
        layTogether(user->value, part("user"), {pair.first, pair.second});
    for (const auto *field : {"cluster", "user"}) // overrides alone can make a configuration
        if (!isGiven(context->value, field))
            context->value[field] = "";
    out.config.clusters[context->value["cluster"]] = *cluster;
    out.config.users[context->value["user"]] = *user;
    out.config.contexts[out.context] = *context;
    out.config.currentContext = out.context;
    return out;
}

} // namespace conformance
