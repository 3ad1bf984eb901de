// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"

#include "core/kube/credentials.h"
#include "core/kube/exec_credential.h"
#include "core/kube/kubeconfig.h"
#include "core/kube/yaml_json.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace conformance {

namespace fs = std::filesystem;
using core::Kubeconfig;
using core::Result;
using nlohmann::json;

namespace {

std::string replaced(std::string text, const std::string &from, const std::string &to)
{
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// A folder for the files of one case, and the way between its paths and the cases' ${ROOT}.
class Root {
public:
    Root()
    {
        std::string pattern = (fs::temp_directory_path() / "berth-conformance-XXXXXX").string();
        m_folder = mkdtemp(pattern.data()) ? pattern : std::string();
    }
    ~Root()
    {
        std::error_code ignored;
        fs::remove_all(m_folder, ignored);
    }
    Root(const Root &) = delete;
    Root &operator=(const Root &) = delete;

    std::string real(const std::string &text) const { return replaced(text, "${ROOT}", m_folder); }
    std::string shown(const std::string &text) const { return replaced(text, m_folder, "${ROOT}"); }
    json shown(const json &value) const { return json::parse(shown(value.dump()), nullptr, false); }
    core::Error shown(core::Error error) const
    {
        for (auto *text : {&error.message, &error.place, &error.remedy})
            *text = shown(*text);
        return error;
    }
    void write(const std::string &name, const std::string &text) const
    {
        const auto file = real(name);
        fs::create_directories(fs::path(file).parent_path());
        std::ofstream(file) << real(text);
    }

private:
    std::string m_folder;
};

Result<Kubeconfig> load(const json &in, const Root &root)
{
    const auto files = in.value("files", json::object());
    for (const auto &[name, text] : files.items())
        root.write(name, text);
    if (in.contains("explicitPath"))
        return core::loadKubeconfig({root.real(in["explicitPath"])}, true);
    std::vector<fs::path> paths;
    for (const auto &path : in.value("precedence", json::array()))
        paths.emplace_back(root.real(path));
    return core::loadKubeconfig(paths, false);
}

/// The merged configuration as kubectl would write it: no empty lists, paths resolved, defaults spelled out.
json written(const Kubeconfig &config)
{
    json out{{"apiVersion", "v1"}, {"kind", "Config"}, {"current-context", config.currentContext}};
    for (const auto &[list, item, entries] :
         {std::tuple{"clusters", "cluster", &config.clusters}, std::tuple{"users", "user", &config.users},
          std::tuple{"contexts", "context", &config.contexts}})
        for (const auto &[name, entry] : *entries) {
            auto value = entry.value;
            if (value.contains("auth-provider") && !value["auth-provider"].contains("config"))
                value["auth-provider"]["config"] = nullptr;
            out[list].push_back({{"name", name}, {item, value}});
        }
    return out;
}

void addAuthorization(const core::ClusterAccess &access, json &client)
{
    if (!access.credentials)
        return;
    const auto credential = access.credentials->credential({});
    const auto value = credential ? credential->authorization : std::string();
    if (value.starts_with("Bearer "))
        client["token"] = value.substr(7);
    if (value.starts_with("Basic ")) {
        const auto pair = core::decodeBase64(value.substr(6)).value_or("");
        client["username"] = pair.substr(0, pair.find(':'));
        client["password"] = pair.substr(pair.find(':') + 1);
    }
}

Result<json> client(const json &in, const Root &root)
{
    const auto config = load(in, root);
    if (!config)
        return std::unexpected(config.error());
    const auto access = core::clusterAccess(*config, in.value("context", ""));
    if (!access)
        return std::unexpected(access.error());
    // kubectl keeps the server as it was typed and adds the scheme later.
    const auto &context = config->contexts.at(access->context).value;
    const std::string typed = config->clusters.at(context.value("cluster", "")).value.value("server", "");
    json client{
        {"host", typed.find("://") == std::string::npos ? replaced(access->server, "http://", "") : access->server}};
    addAuthorization(*access, client);
    return json{{"client", client}, {"namespace", access->nameSpace}, {"namespaceOverridden", false}};
}

Result<json> confirmUsable(const json &in, const Root &root)
{
    const auto config = load(in, root);
    if (!config)
        return std::unexpected(config.error());
    const auto access = core::clusterAccess(*config, in.value("context", ""));
    return access ? Result<json>(json{{"valid", true}}) : std::unexpected(access.error());
}

/// A plugin that prints what the case says and keeps what it was told.
std::string plugin(const json &in, const Root &root)
{
    root.write("${ROOT}/stdout", replaced(in.value("stdout", ""), "${CLIENT_CERT_PEM}", "-----BEGIN CERTIFICATE-----"));
    root.write("${ROOT}/plugin",
               "#!/bin/sh\nprintf %s \"$KUBERNETES_EXEC_INFO\" > '${ROOT}/info'\ncat '${ROOT}/stdout'\nexit "
                   + std::to_string(in.value("exitCode", 0)) + "\n");
    const auto file = root.real("${ROOT}/plugin");
    fs::permissions(file, fs::perms::owner_all);
    return file;
}

Result<json> execCredential(const json &in, const Root &root)
{
    auto exec = in.at("exec");
    if (!exec.contains("command"))
        exec["command"] = plugin(in, root);
    auto cluster = in.value("cluster", json::object());
    if (cluster.contains("config"))
        cluster["extensions"] = {{{"name", "client.authentication.k8s.io/exec"}, {"extension", cluster["config"]}}};
    const auto source = core::makeExecCredential(exec, root.real("${ROOT}/config"), cluster);
    if (!source)
        return std::unexpected(source.error());
    const auto credential = (*source)->credential({});
    if (!credential)
        return std::unexpected(credential.error());
    std::ifstream info(root.real("${ROOT}/info"));
    json out{
        {"KUBERNETES_EXEC_INFO", json::parse(std::string(std::istreambuf_iterator<char>(info), {}), nullptr, false)}};
    if (credential->authorization.starts_with("Bearer "))
        out["token"] = credential->authorization.substr(7);
    return out;
}

json shownPaths(const std::vector<fs::path> &paths)
{
    json out = json::array();
    for (const auto &path : paths)
        out.push_back(replaced(path.string(), "/home/of-the-test", "${HOME}"));
    return json{{"paths", out}};
}

/// The search path as KUBECONFIG gives it.
json searchPath(const std::string &kubeconfig)
{
    setenv("HOME", "/home/of-the-test", 1);
    setenv("KUBECONFIG", kubeconfig.c_str(), 1);
    return shownPaths(core::kubeconfigPaths({}));
}

json deduplicated(const json &paths)
{
    std::string joined;
    for (const auto &path : paths)
        joined += path.get<std::string>() + ":";
    return searchPath(joined);
}

/// Overrides are options of kubectl that Berth does not have; defaults of a cluster that has its own server do nothing.
bool hasOverrides(const json &in)
{
    auto overrides = in.value("overrides", json::object());
    overrides.erase("clusterDefaults");
    return !overrides.empty();
}

std::optional<Result<json>> answer(const json &in, const Root &root)
{
    const auto op = in.at("op").get<std::string>();
    if (op == "load") {
        const auto config = load(in, root);
        return config ? Result<json>(json{{"config", written(*config)}}) : std::unexpected(config.error());
    }
    if (op == "client" && !hasOverrides(in))
        return client(in, root);
    if (op == "confirmUsable")
        return confirmUsable(in, root);
    if (op == "execCredential" && !in.value("stdinIsTerminal", false))
        return execCredential(in, root);
    if (op == "loadingPrecedence")
        return searchPath(in.at("KUBECONFIG"));
    if (op == "dedupPaths")
        return deduplicated(in.at("paths"));
    if (op == "cleanAnsi")
        return json{{"s", core::printable(in.at("s").get<std::string>())}};
    return std::nullopt;
}

} // namespace

std::optional<Result<json>> answerKubeconfig(const json &in)
{
    const Root root;
    try {
        auto got = answer(in, root);
        if (!got)
            return got;
        return *got ? Result<json>(root.shown(**got)) : std::unexpected(root.shown(got->error()));
    } catch (const json::exception &error) { // a case of a shape we do not know
        return core::fail(core::ErrorKind::Internal, error.what());
    }
}

} // namespace conformance
