// SPDX-License-Identifier: GPL-3.0-or-later
#include "probes/run/supervisor.h"

#include "probes/report/reporter.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace probe {
namespace {

constexpr double graceSeconds = 5;

class Child {
public:
    Child(const std::function<void(int)> &work)
    {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) != 0)
            return;
        const pid_t parent = getpid();
        m_pid = fork();
        if (m_pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGTERM);
            if (getppid() != parent) // it died before the line above
                _exit(1);
            close(ends[0]);
            dup2(STDERR_FILENO, STDOUT_FILENO); // drivers print; only the pipe carries results
            work(ends[1]);
            // Not exit(): vendors' libraries crash in their own destructors, and that would look like a finding.
            _exit(0);
        }
        close(ends[1]);
        m_file = ends[0];
    }
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;
    ~Child()
    {
        if (m_file >= 0)
            close(m_file);
    }
    bool started() const { return m_pid > 0; }
    void send(int signal) const { kill(m_pid, signal); }
    // Whole lines that arrived within a tenth of a second; false at the end of the output.
    bool read(const std::function<void(const std::string &)> &onLine, bool &heard);
    // The wait status, waiting at most this long.
    std::optional<int> wait(double seconds) const;

private:
    pid_t m_pid = -1;
    int m_file = -1;
    std::string m_pending;
};

bool Child::read(const std::function<void(const std::string &)> &onLine, bool &heard)
{
    pollfd wanted = {m_file, POLLIN, 0};
    heard = false;
    if (poll(&wanted, 1, 100) <= 0)
        return true;
    std::array<char, 4096> part{};
    const ssize_t n = ::read(m_file, part.data(), part.size());
    if (n < 0)
        return errno == EINTR;
    if (n == 0)
        return false;
    heard = true;
    m_pending.append(part.data(), static_cast<std::size_t>(n));
    for (std::size_t end; (end = m_pending.find('\n')) != std::string::npos; m_pending.erase(0, end + 1))
        onLine(m_pending.substr(0, end));
    return true;
}

std::optional<int> Child::wait(double seconds) const
{
    const double until = secondsNow() + seconds;
    do {
        int status = 0;
        if (const pid_t ended = waitpid(m_pid, &status, WNOHANG); ended == m_pid || (ended < 0 && errno == ECHILD))
            return status;
        usleep(2000);
    } while (secondsNow() < until);
    return std::nullopt;
}

} // namespace

ChildEnd superviseChild(const std::function<void(int)> &work, const std::function<double()> &stallSeconds,
                        const std::function<void(const std::string &)> &onLine,
                        const std::function<bool()> &stopRequested)
{
    Child child(work);
    ChildEnd end;
    if (!child.started())
        return end;
    double last = secondsNow();
    std::optional<double> stopAt;
    for (bool heard = false; child.read(onLine, heard);) {
        if (heard)
            last = secondsNow();
        if (stopRequested() && !stopAt) {
            stopAt = secondsNow() + graceSeconds;
            child.send(SIGTERM);
        }
        end.hung = secondsNow() - last > stallSeconds() || (stopAt && secondsNow() > *stopAt);
        if (end.hung) {
            child.send(SIGKILL);
            break;
        }
    }
    const auto status = child.wait(end.hung ? 2 : stallSeconds());
    if (!status) {
        child.send(SIGKILL);
        end.hung = true;
        end.unkillable = !child.wait(2);
    } else if (WIFSIGNALED(*status) && !end.hung) {
        end.signal = WTERMSIG(*status);
    } else if (WIFEXITED(*status)) {
        end.exitCode = WEXITSTATUS(*status);
    }
    return end;
}

std::string signalName(int signal)
{
    const char *name = sigabbrev_np(signal);
    return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

} // namespace probe
