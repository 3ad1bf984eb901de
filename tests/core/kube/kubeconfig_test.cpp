// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/kubeconfig.h"

#include "core/kube/credentials.h"
#include "core/kube/yaml_json.h"

#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

#include <fstream>

using core::ErrorKind;
namespace fs = std::filesystem;

namespace {

const std::string pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/// A kubeconfig of one context "c"; `cluster` and `user` are the insides of its two objects, as flow mappings.
std::string config(const std::string &cluster, const std::string &user,
                   const std::string &context = "cluster: k, user: u")
{
    return "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: k, cluster: {" + cluster
        + "}}]\nusers: [{name: u, user: {" + user + "}}]\ncontexts: [{name: c, context: {" + context + "}}]\n";
}

const std::string server = "server: https://h:6443";

std::string header(const core::ClusterAccess &access, const std::string &name)
{
    for (const auto &candidate : access.headers)
        if (candidate.name == name)
            return candidate.value;
    return {};
}

} // namespace

class KubeconfigTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void pathsComeFromTheEnvironmentOnce();
    void theFirstFileThatDefinesANameWins();
    void missingFilesAreSkippedUnlessNamed();
    void aBrokenFileDoesNotHideTheOthers();
    void aContextBecomesAccess();
    void relativePathsStandBesideTheirFile();
    void credentialsAreRead_data();
    void credentialsAreRead();
    void aTokenFileIsReadAgainWhenItChanges();
    void nothingSecretGoesOverHttp();
    void impersonationBecomesHeaders();
    void uncheckedCertificatesAreAWarning();
    void badFilesAreNamed_data();
    void badFilesAreNamed();
    void badContextsAreNamed_data();
    void badContextsAreNamed();
    void anUnreadableFileIsNamed();
    void outsideAClusterThereIsNoAccess();

