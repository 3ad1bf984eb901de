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
        if (access(file.c_str(), X_OK) == 0 && !std::filesystem::is_directory(file))
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
    ask.arguments = {"-lc", "printf %s \"$PATH\""};
    ask.timeLimit = std::chrono::seconds(2);
    const auto answer = runProcess(ask, stop);
    return answer && answer->exitCode == 0 ? answer->output : std::string();
}

Result<std::string> resolve(const std::string &command, const std::stop_token &stop)
{
    if (command.find('/') != std::string::npos) {
        if (access(command.c_str(), F_OK) != 0)
            return fail(ErrorKind::NotFound, "the command does not exist", command);
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
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
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

/// Reads what there is; false at the end of the stream.
bool drain(int descriptor, std::string &into)
{
    char buffer[8192];
    const auto count = read(descriptor, buffer, sizeof buffer);
    if (count > 0 && into.size() < outputLimit)
        into.append(buffer, static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && errno == EINTR);
}

/// Reads both streams to their end, or says why it gave up.
Result<void> collect(Pipe &out, Pipe &err, ProcessResult &result, Clock::time_point deadline,
                     const std::stop_token &stop)
{
    bool outOpen = true, errOpen = true;
    while (outOpen || errOpen) {
        if (stop.stop_requested())
            return fail(ErrorKind::Cancelled, "stopped");
        if (Clock::now() > deadline)
            return fail(ErrorKind::Timeout, "did not end in time; stderr so far: " + result.errorText.substr(0, 500));
        pollfd fds[2] = {{outOpen ? out.read : -1, POLLIN, 0}, {errOpen ? err.read : -1, POLLIN, 0}};
        poll(fds, 2, 50);
        if (fds[0].revents)
            outOpen = drain(out.read, result.output);
        if (fds[1].revents)
            errOpen = drain(err.read, result.errorText);
    }
    return {};
}

} // namespace

Result<ProcessResult> runProcess(const ProcessRequest &request, std::stop_token stop)
{
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
    const auto collected = collect(out, err, result, Clock::now() + request.timeLimit, stop);
    if (!collected)
        kill(-*pid, SIGKILL);
    int status = 0;
    waitpid(*pid, &status, 0);
    if (!collected)
        return std::unexpected(collected.error());
    result.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

} // namespace core
