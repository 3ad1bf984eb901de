// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/process.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace core {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t outputLimit = 1U << 20;

struct Pipe {
    int read = -1, write = -1;
    Pipe()
    {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) == 0) {
            read = ends[0];
            write = ends[1];
        }
    }
    ~Pipe()
    {
        closeWrite();
        if (read >= 0)
            close(read);
    }
    Pipe(const Pipe &) = delete;
    Pipe &operator=(const Pipe &) = delete;
    void closeWrite()
    {
        if (write >= 0)
            close(write);
        write = -1;
    }
};

std::string findOn(const std::string &path, const std::string &name)
{
    std::istringstream folders(path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const auto file = (std::filesystem::path(folder.empty() ? "." : folder) / name).string();
        std::error_code unknown;
        if (access(file.c_str(), X_OK) == 0 && !std::filesystem::is_directory(file, unknown))
            return file;
    }
    return {};
}

/// PATH as the user's login shell sets it; empty when the shell does not say within two seconds.
std::string loginShellPath(const std::stop_token &stop)
{
    const auto *shell = std::getenv("SHELL");
    ProcessRequest ask;
    ask.command = shell && *shell == '/' ? shell : "/bin/sh";
    ask.arguments = {"-lc", "printenv PATH"}; // not $PATH: fish would print its list with spaces
    ask.timeLimit = std::chrono::seconds(2);
    const auto answer = runProcess(ask, stop);
    if (!answer || answer->exitCode != 0)
        return {};
    // Profiles may greet first: the path is the last line.
    const auto end = answer->output.find_last_not_of('\n');
    if (end == std::string::npos)
        return {};
    const auto start = answer->output.rfind('\n', end);
    return answer->output.substr(start == std::string::npos ? 0 : start + 1,
                                 end - (start == std::string::npos ? 0 : start + 1) + 1);
}

Result<std::string> resolve(const std::string &command, const std::stop_token &stop)
{
    if (command.find('/') != std::string::npos) {
        if (access(command.c_str(), F_OK) != 0)
            return fail(ErrorKind::NotFound, "the command does not exist", command);
        if (access(command.c_str(), X_OK) != 0)
            return fail(ErrorKind::Io, "the command may not be executed", command, "chmod +x " + command);
        return command;
    }
    const auto *path = std::getenv("PATH");
    auto file = findOn(path ? path : "/usr/bin:/bin", command);
    if (file.empty())
        file = findOn(loginShellPath(stop), command);
    if (file.empty())
        return fail(ErrorKind::NotFound, fmt::format("the command \"{}\" is not on PATH", command), command);
    return file;
}

std::vector<std::string> mergedEnvironment(const std::map<std::string, std::string> &own)
{
    std::map<std::string, std::string> merged;
    for (char **variable = environ; *variable; ++variable) {
        const std::string text = *variable;
        merged[text.substr(0, text.find('='))] = text.substr(std::min(text.size(), text.find('=') + 1));
    }
    for (const auto &[name, value] : own)
        merged[name] = value;
    std::vector<std::string> out;
    for (const auto &[name, value] : merged)
        out.push_back(name + "=" + value);
    return out;
}

std::vector<char *> pointers(std::vector<std::string> &texts)
{
    std::vector<char *> out;
    for (auto &text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

Result<pid_t> spawn(const ProcessRequest &request, const std::string &file, const Pipe &out, const Pipe &err)
{
    std::vector<std::string> words{file};
    words.insert(words.end(), request.arguments.begin(), request.arguments.end());
    auto variables = mergedEnvironment(request.environment);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (!request.inheritStdin)
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // A group of its own lets us kill its children too; but a background group may not read the terminal.
    if (!request.inheritStdin) {
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
        posix_spawnattr_setpgroup(&attributes, 0);
    }
    pid_t pid = 0;
    const int status =
        posix_spawn(&pid, file.c_str(), &actions, &attributes, pointers(words).data(), pointers(variables).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (status != 0)
        return fail(status == ENOENT ? ErrorKind::NotFound : ErrorKind::Io,
                    fmt::format("cannot be started: {}", std::generic_category().message(status)), file);
    return pid;
}

/// Reads what there is; closes the pipe at the end of the stream. More than the limit is read and dropped.
void drain(int &descriptor, std::string &into, bool echo)
{
    char buffer[8192];
    const auto count = read(descriptor, buffer, sizeof buffer);
    if (count > 0) {
        if (into.size() < outputLimit)
            into.append(buffer, static_cast<std::size_t>(count));
        // A plugin that may talk to the user asks its questions on stderr. A closed terminal is no reason to fail.
        if (echo && write(STDERR_FILENO, buffer, static_cast<std::size_t>(count)) < 0)
            return;
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
        close(descriptor);
        descriptor = -1;
    }
}

/// Reads both streams until the program ended, or says why it gave up. A child of the program that keeps the pipes open
/// (a login daemon) does not hold us up.
Result<int> collect(pid_t pid, Pipe &out, Pipe &err, const ProcessRequest &request, ProcessResult &result,
                    const std::stop_token &stop)
{
    const auto deadline = Clock::now() + request.timeLimit;
    int status = 0;
    for (bool ended = false; !ended;) {
        if (stop.stop_requested())
            return fail(ErrorKind::Cancelled, "stopped");
        if (Clock::now() > deadline)
            return fail(ErrorKind::Timeout,
                        fmt::format("did not end within {} s{}{}", request.timeLimit.count() / 1000,
                                    result.errorText.empty() ? "" : ": ", result.errorText.substr(0, 500)));
        ended = waitpid(pid, &status, WNOHANG) == pid; // before the read: what was written until now is in the pipes
        pollfd fds[2] = {{out.read, POLLIN, 0}, {err.read, POLLIN, 0}};
        poll(fds, 2, ended ? 0 : 20);
        while (fds[0].revents || fds[1].revents) {
            if (fds[0].revents)
                drain(out.read, result.output, false);
            if (fds[1].revents)
                drain(err.read, result.errorText, request.inheritStdin);
            fds[0] = {out.read, POLLIN, 0};
            fds[1] = {err.read, POLLIN, 0};
            if (!ended || poll(fds, 2, 0) <= 0)
                break;
        }
    }
    return status;
}

} // namespace

Result<ProcessResult> runProcess(const ProcessRequest &request, std::stop_token stop)
{
    if (stop.stop_requested())
        return fail(ErrorKind::Cancelled, "stopped");
    const auto file = resolve(request.command, stop);
    if (!file)
        return std::unexpected(file.error());
    Pipe out, err;
    if (out.read < 0 || err.read < 0)
        return fail(ErrorKind::Io, "no file descriptors left", request.command);
    const auto pid = spawn(request, *file, out, err);
    if (!pid)
        return std::unexpected(pid.error());
    out.closeWrite();
    err.closeWrite();
    ProcessResult result;
    const auto status = collect(*pid, out, err, request, result, stop);
    if (!status) {
        kill(request.inheritStdin ? *pid : -*pid, SIGKILL);
        waitpid(*pid, nullptr, 0);
        return std::unexpected(status.error());
    }
    result.exitCode = WIFEXITED(*status) ? WEXITSTATUS(*status) : 128 + WTERMSIG(*status);
    return result;
}

} // namespace core