private:
    std::string path(const std::string &name) const
    {
        return m_folder->filePath(QString::fromStdString(name)).toStdString();
    }
    std::string file(const std::string &name, const std::string &text) const
    {
        fs::create_directories(fs::path(path(name)).parent_path());
        std::ofstream(path(name)) << text;
        return path(name);
    }
    core::Result<core::ClusterAccess> access(const std::string &text, const std::string &context = {}) const
    {
        const auto loaded = core::loadKubeconfig({file("config", text)}, true);
        return loaded ? core::clusterAccess(*loaded, context) : std::unexpected(loaded.error());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void KubeconfigTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void KubeconfigTest::pathsComeFromTheEnvironmentOnce()
{
    using Paths = std::vector<fs::path>;
    qputenv("HOME", "/home/someone");
    qputenv("KUBECONFIG", "/a:/b::/a");
    QCOMPARE(core::kubeconfigPaths({}), (Paths{"/a", "/b"}));
    QCOMPARE(core::kubeconfigPaths("/x"), Paths{"/x"});
    qputenv("KUBECONFIG", "");
    QCOMPARE(core::kubeconfigPaths({}), Paths{"/home/someone/.kube/config"});
    qunsetenv("KUBECONFIG");
    QCOMPARE(core::kubeconfigPaths({}), Paths{"/home/someone/.kube/config"});
}

void KubeconfigTest::theFirstFileThatDefinesANameWins()
{
    const auto one = file("one", "current-context: ''\nclusters: [{name: k, cluster: {server: https://one}}]\n");
    const auto two =
        file("two",
             "current-context: c\nclusters: [{name: k, cluster: {server: https://two, tls-server-name: x}}, "
             "{name: other, cluster: {}}]\ncontexts: [{name: c, context: {cluster: k}}]\n");
    const auto loaded = core::loadKubeconfig({one, two}, false);
    QVERIFY(loaded.has_value());
    QCOMPARE(loaded->currentContext, std::string("c"));
    QCOMPARE(loaded->clusters.size(), 2U);
    QCOMPARE(loaded->clusters.at("k").file.string(), one);
    const auto access = core::clusterAccess(*loaded);
    QVERIFY(access.has_value());
    QCOMPARE(access->server, std::string("https://one"));
    QVERIFY(access->tls.serverName.empty()); // entries are not merged field by field
}

void KubeconfigTest::missingFilesAreSkippedUnlessNamed()
{
    const auto none = core::loadKubeconfig({path("no1"), path("no2")}, false);
    QVERIFY(none.has_value());
    QVERIFY(none->fileErrors.empty());
    QCOMPARE(core::clusterAccess(*none).error().kind, ErrorKind::NotFound);
    QVERIFY(core::clusterAccess(*none).error().remedy.find("KUBECONFIG") != std::string::npos);
    const auto named = core::loadKubeconfig({path("no1")}, true);
    QVERIFY(!named);
    QCOMPARE(named.error().kind, ErrorKind::NotFound);
    QCOMPARE(named.error().place, path("no1"));
}

void KubeconfigTest::aBrokenFileDoesNotHideTheOthers()
{
    const auto loaded = core::loadKubeconfig({file("bad", "clusters: [\n"), file("good", config(server, ""))}, false);
    QVERIFY(loaded.has_value());
    QCOMPARE(loaded->fileErrors.size(), 1U);
    QVERIFY(core::clusterAccess(*loaded).has_value());
    const auto missing = core::clusterAccess(*loaded, "elsewhere");
    QVERIFY(missing.error().remedy.find(path("bad")) != std::string::npos);
}

void KubeconfigTest::aContextBecomesAccess()
{
    const auto got =
        access(config("server: 'https://h:6443/prefix/', tls-server-name: sni, proxy-url: 'http://p:8080', "
                      "certificate-authority-data: "
                          + core::encodeBase64(pem),
                      "token: t", "cluster: k, user: u, namespace: ns"));
    QVERIFY2(got.has_value(), got ? "" : core::describe(got.error()).c_str());
    QCOMPARE(got->context, std::string("c"));
    QCOMPARE(got->server, std::string("https://h:6443/prefix"));
    QCOMPARE(got->nameSpace, std::string("ns"));
    QCOMPARE(got->proxyUrl, std::string("http://p:8080"));
    QCOMPARE(got->tls.serverName, std::string("sni"));
    QCOMPARE(got->tls.caPem, pem);
    QVERIFY(got->warnings.empty());
    QCOMPARE(access(config(server, ""))->nameSpace, std::string("default"));
}

void KubeconfigTest::relativePathsStandBesideTheirFile()
{
    file("sub/ca.pem", pem);
    const auto deep = file(
        "sub/config",
        config(server + ", certificate-authority: ca.pem", "client-certificate: ./ca.pem, client-key: ../sub/ca.pem"));
    const auto got = core::clusterAccess(*core::loadKubeconfig({deep}, true));
    QVERIFY2(got.has_value(), got ? "" : core::describe(got.error()).c_str());
    QCOMPARE(got->tls.caPem, pem);
    QCOMPARE(got->tls.certPem, pem);
    QCOMPARE(got->tls.keyPem, pem);
}

void KubeconfigTest::credentialsAreRead_data()
{
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("authorization");
    QTest::newRow("token") << QByteArray("token: abc") << QByteArray("Bearer abc");
    QTest::newRow("token file") << QByteArray("tokenFile: tok") << QByteArray("Bearer from-file");
    QTest::newRow("the file wins") << QByteArray("token: abc, tokenFile: tok") << QByteArray("Bearer from-file");
    QTest::newRow("until it is there") << QByteArray("token: abc, tokenFile: no-file") << QByteArray("Bearer abc");
    QTest::newRow("password") << QByteArray("username: me, password: 'p:w'") << QByteArray("Basic bWU6cDp3");
}

void KubeconfigTest::credentialsAreRead()
{
    QFETCH(QByteArray, user);
    QFETCH(QByteArray, authorization);
    file("tok", "from-file\n");
    const auto got = access(config(server, user.toStdString()));
    QVERIFY(got.has_value() && got->credentials);
    QCOMPARE(QByteArray::fromStdString(got->credentials->credential({})->authorization), authorization);
}

void KubeconfigTest::aTokenFileIsReadAgainWhenItChanges()
{
    const auto token = file("tok", "one");
    const auto got = access(config(server, "tokenFile: tok"));
    QVERIFY(got.has_value());
    QCOMPARE(got->credentials->credential({})->authorization, std::string("Bearer one"));
    std::ofstream(token) << "two";
    fs::last_write_time(token, fs::last_write_time(token) + std::chrono::seconds(5));
    QCOMPARE(got->credentials->credential({})->authorization, std::string("Bearer two"));
    fs::remove(token);
    QCOMPARE(got->credentials->credential({})->authorization, std::string("Bearer two"));
    const auto none = access(config(server, "tokenFile: tok"));
    QCOMPARE(none->credentials->credential({}).error().kind, ErrorKind::Unauthorized);
}

void KubeconfigTest::nothingSecretGoesOverHttp()
{
    for (const auto *url : {"server: 'http://h:8080'", "server: 'h:8080'"}) {
        const auto got = access(config(url, "token: abc"));
        QVERIFY(got.has_value());
        QCOMPARE(got->server, std::string("http://h:8080"));
        QVERIFY(!got->credentials);
        QCOMPARE(got->warnings.size(), 1U);
    }
    const auto secure = access(config("server: 'h:8080', insecure-skip-tls-verify: true", "token: abc"));
    QCOMPARE(secure->server, std::string("https://h:8080"));
    QVERIFY(secure->credentials != nullptr);
}

void KubeconfigTest::impersonationBecomesHeaders()
{
    const auto got =
        access(config(server, "as: alice, as-uid: '7', as-groups: [a, b], as-user-extra: {'Scopes/x': [v]}"));
    QVERIFY(got.has_value());
    QCOMPARE(header(*got, "Impersonate-User"), std::string("alice"));
    QCOMPARE(header(*got, "Impersonate-Uid"), std::string("7"));
    QCOMPARE(header(*got, "Impersonate-Group"), std::string("a"));
    QCOMPARE(header(*got, "Impersonate-Extra-scopes%2Fx"), std::string("v"));
    QCOMPARE(got->headers.size(), 5U);
}

void KubeconfigTest::uncheckedCertificatesAreAWarning()
{
    const auto got = access(config(server + ", insecure-skip-tls-verify: true", ""));
    QVERIFY(got.has_value());
    QVERIFY(got->tls.insecureSkipVerify);
    QCOMPARE(got->warnings.size(), 1U);
}

void KubeconfigTest::badFilesAreNamed_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char *name, const std::string &text, const char *says) {
        QTest::newRow(name) << QByteArray::fromStdString(text) << QByteArray(says);
    };
    row("not YAML", "clusters: [", "line");
    row("a word", "canary-4711", "mapping");
    row("a list", "[canary-4711]", "mapping");
    row("another kind", "kind: Pod", "kind");
    row("another version", "apiVersion: v2", "apiVersion");
    row("clusters is a mapping", "clusters: {a: b}", "clusters");
    row("an entry without name", "users: [{user: {token: canary-4711}}]", "users[0]");
    row("a name that is a number", "contexts: [{name: 433e40}]", "contexts[0]");
    row("a name twice", "clusters: [{name: k}, {name: k}]", "duplicate name \"k\"");
    row("an entry that is text", "users: [{name: u, user: canary-4711}]", "users[0]");
    row("current-context is a number", "current-context: 7", "current-context");
    row("a key twice", "clusters: []\nclusters: []", "clusters");
}

