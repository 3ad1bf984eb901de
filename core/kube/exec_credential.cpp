// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/exec_credential.h"

#include "core/base/process.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <mutex>

namespace core {

using nlohmann::json;

namespace {

/// "Z", "+01:00", "-0530" is none: the end of an RFC 3339 time.
std::optional<std::chrono::seconds> zoneOffset(std::string_view zone)
{
    if (zone == "Z")
        return std::chrono::seconds(0);
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':')
        return std::nullopt;
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    const auto hours = zone.substr(1, 2), minutes = zone.substr(4, 2);
    if (!std::ranges::all_of(hours, isDigit) || !std::ranges::all_of(minutes, isDigit))
        return std::nullopt;
    const auto number = [](std::string_view digits) { return 10 * (digits[0] - '0') + (digits[1] - '0'); };
    const auto offset = std::chrono::hours(number(hours)) + std::chrono::minutes(number(minutes));
    return zone[0] == '-' ? -offset : offset;
}

/// RFC 3339, UTC or with an offset.
std::optional<std::chrono::sys_seconds> parseTime(const std::string &text)
{
    std::tm tm{};
    const char *rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &tm);
    if (!rest)
        return std::nullopt;
    std::string_view zone = rest;
    if (zone.starts_with('.')) {
        zone.remove_prefix(1);
        zone.remove_prefix(std::min(zone.find_first_not_of("0123456789"), zone.size()));
    }
    const auto offset = zoneOffset(zone);
    if (!offset)
        return std::nullopt;
    return std::chrono::sys_seconds(std::chrono::seconds(timegm(&tm)) - *offset);
}

std::string textOf(const json &object, const char *key)
{
    return object.is_object() && object.contains(key) && object[key].is_string() ? object[key].get<std::string>()
                                                                                 : std::string();
}

/// What the plugin learns of the cluster: the fields of the kubeconfig that the ExecCredential type has.
json clusterSpec(const json &cluster)
{
    json spec = json::object();
    for (const auto *field : {"server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data",
                              "proxy-url", "disable-compression"})
        if (cluster.contains(field))
            spec[field] = cluster[field];
    if (cluster.contains("extensions") && cluster["extensions"].is_array())
        for (const auto &extension : cluster["extensions"])
            if (textOf(extension, "name") == "client.authentication.k8s.io/exec" && extension.contains("extension"))
                spec["config"] = extension["extension"];
    return spec;
}

/// Shared by the clients of several threads, hence the lock: one plugin run serves them all.
class ExecCredential final : public CredentialSource {
public:
    ExecCredential(ProcessRequest process, std::string apiVersion, std::string installHint)
        : m_process(std::move(process))
        , m_apiVersion(std::move(apiVersion))
        , m_installHint(std::move(installHint))
    {
    }

    Result<Credential> credential(std::stop_token stop) override
    {
        const std::lock_guard lock(m_mutex);
        const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        if (m_answer && (!m_answer->expires || *m_answer->expires > now))
            return m_answer->credential;
        // Clients of other threads that waited for this run share its failure instead of running the plugin again.
        if (m_failure && std::chrono::steady_clock::now() - m_failedAt < std::chrono::seconds(2))
            return std::unexpected(*m_failure);
        m_failure.reset();
        auto answer = run(stop);
        if (!answer) {
            if (answer.error().kind != ErrorKind::Cancelled) {
                m_failure = answer.error();
                m_failedAt = std::chrono::steady_clock::now();
            }
            return std::unexpected(answer.error());
        }
        m_answer = std::move(*answer);
        return m_answer->credential;
    }

    void invalidate() override
    {
        const std::lock_guard lock(m_mutex);
        m_answer.reset();
        m_failure.reset();
    }

private:
    Result<ExecAnswer> run(const std::stop_token &stop)
    {
        const auto place = "credential plugin " + m_process.command;
        const auto done = runProcess(m_process, stop);
        if (!done)
            return fail(done.error().kind, done.error().message, place,
                        done.error().kind == ErrorKind::NotFound ? m_installHint : done.error().remedy);
        if (done->exitCode != 0)
            return fail(ErrorKind::Unauthorized,
                        fmt::format("ended with exit code {}{}{}", done->exitCode, done->errorText.empty() ? "" : ": ",
                                    printable(done->errorText.substr(0, 2000))),
                        place, "run the plugin by hand to log in");
        auto answer = parseExecAnswer(done->output, m_apiVersion);
        if (!answer)
            return fail(answer.error().kind, answer.error().message, place, answer.error().remedy);
        return answer;
    }

    ProcessRequest m_process;
    std::string m_apiVersion, m_installHint;
    std::mutex m_mutex;
    std::optional<ExecAnswer> m_answer; ///< guarded by m_mutex, like all below
    std::optional<Error> m_failure;
    std::chrono::steady_clock::time_point m_failedAt;
};

/// An optional list of an object: empty when it is missing or null, and whatever is there otherwise.
json listOf(const json &object, const char *key)
{
    return object.contains(key) && !object[key].is_null() ? object[key] : json::array();
}

Result<ProcessRequest> processRequest(const json &exec, const std::filesystem::path &kubeconfig)
{
    ProcessRequest request;
    request.command = textOf(exec, "command");
    if (request.command.empty())
        return fail(ErrorKind::Parse, "exec.command is missing");
    if (request.command.contains('/') && request.command.front() != '/')
        request.command =
            (std::filesystem::absolute(kubeconfig).parent_path() / request.command).lexically_normal().string();
    const auto arguments = listOf(exec, "args"), variables = listOf(exec, "env");
    if (!arguments.is_array() || !std::ranges::all_of(arguments, &json::is_string))
        return fail(ErrorKind::Parse, "exec.args must be a list of strings");
    request.arguments = arguments.get<std::vector<std::string>>();
    if (!variables.is_array())
        return fail(ErrorKind::Parse, "exec.env must be a list of name and value");
    for (const auto &variable : variables) {
        const auto name = textOf(variable, "name");
        if (name.empty() || name.contains('='))
            return fail(ErrorKind::Parse, "exec.env must be a list of name and value");
        request.environment[name] = textOf(variable, "value");
    }
    return request;
}

} // namespace

