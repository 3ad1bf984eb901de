// SPDX-License-Identifier: GPL-3.0-or-later
// From the entries of a kubeconfig, or the files in a pod, to the access data of a client.
#include "core/base/file.h"
#include "core/kube/exec_credential.h"
#include "core/kube/kubeconfig_check.h"
#include "core/kube/static_credential.h"
#include "core/kube/yaml_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace core {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// A string field of an entry; a wrong type is an error that names file, entry and field.
Result<std::string> text(const Kubeconfig::Entry &entry, const std::string &what, const char *field)
{
    if (!entry.value.contains(field) || entry.value[field].is_null())
        return std::string();
    if (!entry.value[field].is_string())
        return fail(ErrorKind::Parse, fmt::format("{} must be a string", field),
                    fmt::format("{}: {}", entry.file.string(), what));
    return entry.value[field].get<std::string>();
}

std::string resolved(const std::string &path, const fs::path &file)
{
    return path.empty() || fs::path(path).is_absolute()
        ? path
        : (fs::absolute(file).parent_path() / path).lexically_normal().string();
}

/// A PEM given as data (base64) or as a path. The file is read now, so that a missing one is named with its
/// field.
Result<std::string> pem(const Kubeconfig::Entry &entry, const std::string &what, const char *fileField,
                        const char *dataField)
{
    const auto data = text(entry, what, dataField);
    const auto file = text(entry, what, fileField);
    if (!data || !file)
        return std::unexpected(!data ? data.error() : file.error());
    const auto place = fmt::format("{}: {}", entry.file.string(), what);
    if (!data->empty() && !file->empty()) // kubectl refuses that, too
        return fail(ErrorKind::Parse, fmt::format("{} and {} are both specified", fileField, dataField), place,
                    "remove one of them");
    std::string content;
    if (!data->empty()) {
        auto decoded = decodeBase64(*data);
        if (!decoded)
            return fail(ErrorKind::Parse, fmt::format("{} is not base64", dataField), place);
        content = std::move(*decoded);
    } else if (!file->empty()) {
        auto read = readFile(resolved(*file, entry.file));
        if (!read)
            return fail(read.error().kind,
                        fmt::format("{} names {}: {}", fileField, read.error().place, read.error().message), place);
        content = std::move(*read);
    } else {
        return std::string();
    }
    if (!content.contains("-----BEGIN "))
        return fail(ErrorKind::Parse, fmt::format("{} holds no PEM", data->empty() ? fileField : dataField), place);
    return content;
}

Result<void> readCluster(const Kubeconfig::Entry &entry, const std::string &name, ClusterAccess &access)
{
    const auto what = fmt::format("cluster \"{}\"", name);
    const auto server = text(entry, what, "server");
    const auto serverName = text(entry, what, "tls-server-name");
    const auto proxy = text(entry, what, "proxy-url");
    auto ca = pem(entry, what, "certificate-authority", "certificate-authority-data");
    for (const auto *field : {&server, &serverName, &proxy, static_cast<const Result<std::string> *>(&ca)})
        if (!*field)
            return std::unexpected(field->error());
    const auto place = fmt::format("{}: {}", entry.file.string(), what);
    if (server->empty())
        return fail(ErrorKind::Parse, "server is missing", place);
    access.tls.serverName = *serverName;
    access.proxyUrl = *proxy;
    const bool hasCa = !ca->empty();
    access.tls.caPem = std::move(*ca);
    if (entry.value.contains("insecure-skip-tls-verify")) {
        if (!entry.value["insecure-skip-tls-verify"].is_boolean())
            return fail(ErrorKind::Parse, "insecure-skip-tls-verify must be true or false", place);
        access.tls.insecureSkipVerify = entry.value["insecure-skip-tls-verify"];
    }
    if (access.tls.insecureSkipVerify && hasCa)
        return fail(ErrorKind::Parse, "insecure-skip-tls-verify and certificate-authority exclude each other", place);
    // As kubectl does: without a scheme it is https when there is anything to say about TLS.
    access.server = *server;
    if (!server->contains("://"))
        access.server = (hasCa || access.tls.insecureSkipVerify ? "https://" : "http://") + *server;
    while (access.server.ends_with('/'))
        access.server.pop_back();
    if (!access.server.starts_with("http://") && !access.server.starts_with("https://"))
        return fail(ErrorKind::Parse, "server must begin with https:// or http://", place);
    if (const auto problem = proxyUrlProblem(*proxy))
        return fail(ErrorKind::Parse, "proxy-url: " + *problem, place);
    if (access.tls.insecureSkipVerify)
        access.warnings.emplace_back("certificate checks are off (insecure-skip-tls-verify): anybody on the way can "
                                     "read and change what you send");
    return {};
}