void KubeconfigTest::badFilesAreNamed()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, says);
    const auto bad = file("bad", text.toStdString());
    const auto loaded = core::loadKubeconfig({bad}, true);
    QVERIFY(!loaded);
    const auto message = core::describe(loaded.error());
    QCOMPARE(loaded.error().kind, ErrorKind::Parse);
    QVERIFY2(message.find(bad) != std::string::npos, message.c_str());
    QVERIFY2(message.find(says.toStdString()) != std::string::npos, message.c_str());
    QVERIFY2(message.find("canary") == std::string::npos, message.c_str());
}

void KubeconfigTest::badContextsAreNamed_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char *name, const std::string &text, ErrorKind kind, const char *says) {
        QTest::newRow(name) << QByteArray::fromStdString(text) << kind << QByteArray(says);
    };
    const auto cluster = [](const std::string &fields) { return config(fields, ""); };
    const auto user = [](const std::string &fields) { return config(server, fields); };
    const auto parse = ErrorKind::Parse;
    row("no current context", "contexts: [{name: c}]", ErrorKind::NotFound, "no context is selected");
    row("unknown context", "current-context: x", ErrorKind::NotFound, "\"x\"");
    row("no cluster named", config(server, "", "user: u"), ErrorKind::NotFound, "names no cluster");
    row("unknown cluster", config(server, "", "cluster: zz"), ErrorKind::NotFound, "\"zz\"");
    row("unknown user", config(server, "", "cluster: k, user: zz"), ErrorKind::NotFound, "\"zz\"");
    row("namespace is a number", config(server, "", "cluster: k, namespace: 7"), parse, "namespace must be a string");
    row("no server", cluster(""), parse, "cluster \"k\": server is missing");
    row("server is a list", cluster("server: [a]"), parse, "server must be a string");
    row("server is a file", cluster("server: 'file:///x'"), parse, "server must begin");
    row("proxy without scheme", cluster(server + ", proxy-url: example.com"), parse, "proxy-url");
    row("CA file missing", cluster(server + ", certificate-authority: gone.pem"), ErrorKind::NotFound, "gone.pem");
    row("CA file no PEM", cluster(server + ", certificate-authority: config"), parse,
        "certificate-authority holds no PEM");
    row("CA as file and data", cluster(server + ", certificate-authority: config, certificate-authority-data: AAA="),
        parse, "both specified");
    row("CA data no base64", cluster(server + ", certificate-authority-data: '###'"), parse,
        "certificate-authority-data");
    row("CA data no PEM", cluster(server + ", certificate-authority-data: AAA="), parse, "certificate-authority-data");
    row("insecure is text", cluster(server + ", insecure-skip-tls-verify: 'true'"), parse, "insecure-skip-tls-verify");
    row("insecure and CA",
        cluster(server + ", insecure-skip-tls-verify: true, certificate-authority-data: " + core::encodeBase64(pem)),
        parse, "exclude each other");
    row("token is a number", user("token: 4711"), parse, "user \"u\": token must be a string");
    row("token is a mapping", user("token: {canary-4711: x}"), parse, "token must be a string");
    row("password is a list", user("username: me, password: [canary-4711]"), parse, "password must be a string");
    row("cert without key", user("client-certificate-data: " + core::encodeBase64(pem)), parse, "belong together");
    row("key data no base64", user("client-key-data: 'canary-4711'"), parse, "client-key-data");
    row("key data no PEM", user("client-key-data: " + core::encodeBase64("canary-4711")), parse, "client-key-data");
    row("key file missing", user("client-key: gone.key"), ErrorKind::NotFound, "gone.key");
    row("two ways to log in", user("username: me, password: canary-4711, token: canary-4711"), parse, "more than one");
    row("gcp", user("auth-provider: {name: gcp, config: {access-token: canary-4711}}"), ErrorKind::Unsupported,
        "gke-gcloud-auth-plugin");
    row("azure", user("auth-provider: {name: azure}"), ErrorKind::Unsupported, "kubelogin");
    row("oidc", user("auth-provider: {name: oidc}"), ErrorKind::Unsupported, "\"oidc\" is not supported");
    row("provider is a number", user("auth-provider: {name: 7}"), ErrorKind::Unsupported, "exec plugin");
    row("exec is text", user("exec: canary-4711"), parse, "exec must be a mapping");
    row("exec without command", user("exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}"),
        parse, "user \"u\": exec.command");
    row("groups is text", user("as: a, as-groups: b"), parse, "as-groups");
    row("groups hold a number", user("as: a, as-groups: [7]"), parse, "as-groups");
    row("extra is a list", user("as: a, as-user-extra: [b]"), parse, "as-user-extra");
    row("groups without user", user("as-groups: [b]"), parse, "need a user");
}