std::string printable(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const bool isSpace = c >= '\t' && c <= '\r';
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        if ((c < 0x20 && !isSpace) || c == 0x7f)
            out += fmt::format("U+{:04X}", c);
        else if (c == 0xc2 && next >= 0x80 && next < 0xa0 && next != 0x85) { // C1 controls in UTF-8; U+0085 is a space
            out += fmt::format("U+{:04X}", next);
            ++i;
        } else
            out += static_cast<char>(c);
    }
    return out;
}

std::string effectiveInteractiveMode(std::string_view apiVersion, std::string_view mode)
{
    const bool isBeta =
        apiVersion == "client.authentication.k8s.io/v1beta1" || apiVersion == "client.authentication.k8s.io/v1alpha1";
    return mode.empty() && isBeta ? "IfAvailable" : std::string(mode);
}

Result<ExecAnswer> parseExecAnswer(const std::string &stdoutText, const std::string &apiVersion)
{
    const auto document = json::parse(stdoutText, nullptr, false);
    // The output is not quoted in the error: it may hold half a token.
    if (!document.is_object())
        return fail(ErrorKind::Parse, "printed something that is no ExecCredential JSON");
    if (textOf(document, "kind") != "ExecCredential")
        return fail(ErrorKind::Parse, "printed JSON whose kind is not ExecCredential");
    if (textOf(document, "apiVersion") != apiVersion)
        return fail(
            ErrorKind::Parse,
            fmt::format("answered as {}, but the kubeconfig asks for {}", textOf(document, "apiVersion"), apiVersion));
    const auto status = document.contains("status") ? document["status"] : json();
    ExecAnswer answer;
    const auto token = textOf(status, "token");
    answer.credential.authorization = token.empty() ? "" : "Bearer " + token;
    answer.credential.certPem = textOf(status, "clientCertificateData");
    answer.credential.keyPem = textOf(status, "clientKeyData");
    if (answer.credential.certPem.empty() != answer.credential.keyPem.empty())
        return fail(ErrorKind::Parse, "gave a client certificate without its key, or a key without certificate");
    const auto isPem = [](const std::string &text) { return text.empty() || text.contains("-----BEGIN "); };
    if (!isPem(answer.credential.certPem) || !isPem(answer.credential.keyPem))
        return fail(ErrorKind::Parse, "gave a client certificate or key that is no PEM");
    if (token.empty() && answer.credential.certPem.empty())
        return fail(ErrorKind::Parse, "gave neither a token nor a client certificate");
    if (const auto expiry = textOf(status, "expirationTimestamp"); !expiry.empty()) {
        answer.expires = parseTime(expiry);
        if (!answer.expires)
            return fail(ErrorKind::Parse,
                        fmt::format("gave the expirationTimestamp \"{}\", which is no RFC 3339 time", expiry));
    }
    return answer;
}

Result<std::shared_ptr<CredentialSource>> makeExecCredential(const json &exec, const std::filesystem::path &kubeconfig,
                                                             const json &clusterInfo, std::chrono::seconds timeLimit,
                                                             std::optional<bool> terminal)
{
    if (!exec.is_object())
        return fail(ErrorKind::Parse, "exec must be a mapping");
    const auto apiVersion = textOf(exec, "apiVersion");
    const bool isV1 = apiVersion == "client.authentication.k8s.io/v1";
    if (!isV1 && apiVersion != "client.authentication.k8s.io/v1beta1")
        return fail(ErrorKind::Unsupported, fmt::format("exec.apiVersion \"{}\" is not known", apiVersion), {},
                    "use client.authentication.k8s.io/v1");
    const auto mode = effectiveInteractiveMode(apiVersion, textOf(exec, "interactiveMode"));
    if (mode.empty())
        return fail(ErrorKind::Parse, "exec.interactiveMode is missing (v1 requires Never, IfAvailable or Always)");
    if (mode != "Never" && mode != "IfAvailable" && mode != "Always")
        return fail(ErrorKind::Parse,
                    fmt::format("exec.interactiveMode \"{}\" is not Never, IfAvailable or Always", mode));
    const bool hasTerminal = terminal.value_or(isatty(STDIN_FILENO) == 1);
    if (mode == "Always" && !hasTerminal)
        return fail(ErrorKind::Unsupported, "the plugin needs a terminal (interactiveMode Always) and there is none",
                    {}, "start Berth from a terminal, or log in by hand");
    auto request = processRequest(exec, kubeconfig);
    if (!request)
        return std::unexpected(request.error());
    request->timeLimit = timeLimit;
    request->inheritStdin = hasTerminal && mode != "Never";
    json info{
        {"apiVersion", apiVersion}, {"kind", "ExecCredential"}, {"spec", {{"interactive", request->inheritStdin}}}};
    if (exec.contains("provideClusterInfo") && exec["provideClusterInfo"].is_boolean()
        && exec["provideClusterInfo"].get<bool>())
        info["spec"]["cluster"] = clusterSpec(clusterInfo);
    request->environment["KUBERNETES_EXEC_INFO"] = info.dump(-1, ' ', false, json::error_handler_t::replace);
    return std::make_shared<ExecCredential>(std::move(*request), apiVersion, printable(textOf(exec, "installHint")));
}

} // namespace core
