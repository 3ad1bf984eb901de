// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/process.h"

#include "core/base/program_path.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <optional>

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
    out.reserve(merged.size());
    for (const auto &[name, value] : merged)
        out.push_back(fmt::format("{}={}", name, value));
    return out;
}

std::vector<char *> pointers(std::vector<std::string> &texts)
{
    std::vector<char *> out;
    out.reserve(texts.size() + 1);
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
    const short group = request.inheritStdin ? 0 : POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags(&attributes, static_cast<short>(group | POSIX_SPAWN_SETSIGMASK));
    posix_spawnattr_setpgroup(&attributes, 0);
    // A caller that waits for signals in a thread of its own has blocked them; the program must still get its SIGTERM.
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
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

/// One program that runs: reads what it writes, and ends it when it must.
class Supervision {
public:
    Supervision(const ProcessRequest &request, pid_t pid, Pipe &out, Pipe &err)
        : m_request(request)
        , m_pid(pid)
        , m_out(out)
        , m_err(err)
    {
    }

    Result<ProcessResult> run(const std::stop_token &stop)
    {
        for (bool ended = false; !ended;) {
            if (auto reason = reasonToEnd(stop))
                return end(*std::move(reason));
            ended = step();
        }
        handOver(true);
        m_result.exitCode = WIFEXITED(m_status) ? WEXITSTATUS(m_status) : 128 + WTERMSIG(m_status);
        return std::move(m_result);
    }

private:
    std::optional<Error> reasonToEnd(const std::stop_token &stop) const
    {
        const auto now = Clock::now();
        if (stop.stop_requested())
            return Error{ErrorKind::Cancelled, "stopped", {}, {}};
        const auto said = m_result.errorText.empty() ? "" : ": " + m_result.errorText.substr(0, 500);
        if (now > m_started + m_request.timeLimit)
            return Error{ErrorKind::Timeout,
                         fmt::format("did not end within {} s{}", m_request.timeLimit.count() / 1000, said),
                         {},
                         {}};
        if (m_request.silenceLimit.count() > 0 && now > m_heard + m_request.silenceLimit)
            return Error{ErrorKind::Timeout,
                         fmt::format("said nothing for {} s{}", m_request.silenceLimit.count() / 1000, said),
                         {},
                         {}};
        return {};
    }

    /// Reads what came; true when the program has ended. A child of the program that keeps the pipes open (a login
    /// daemon) does not hold us up.
    bool step()
    {
        const bool ended =
            waitpid(m_pid, &m_status, WNOHANG) == m_pid; // first: what was written by then is in the pipes
        pollfd fds[2] = {{m_out.read, POLLIN, 0}, {m_err.read, POLLIN, 0}};
        poll(fds, 2, ended ? 0 : 20);
        while (fds[0].revents || fds[1].revents) {
            if (fds[0].revents)
                drain(m_out.read, m_request.onLine ? m_line : m_result.output, false);
            if (fds[1].revents)
                drain(m_err.read, m_result.errorText, m_request.inheritStdin);
            handOver(false);
            fds[0] = {m_out.read, POLLIN, 0};
            fds[1] = {m_err.read, POLLIN, 0};
            if (!ended || poll(fds, 2, 0) <= 0)
                break;
        }
        return ended;
    }

    /// Reads what there is; closes the pipe at the end of the stream. More than the limit is read and dropped.
    void drain(int &descriptor, std::string &into, bool echo)
    {
        char buffer[8192];
        const auto count = read(descriptor, buffer, sizeof buffer);
        if (count > 0) {
            m_heard = Clock::now();
            if (into.size() < outputLimit)
                into.append(buffer, static_cast<std::size_t>(count));
            // A plugin that may talk to the user asks on stderr. A closed terminal is no reason to fail.
            if (echo && write(STDERR_FILENO, buffer, static_cast<std::size_t>(count)) < 0)
                return;
        } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
            close(descriptor);
            descriptor = -1;
        }
    }

    void handOver(bool last)
    {
        std::size_t start = 0;
        for (auto end = m_line.find('\n'); end != std::string::npos; end = m_line.find('\n', start)) {
            m_request.onLine(std::string_view(m_line).substr(start, end - start));
            start = end + 1;
        }
        m_line.erase(0, start);
        if (last && !m_line.empty())
            m_request.onLine(m_line);
    }

    void signalAll(int signal) const { kill(m_request.inheritStdin ? m_pid : -m_pid, signal); }

    bool endsWithin(std::chrono::milliseconds time)
    {
        for (const auto until = Clock::now() + time; Clock::now() < until;)
            if (step())
                return true;
        return false;
    }

    std::unexpected<Error> end(Error reason)
    {
        bool ended = false;
        if (m_request.grace.count() > 0) {
            signalAll(SIGTERM);
            ended = endsWithin(m_request.grace);
        }
        signalAll(SIGKILL); // its children too, when it left without them
        if (!ended && !endsWithin(std::chrono::seconds(5))) {
            reason.message +=
                fmt::format("; process {} could not be ended even so: it sleeps in a kernel driver", m_pid);
            reason.remedy = "start nothing else on that device; a reset of it or of the machine ends the process";
        }
        handOver(true);
        return std::unexpected(std::move(reason));
    }

    const ProcessRequest &m_request;
    pid_t m_pid;
    Pipe &m_out, &m_err;
    Clock::time_point m_started = Clock::now(), m_heard = m_started;
    ProcessResult m_result;
    std::string m_line; ///< read and not handed over yet
    int m_status = 0;
};

} // namespace

Result<ProcessResult> runProcess(const ProcessRequest &request, std::stop_token stop)
{
    if (stop.stop_requested())
        return fail(ErrorKind::Cancelled, "stopped");
    const auto file = findProgram(request.command, stop);
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
    return Supervision(request, *pid, out, err).run(stop);
}

} // namespace core