/// A key of as-user-extra as part of a header name: lower case, and everything a header name may not hold is
/// percent-encoded (client-go transport/round_trippers.go, headerKeyEscape).
std::string headerKey(const std::string &key)
{
    std::string out;
    for (const unsigned char c : key) {
        if (std::isalnum(c) || std::string_view("!#$&'*+-.^_`|~").contains(static_cast<char>(c)))
            out += static_cast<char>(std::tolower(c));
        else
            out += fmt::format("%{:02X}", c);
    }
    return out;
}

/// Adds a header for each string of a list; null is none. False when it is anything else.
bool addHeaders(const json &values, const std::string &header, ClusterAccess &access)
{
    if (!values.is_array())
        return values.is_null();
    for (const auto &value : values) {
        if (!value.is_string())
            return false;
        access.headers.push_back({header, value.get<std::string>()});
    }
    return true;
}

Result<void> readImpersonation(const Kubeconfig::Entry &entry, const std::string &what, ClusterAccess &access)
{
    for (const auto &[field, header] : {std::pair{"as", "Impersonate-User"}, std::pair{"as-uid", "Impersonate-Uid"}}) {
        const auto value = text(entry, what, field);
        if (!value)
            return std::unexpected(value.error());
        if (!value->empty())
            access.headers.push_back({header, *value});
    }
    const bool hasUser = !access.headers.empty() && access.headers.front().name == "Impersonate-User";
    const auto place = fmt::format("{}: {}", entry.file.string(), what);
    if (!addHeaders(entry.value.value("as-groups", json()), "Impersonate-Group", access))
        return fail(ErrorKind::Parse, "as-groups must be a list of strings", place);
    const auto extra = entry.value.value("as-user-extra", json());
    if (!extra.is_object() && !extra.is_null())
        return fail(ErrorKind::Parse, "as-user-extra must be a mapping", place);
    for (const auto &[key, values] : extra.items())
        if (!addHeaders(values, "Impersonate-Extra-" + headerKey(key), access))
            return fail(ErrorKind::Parse, "as-user-extra must hold lists of strings", place);
    if (!hasUser && !access.headers.empty())
        return fail(ErrorKind::Parse, "as-uid, as-groups and as-user-extra need a user to impersonate (as)", place);
    return {};
}

/// Those that clients had are gone from them; what is left is the exec plugin of the same maker.
std::unexpected<Error> refusedAuthProvider(const json &authProvider, const std::string &place)
{
    const auto given = authProvider.value("name", json());
    const auto provider = given.is_string() ? given.get<std::string>() : std::string();
    const std::string remedy = provider == "gcp" ? "use the exec plugin gke-gcloud-auth-plugin"
        : provider == "azure"                    ? "use the exec plugin kubelogin"
                                                 : "use an exec plugin";
    return fail(ErrorKind::Unsupported,
                provider == "gcp" || provider == "azure"
                    ? fmt::format("the auth provider \"{}\" was removed from Kubernetes clients", provider)
                    : fmt::format("the auth provider \"{}\" is not supported", provider),
                place, remedy);
}

/// The plugin gets the authority itself: it need not be able to read our file.
Result<std::shared_ptr<CredentialSource>> readExec(const Kubeconfig::Entry &entry, const std::string &place,
                                                   const std::string &caPem, json clusterInfo)
{
    if (!caPem.empty())
        clusterInfo["certificate-authority-data"] = encodeBase64(caPem);
    auto plugin = makeExecCredential(entry.value["exec"], entry.file, clusterInfo);
    if (!plugin)
        return fail(plugin.error().kind, plugin.error().message, place, plugin.error().remedy);
    return plugin;
}

Result<void> readUser(const Kubeconfig::Entry &entry, const std::string &name, ClusterAccess &access,
                      const json &clusterInfo)
{
    const auto what = fmt::format("user \"{}\"", name);
    const auto place = fmt::format("{}: {}", entry.file.string(), what);
    if (entry.value.contains("auth-provider") && entry.value["auth-provider"].is_object())
        return refusedAuthProvider(entry.value["auth-provider"], place);
    auto cert = pem(entry, what, "client-certificate", "client-certificate-data");
    auto key = pem(entry, what, "client-key", "client-key-data");
    const auto token = text(entry, what, "token");
    const auto tokenFile = text(entry, what, "tokenFile");
    const auto user = text(entry, what, "username");
    const auto password = text(entry, what, "password");
    for (const auto *field : {static_cast<const Result<std::string> *>(&cert),
                              static_cast<const Result<std::string> *>(&key), &token, &tokenFile, &user, &password})
        if (!*field)
            return std::unexpected(field->error());
    if (!user->empty() && !(token->empty() && tokenFile->empty()))
        return fail(ErrorKind::Parse, "more than one way to log in: username and token", place);
    if (cert->empty() != key->empty())
        return fail(ErrorKind::Parse, "client-certificate and client-key belong together; one is missing", place);
    access.tls.certPem = std::move(*cert);
    access.tls.keyPem = std::move(*key);
    if (auto read = readImpersonation(entry, what, access); !read)
        return read;
    if (!tokenFile->empty()) {
        access.credentials = makeTokenFile(resolved(*tokenFile, entry.file), *token);
    } else if (!token->empty()) {
        access.credentials = makeStaticCredential("Bearer " + *token);
    } else if (!user->empty()) {
        access.credentials = makeStaticCredential("Basic " + encodeBase64(*user + ":" + *password));
    } else if (entry.value.contains("exec") && !entry.value["exec"].is_null()) {
        auto plugin = readExec(entry, place, access.tls.caPem, clusterInfo);
        if (!plugin)
            return std::unexpected(plugin.error());
        access.credentials = std::move(*plugin);
    }
    return {};
}

