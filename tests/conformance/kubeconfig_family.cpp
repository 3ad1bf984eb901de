// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/conformance/families.h"
#include "tests/conformance/kubeconfig_root.h"

#include "core/base/file.h"
#include "core/kube/credentials.h"
#include "core/kube/exec_credential.h"
#include "core/kube/kubeconfig_check.h"
#include "core/kube/yaml_json.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

namespace conformance {

namespace fs = std::filesystem;
using core::Kubeconfig;
using core::Result;
using nlohmann::json;

namespace {

std::string textOf(const json &object, const char *field)
{
    const auto found = object.is_object() ? object.value(field, json()) : json();
    return found.is_string() ? found.get<std::string>() : std::string();
}

/// The document as kubectl would write it: defaults spelled out.
json written(const Kubeconfig &config)
{
    auto out = core::kubeconfigDocument(config);
    if (out.contains("users"))
        for (auto &entry : out["users"])
            if (auto &user = entry["user"]; user.contains("auth-provider") && !user["auth-provider"].contains("config"))
                user["auth-provider"]["config"] = nullptr;
    return out;
}

Result<json> load(const json &in, const Root &root)
{
    const auto config = loadCase(in, root);
    return config ? Result<json>(json{{"config", written(*config)}}) : std::unexpected(config.error());
}

Result<json> verdict(const std::vector<core::Error> &problems)
{
    return problems.empty() ? Result<json>(json{{"valid", true}}) : std::unexpected(problems.front());
}

Result<json> validate(const json &in, const Root &root)
{
    const auto config = loadCase(in, root);
    return config ? verdict(core::kubeconfigProblems(*config)) : std::unexpected(config.error());
}

Result<json> confirmUsable(const json &in, const Root &root)
{
    const auto config = loadCase(in, root);
    return config ? verdict(core::contextProblems(*config, in.value("context", ""))) : std::unexpected(config.error());
}

Result<json> mergedRaw(const json &in, const Root &root)
{
    const auto merged = overridden(in, root);
    if (!merged)
        return std::unexpected(merged.error());
    if (const auto problems = core::contextProblems(merged->config, merged->context); !problems.empty())
        return std::unexpected(problems.front());
    return json{{"config", written(merged->config)}};
}

// --- What a client is made of (rest.Config) --------------------------------------------------------------------------

/// The query and fragment of a server with a path are dropped; anything else stays as it was typed.
std::string host(const std::string &server)
{
    const auto scheme = server.find("://");
    const auto path = scheme == server.npos ? server.npos : server.find('/', scheme + 3);
    return path == server.npos ? server : server.substr(0, server.find_first_of("?#", path));
}

json execJson(const json &exec, const json &cluster)
{
    json out{{"apiVersion", textOf(exec, "apiVersion")},
             {"command", textOf(exec, "command")},
             {"interactiveMode",
              core::effectiveInteractiveMode(textOf(exec, "apiVersion"), textOf(exec, "interactiveMode"))},
             {"provideClusterInfo", exec.value("provideClusterInfo", json()) == true}};
    if (!textOf(exec, "installHint").empty())
        out["installHint"] = core::printable(textOf(exec, "installHint"));
    for (const auto *list : {"args", "env"})
        if (exec.contains(list) && exec[list].is_array())
            out[list] = exec[list];
    for (const auto &extension : cluster.value("extensions", json::array()))
        if (textOf(extension, "name") == "client.authentication.k8s.io/exec")
            out["clusterExtension"] = extension.value("extension", json());
    return out;
}

json impersonation(const json &user)
{
    json out = json::object();
    for (const auto &[field, key] : {std::pair{"as", "user"}, std::pair{"as-uid", "uid"},
                                     std::pair{"as-groups", "groups"}, std::pair{"as-user-extra", "extra"}})
        if (user.contains(field))
            out[key] = user[field];
    return out;
}

using FieldNames = std::vector<std::pair<const char *, const char *>>;

void copy(const json &from, const FieldNames &fields, json &to)
{
    for (const auto &[field, key] : fields)
        if (const auto value = textOf(from, field); !value.empty())
            to[key] = std::string_view(field).ends_with("-data") ? core::decodeBase64(value).value_or("") : value;
}

void addUser(const json &user, const json &cluster, json &client)
{
    copy(user,
         {{"token", "token"},
          {"tokenFile", "tokenFile"},
          {"username", "username"},
          {"password", "password"},
          {"client-certificate", "certFile"},
          {"client-certificate-data", "certData"},
          {"client-key", "keyFile"},
          {"client-key-data", "keyData"}},
         client);
    if (!client.contains("token") && client.contains("tokenFile"))
        client["token"] = core::readFile(textOf(user, "tokenFile")).value_or("");
    if (user.contains("exec") && user["exec"].is_object())
        client["exec"] = execJson(user["exec"], cluster);
}

Result<json> client(const json &in, const Root &root)
{
    const auto merged = overridden(in, root);
    if (!merged)
        return std::unexpected(merged.error());
    if (const auto problems = core::contextProblems(merged->config, merged->context); !problems.empty())
        return std::unexpected(problems.front());
    const auto document = core::kubeconfigDocument(merged->config); // paths resolved
    const auto entryOf = [&document](const char *list, const char *item, const std::string &name) {
        for (const auto &entry : document.at(list))
            if (entry.at("name") == name)
                return entry.at(item);
        return json(json::object());
    };
    const auto cluster = entryOf("clusters", "cluster", merged->contextValue().at("cluster"));
    const auto user = entryOf("users", "user", merged->contextValue().at("user"));
    json out{{"host", host(textOf(cluster, "server"))}};
    copy(cluster,
         {{"proxy-url", "proxyURL"},
          {"tls-server-name", "serverName"},
          {"certificate-authority", "caFile"},
          {"certificate-authority-data", "caData"}},
         out);
    const bool insecure = cluster.value("insecure-skip-tls-verify", json()) == true;
    if (insecure)
        out["insecure"] = true;
    if (auto as = impersonation(user); as.contains("user"))
        out["impersonate"] = as;
    const bool isTls = textOf(cluster, "server").starts_with("https://")
        || (textOf(cluster, "server").find("://") == std::string::npos
            && (insecure || out.contains("caFile") || out.contains("caData")));
    if (isTls) // as kubectl does: nothing that proves who we are goes over a connection everybody can read
        addUser(user, cluster, out);
    const auto nameSpace = textOf(merged->contextValue(), "namespace");
    return json{{"client", out},
                {"namespace", nameSpace.empty() ? "default" : nameSpace},
                {"namespaceOverridden", merged->namespaceOverridden}};
}

// --- kubectl config view --minify --flatten --------------------------------------------------------------------------

Result<json> minify(const json &in, const Root &root)
{
    auto config = loadCase(in, root);
    if (!config)
        return std::unexpected(config.error());
    const auto cannotLocate = [](const char *what, const std::string &name) {
        return core::fail(core::ErrorKind::NotFound, fmt::format("cannot locate {} {}", what, name));
    };
    if (config->currentContext.empty())
        return core::fail(core::ErrorKind::NotFound, "current-context must exist in order to minify");
    const auto context = config->contexts.find(config->currentContext);
    if (context == config->contexts.end())
        return cannotLocate("context", config->currentContext);
    Kubeconfig out;
    out.currentContext = config->currentContext;
    out.contexts.insert(*context);
    for (const auto &[what, from, to] :
         {std::tuple{"cluster", &config->clusters, &out.clusters}, std::tuple{"user", &config->users, &out.users}}) {
        const auto name = textOf(context->second.value, what);
        if (name.empty())
            continue;
        const auto found = from->find(name);
        if (found == from->end())
            return cannotLocate(what, name);
        to->insert(*found);
    }
    return json{{"config", written(out)}};
}

/// The file a field names becomes the data beside it.
Result<void> inlined(json &value, const std::string &field)
{
    const auto file = textOf(value, field.c_str());
    if (file.empty())
        return {};
    if (!textOf(value, (field + "-data").c_str()).empty())
        return core::fail(core::ErrorKind::Parse, field + " is given twice");
    const auto content = core::readFile(file);
    if (!content)
        return std::unexpected(content.error());
    value.erase(field);
    value[field + "-data"] = core::encodeBase64(*content);
    return {};
}

Result<json> flatten(const json &in, const Root &root)
{
    const auto config = loadCase(in, root);
    if (!config)
        return std::unexpected(config.error());
    auto document = written(*config);
    for (const auto &[list, item, field] :
         {std::tuple{"clusters", "cluster", "certificate-authority"}, std::tuple{"users", "user", "client-certificate"},
          std::tuple{"users", "user", "client-key"}}) {
        if (!document.contains(list))
            continue;
        for (auto &entry : document[list])
            if (const auto done = inlined(entry[item], field); !done)
                return std::unexpected(done.error());
    }
    return json{{"config", document}};
}

Result<json> redact(const json &in, const Root &root)
{
    const auto config = loadCase(in, root);
    return config ? Result<json>(json{{"config", core::redacted(written(*config))}}) : std::unexpected(config.error());
}

// --- Credential plugins ----------------------------------------------------------------------------------------------

const std::string standInCert = "-----BEGIN CERTIFICATE-----", standInKey = "-----BEGIN PRIVATE KEY-----";

/// A plugin that prints what the case says and keeps what it was told.
std::string plugin(const json &in, const Root &root)
{
    root.write(
        "${ROOT}/stdout",
        replaced(replaced(in.value("stdout", ""), "${CLIENT_CERT_PEM}", standInCert), "${CLIENT_KEY_PEM}", standInKey));
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
    const bool terminal = in.value("stdinIsTerminal", false) && !in.value("stdinUnavailable", false);
    const auto source =
        core::makeExecCredential(exec, root.real("${ROOT}/config"), cluster, std::chrono::seconds(30), terminal);
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
    if (!credential->certPem.empty()) {
        out["clientCertificate"] = replaced(credential->certPem, standInCert, "${CLIENT_CERT_PEM}");
        out["clientKey"] = replaced(credential->keyPem, standInKey, "${CLIENT_KEY_PEM}");
    }
    const auto answer = core::parseExecAnswer(
        replaced(replaced(in.value("stdout", ""), "${CLIENT_CERT_PEM}", standInCert), "${CLIENT_KEY_PEM}", standInKey),
        textOf(exec, "apiVersion"));
    if (answer && answer->expires)
        out["expiry"] = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(answer->expires->time_since_epoch().count()));
    return out;
}

/// The other side: what a plugin would read from the variable.
Result<json> parseExecInfo(const json &in)
{
    const auto info = json::parse(in.at("KUBERNETES_EXEC_INFO").get<std::string>(), nullptr, false);
    const auto version = textOf(info, "apiVersion");
    if (textOf(info, "kind") != "ExecCredential"
        || (version != "client.authentication.k8s.io/v1" && version != "client.authentication.k8s.io/v1beta1"))
        return core::fail(core::ErrorKind::Parse, "decode: is no ExecCredential that we know");
    const auto cluster = info.value("spec", json::object()).value("cluster", json());
    if (!cluster.is_object())
        return core::fail(core::ErrorKind::Parse, "ExecCredential does not contain cluster information");
    if (const auto problem = core::proxyUrlProblem(textOf(cluster, "proxy-url")))
        return core::fail(core::ErrorKind::Parse, "cannot create rest.Config: " + *problem);
    json out{{"host", textOf(cluster, "server")},
             {"insecure", cluster.value("insecure-skip-tls-verify", json()) == true}};
    copy(cluster,
         {{"proxy-url", "proxyURL"}, {"tls-server-name", "serverName"}, {"certificate-authority-data", "caData"}}, out);
    return out;
}

Result<json> execDefaults(const json &in)
{
    auto exec = in.at("exec");
    const auto mode = core::effectiveInteractiveMode(textOf(exec, "apiVersion"), textOf(exec, "interactiveMode"));
    if (!mode.empty())
        exec["interactiveMode"] = mode;
    return exec;
}

// --- kubectl's own helpers -------------------------------------------------------------------------------------------

/// "ns/foo" and "namespaces/foo" in any case mean "foo".
std::string namespaceOf(const std::string &flag)
{
    const auto slash = flag.find('/');
    auto kind = flag.substr(0, slash);
    std::transform(kind.begin(), kind.end(), kind.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool isKind = kind == "ns" || kind == "namespace" || kind == "namespaces";
    return slash != flag.npos && isKind && slash + 1 < flag.size() ? flag.substr(slash + 1) : flag;
}

/// Options laid over a service account: token and token file come as a pair.
json inClusterOverride(const json &in)
{
    auto out = in.at("inCluster");
    const auto overrides = in.value("overrides", json::object());
    copy(overrides, {{"server", "host"}, {"certificate-authority", "caFile"}}, out);
    if (!textOf(overrides, "token").empty() || !textOf(overrides, "tokenFile").empty()) {
        out["token"] = textOf(overrides, "token");
        out["tokenFile"] = textOf(overrides, "tokenFile");
    }
    return out;
}

/// The search path as KUBECONFIG gives it.
json searchPath(const std::string &kubeconfig)
{
    setenv("HOME", "/home/of-the-test", 1);
    setenv("KUBECONFIG", kubeconfig.c_str(), 1);
    json out = json::array();
    for (const auto &path : core::kubeconfigPaths({}))
        out.push_back(replaced(path.string(), "/home/of-the-test", "${HOME}"));
    return json{{"paths", out}};
}

json deduplicated(const json &paths)
{
    std::string joined;
    for (const auto &path : paths)
        joined += path.get<std::string>() + ":";
    return searchPath(joined);
}

std::optional<Result<json>> answer(const json &in, const Root &root)
{
    using WithFiles = Result<json> (*)(const json &, const Root &);
    static const std::map<std::string, WithFiles> withFiles{
        {"load", load},         {"client", client},       {"confirmUsable", confirmUsable},
        {"validate", validate}, {"mergedRaw", mergedRaw}, {"execCredential", execCredential},
        {"minify", minify},     {"flatten", flatten},     {"redact", redact}};
    const auto op = in.at("op").get<std::string>();
    if (const auto found = withFiles.find(op); found != withFiles.end())
        return found->second(in, root);
    if (op == "execDefaults")
        return execDefaults(in);
    if (op == "parseExecInfo")
        return parseExecInfo(in);
    if (op == "namespaceFlag")
        return json{{"namespace", namespaceOf(in.at("value"))}};
    if (op == "inClusterOverride")
        return inClusterOverride(in);
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
