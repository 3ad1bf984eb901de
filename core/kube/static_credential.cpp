// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/static_credential.h"

#include <filesystem>
#include <fstream>
#include <mutex>

namespace core {

namespace {

class StaticCredential final : public CredentialSource {
public:
    explicit StaticCredential(std::string authorization) : m_authorization(std::move(authorization)) {}
    Result<Credential> credential(std::stop_token) override { return Credential{m_authorization, {}, {}}; }
    void invalidate() override {}

private:
    std::string m_authorization;
};

/// Shared by the clients of several threads, hence the lock.
class TokenFile final : public CredentialSource {
public:
    TokenFile(std::string file, std::string fallback) : m_file(std::move(file)), m_token(std::move(fallback)) {}

    Result<Credential> credential(std::stop_token) override
    {
        const std::lock_guard lock(m_mutex);
        std::error_code status;
        const auto written = std::filesystem::last_write_time(m_file, status);
        if (!status && (!m_readOnce || written != m_written))
            read(written);
        if (m_token.empty())
            return fail(ErrorKind::Unauthorized, "the token file cannot be read or is empty", m_file);
        return Credential{"Bearer " + m_token, {}, {}};
    }

    void invalidate() override
    {
        const std::lock_guard lock(m_mutex);
        m_readOnce = false;
    }

private:
    void read(std::filesystem::file_time_type written)
    {
        std::ifstream in(m_file);
        std::string token;
        in >> token;
        if (token.empty())
            return;
        m_token = token;
        m_written = written;
        m_readOnce = true;
    }

    std::string m_file;
    std::mutex m_mutex;
    std::string m_token;
    std::filesystem::file_time_type m_written;
    bool m_readOnce = false;
};

} // namespace

std::shared_ptr<CredentialSource> makeStaticCredential(std::string authorization)
{
    return std::make_shared<StaticCredential>(std::move(authorization));
}

std::shared_ptr<CredentialSource> makeTokenFile(std::string file, std::string fallback)
{
    return std::make_shared<TokenFile>(std::move(file), std::move(fallback));
}

} // namespace core
