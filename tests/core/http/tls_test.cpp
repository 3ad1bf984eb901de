// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/http/http_client.h"

#include <httplib.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <QTest>

#include <fstream>
#include <memory>
#include <thread>

using core::ErrorKind;

namespace {

template <auto release>
struct Release {
    template <class T>
    void operator()(T *object) const
    {
        release(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;

/// A key with a certificate signed by `issuer`, or by itself: for the name `name`, made for this run only.
struct Identity {
    Key key;
    Certificate certificate;

    Identity(const std::string &name, const Identity *issuer, long notAfterSeconds = 3600)
        : key(EVP_EC_gen("P-256"))
        , certificate(X509_new())
    {
        auto *cert = certificate.get();
        static long serial = 0;
        X509_set_version(cert, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(cert), -7200);
        X509_gmtime_adj(X509_getm_notAfter(cert), notAfterSeconds);
        X509_set_pubkey(cert, key.get());
        X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char *>(name.c_str()), -1, -1, 0);
        X509_set_issuer_name(cert, X509_get_subject_name(issuer ? issuer->certificate.get() : cert));
        add(NID_basic_constraints, issuer ? "CA:FALSE" : "critical,CA:TRUE");
        if (issuer)
            add(NID_subject_alt_name, (name == "127.0.0.1" ? "IP:" : "DNS:") + name);
        X509_sign(cert, issuer ? issuer->key.get() : key.get(), EVP_sha256());
    }

    std::string certificatePem() const
    {
        return pem([this](BIO *out) { PEM_write_bio_X509(out, certificate.get()); });
    }
    std::string keyPem() const
    {
        return pem(
            [this](BIO *out) { PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    }

private:
    void add(int nid, const std::string &value) const
    {
        auto *extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
        X509_add_ext(certificate.get(), extension, -1);
        X509_EXTENSION_free(extension);
    }
    template <class Write>
    static std::string pem(Write write)
    {
        const std::unique_ptr<BIO, Release<BIO_vfree>> out(BIO_new(BIO_s_mem()));
        write(out.get());
        char *data = nullptr;
        const auto size = BIO_get_mem_data(out.get(), &data);
        return {data, static_cast<std::size_t>(size)};
    }
};

/// An HTTPS server with `identity`; asks for a client certificate of `clientAuthority` when that is given.
class TlsServer {
public:
    explicit TlsServer(const Identity &identity, const Identity *clientAuthority = nullptr)
        : m_server(identity.certificate.get(), identity.key.get(), storeOf(clientAuthority))
    {
        m_server.Get("/", [](const httplib::Request &, httplib::Response &response) {
            response.set_content("hello", "text/plain");
        });
        m_port = m_server.bind_to_any_port("127.0.0.1");
        m_thread = std::thread([this] { m_server.listen_after_bind(); });
        while (!m_server.is_running())
            std::this_thread::yield();
    }
    ~TlsServer()
    {
        m_server.stop();
        m_thread.join();
    }
    TlsServer(const TlsServer &) = delete;
    TlsServer &operator=(const TlsServer &) = delete;

    core::Result<core::HttpResponse> get(const core::TlsOptions &tls) const
    {
        core::HttpRequest request;
        request.url = "https://127.0.0.1:" + std::to_string(m_port) + "/";
        request.tls = tls;
        return core::makeCurlClient()->send(request, {});
    }

private:
    /// The server takes the store over.
    static X509_STORE *storeOf(const Identity *authority)
    {
        if (!authority)
            return nullptr;
        auto *store = X509_STORE_new();
        X509_STORE_add_cert(store, authority->certificate.get());
        return store;
    }

    httplib::SSLServer m_server;
    std::thread m_thread;
    int m_port = 0;
};

core::TlsOptions trusting(const Identity &authority)
{
    core::TlsOptions tls;
    tls.caPem = authority.certificatePem();
    return tls;
}

} // namespace

class TlsTest : public QObject {
    Q_OBJECT

private slots:
    void aServerOfTheGivenAuthorityIsTrusted();
    void aServerOfAnotherAuthorityIsNot();
    void theCertificateMustBeForTheHost();
    void anotherServerNameMayBeAskedFor();
    void anExpiredCertificateIsRefused();
    void checksCanBeTurnedOff();
    void aClientCertificateProvesWhoWeAre();
    void aKeyOfAnotherCertificateIsATlsError();

private:
    Identity m_authority{"test authority", nullptr};
    Identity m_loopback{"127.0.0.1", &m_authority};
};

void TlsTest::aServerOfTheGivenAuthorityIsTrusted()
{
    const TlsServer server(m_loopback);
    const auto response = server.get(trusting(m_authority));
    QVERIFY2(response.has_value(), response ? "" : core::describe(response.error()).c_str());
    QCOMPARE(response->body, std::string("hello"));
}

void TlsTest::aServerOfAnotherAuthorityIsNot()
{
    const TlsServer server(m_loopback);
    QCOMPARE(server.get(trusting(Identity("other", nullptr))).error().kind, ErrorKind::Tls);
    QCOMPARE(server.get({}).error().kind, ErrorKind::Tls);
}

void TlsTest::theCertificateMustBeForTheHost()
{
    const TlsServer server(Identity("api.example", &m_authority));
    const auto response = server.get(trusting(m_authority));
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Tls);
    QVERIFY(response.error().remedy.find("tls-server-name") != std::string::npos);
}

void TlsTest::anotherServerNameMayBeAskedFor()
{
    const TlsServer server(Identity("api.example", &m_authority));
    auto tls = trusting(m_authority);
    tls.serverName = "api.example";
    const auto response = server.get(tls);
    QVERIFY2(response.has_value(), response ? "" : core::describe(response.error()).c_str());
    tls.serverName = "other.example";
    QCOMPARE(server.get(tls).error().kind, ErrorKind::Tls);
}

void TlsTest::anExpiredCertificateIsRefused()
{
    const TlsServer server(Identity("127.0.0.1", &m_authority, -3600));
    const auto response = server.get(trusting(m_authority));
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Tls);
    QVERIFY2(response.error().message.find("expired") != std::string::npos, response.error().message.c_str());
}

void TlsTest::checksCanBeTurnedOff()
{
    const TlsServer server(Identity("api.example", &m_authority));
    core::TlsOptions tls;
    tls.insecureSkipVerify = true;
    QVERIFY(server.get(tls).has_value());
}

void TlsTest::aClientCertificateProvesWhoWeAre()
{
    const TlsServer server(m_loopback, &m_authority);
    auto tls = trusting(m_authority);
    QVERIFY(!server.get(tls).has_value());
    const Identity me("me", &m_authority);
    tls.certPem = me.certificatePem();
    tls.keyPem = me.keyPem();
    const auto response = server.get(tls);
    QVERIFY2(response.has_value(), response ? "" : core::describe(response.error()).c_str());
}

void TlsTest::aKeyOfAnotherCertificateIsATlsError()
{
    const TlsServer server(m_loopback, &m_authority);
    auto tls = trusting(m_authority);
    tls.certPem = Identity("me", &m_authority).certificatePem();
    tls.keyPem = Identity("you", &m_authority).keyPem();
    const auto response = server.get(tls);
    QVERIFY(!response);
    QCOMPARE(response.error().kind, ErrorKind::Tls);
    QVERIFY(core::describe(response.error()).find("PRIVATE KEY") == std::string::npos);
}

QTEST_APPLESS_MAIN(TlsTest)
#include "tls_test.moc"