void KubeconfigTest::badContextsAreNamed()
{
    QFETCH(QByteArray, text);
    QFETCH(ErrorKind, kind);
    QFETCH(QByteArray, says);
    const auto got = access(text.toStdString());
    QVERIFY(!got);
    const auto message = core::describe(got.error());
    QCOMPARE(got.error().kind, kind);
    QVERIFY2(message.find(says.toStdString()) != std::string::npos, message.c_str());
    QVERIFY2(message.find("canary") == std::string::npos, message.c_str());
}

void KubeconfigTest::anUnreadableFileIsNamed()
{
    const auto folder = core::loadKubeconfig({m_folder->path().toStdString()}, true);
    QVERIFY(!folder);
    QCOMPARE(folder.error().kind, ErrorKind::Io);
    if (geteuid() == 0)
        QSKIP("root may read everything");
    const auto secret = file("secret", config(server, ""));
    fs::permissions(secret, fs::perms::none);
    const auto loaded = core::loadKubeconfig({secret}, true);
    QVERIFY(!loaded);
    QCOMPARE(loaded.error().kind, ErrorKind::Io);
    QCOMPARE(loaded.error().place, secret);
}

void KubeconfigTest::outsideAClusterThereIsNoAccess()
{
    qunsetenv("KUBERNETES_SERVICE_HOST");
    QVERIFY(!core::inClusterAccess());
}

QTEST_APPLESS_MAIN(KubeconfigTest)
#include "kubeconfig_test.moc"