const char *environment(const char *name)
{
    const auto *value = std::getenv(name);
    return value ? value : "";
}

Result<const Kubeconfig::Entry *> contextEntry(const Kubeconfig &config, const std::string &name)
{
    if (name.empty() && !config.fileErrors.empty())
        return std::unexpected(config.fileErrors.front());
    if (name.empty() && config.contexts.empty())
        return fail(ErrorKind::NotFound, "there is no kubeconfig, or it is empty", {},
                    "set KUBECONFIG, or name a file with --kubeconfig");
    if (name.empty())
        return fail(ErrorKind::NotFound, "no context is selected: the kubeconfig has no current-context", {},
                    "choose one with --context");
    const auto found = config.contexts.find(name);
    if (found == config.contexts.end())
        return fail(ErrorKind::NotFound, fmt::format("there is no context \"{}\"", name), {},
                    config.fileErrors.empty() ? "`berthctl contexts` lists what there is"
                                              : "it may be in " + describe(config.fileErrors.front()));
    return &found->second;
}

} // namespace

Result<ClusterAccess> clusterAccess(const Kubeconfig &config, const std::string &context)
{
    const auto name = context.empty() ? config.currentContext : context;
    const auto entry = contextEntry(config, name);
    if (!entry)
        return std::unexpected(entry.error());
    const auto what = fmt::format("context \"{}\"", name);
    const auto cluster = text(**entry, what, "cluster");
    const auto user = text(**entry, what, "user");
    const auto nameSpace = text(**entry, what, "namespace");
    for (const auto *field : {&cluster, &user, &nameSpace})
        if (!*field)
            return std::unexpected(field->error());
    const auto place = fmt::format("{}: {}", (*entry)->file.string(), what);
    const auto clusterEntry = config.clusters.find(*cluster);
    if (clusterEntry == config.clusters.end())
        return fail(ErrorKind::NotFound,
                    cluster->empty() ? "names no cluster"
                                     : fmt::format("names the cluster \"{}\", which does not exist", *cluster),
                    place);
    ClusterAccess access;
    access.context = name;
    if (!nameSpace->empty())
        access.nameSpace = *nameSpace;
    if (auto read = readCluster(clusterEntry->second, *cluster, access); !read)
        return std::unexpected(read.error());
    if (user->empty())
        return access;
    const auto userEntry = config.users.find(*user);
    if (userEntry == config.users.end())
        return fail(ErrorKind::NotFound, fmt::format("names the user \"{}\", which does not exist", *user), place);
    if (auto read = readUser(userEntry->second, *user, access, clusterEntry->second.value); !read)
        return std::unexpected(read.error());
    // As kubectl does: nothing that proves who we are goes over a connection everybody can read.
    if (access.server.starts_with("http://") && (access.credentials || !access.tls.certPem.empty())) {
        access.credentials = nullptr;
        access.tls.certPem.clear();
        access.tls.keyPem.clear();
        access.warnings.emplace_back("the connection is not encrypted (http): your credential is not sent");
    }
    return access;
}

std::optional<ClusterAccess> inClusterAccess()
{
    const fs::path folder = "/var/run/secrets/kubernetes.io/serviceaccount";
    const std::string host = environment("KUBERNETES_SERVICE_HOST");
    const std::string port = environment("KUBERNETES_SERVICE_PORT");
    const auto ca = readFile(folder / "ca.crt");
    std::error_code status;
    if (host.empty() || port.empty() || !ca || !fs::exists(folder / "token", status))
        return std::nullopt;
    ClusterAccess access;
    access.context = "in-cluster";
    access.server = fmt::format("https://{}:{}", host.contains(':') ? "[" + host + "]" : host, port);
    access.tls.caPem = *ca;
    access.credentials = makeTokenFile((folder / "token").string(), {});
    if (const auto nameSpace = readFile(folder / "namespace"))
        access.nameSpace = nameSpace->substr(0, nameSpace->find_first_of("\r\n"));
    return access;
}

} // namespace core
