// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/kubeconfig_check.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>

using namespace core;

namespace {

/// A kubeconfig with one context "c" of cluster "k" and user "u".
std::string config(const std::string &cluster, const std::string &user,
                   const std::string &context = "cluster: k, user: u")
{
    return "clusters: [{name: k, cluster: {" + cluster + "}}]\nusers: [{name: u, user: {" + user
        + "}}]\ncontexts: [{name: c, context: {" + context + "}}]\ncurrent-context: c\n";
}

const std::string server = "server: https://h:6443";

} // namespace

class KubeconfigCheckTest : public QObject {
    Q_OBJECT

private slots:
    void everyFaultIsNamed_data();
    void everyFaultIsNamed();
    void aContextIsJudgedByWhatItUses();
    void anEmptyConfigurationIsNone();
    void secretsAreNotShown();
    void theDocumentHasAbsolutePaths();

private:
    Kubeconfig load(const std::string &text)
    {
        const auto file = std::filesystem::path(m_folder.path().toStdString()) / "config";
        std::ofstream(file) << text;
        return loadKubeconfig({file}, true).value_or(Kubeconfig());
    }
    QTemporaryDir m_folder;
};

void KubeconfigCheckTest::everyFaultIsNamed_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("says"); // empty: nothing is wrong
    const auto row = [](const char *name, const std::string &text, const char *says) {
        QTest::newRow(name) << text << std::string(says);
    };
    const std::string exec = "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never}";
    row("fine", config(server, "token: t"), "");
    row("a plugin", config(server, exec), "");
    row("no user is no fault of the user", config(server, ""), "");
    row("impersonation", config(server, "as: a, as-groups: [g]"), "");
    row("no server", config("", "token: t"), "no server");
    row("server of another type", config("server: 7", "token: t"), "must be a string");
    row("proxy of no scheme", config(server + ", proxy-url: example.com", ""), "proxy-url");
    row("proxy of another scheme", config(server + ", proxy-url: 'ftp://p'", ""), "proxy-url");
    row("authority twice", config(server + ", certificate-authority: a, certificate-authority-data: YQ==", ""), "both");
    row("authority that is not there", config(server + ", certificate-authority: nowhere", ""), "nowhere");
    row("two methods", config(server, "token: t, username: me"), "more than one");
    row("a certificate without key", config(server, "client-certificate-data: YQ=="), "client-key");
    row("a certificate that is not there", config(server, "client-certificate: nowhere, client-key: nowhere"),
        "cannot be read");
    row("groups of nobody", config(server, "as-groups: [g]"), "without impersonating");
    row("a plugin without command", config(server, "exec: {apiVersion: v, interactiveMode: Never}"), "exec.command");
    row("a plugin of no version", config(server, "exec: {command: x, interactiveMode: Never}"), "exec.apiVersion");
    row("a plugin without mode", config(server, "exec: {apiVersion: client.authentication.k8s.io/v1, command: x}"),
        "interactiveMode");
    row("a beta plugin without mode",
        config(server, "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: x}"), "");
    row("a plugin of another mode", config(server, "exec: {apiVersion: v, command: x, interactiveMode: Often}"),
        "Often");
    row("a plugin with a nameless variable",
        config(server,
               "exec: {apiVersion: v, command: x, interactiveMode: Never, "
               "env: [{value: v}]}"),
        "no name");
    row("a plugin and a provider", config(server, exec + ", auth-provider: {name: oidc}"), "auth-provider");
    row("a plugin as a text", config(server, "exec: run"), "must be a mapping");
    row("a cluster that is not there", config(server, "", "cluster: x, user: u"), "cluster \"x\" was not found");
    row("a user that is not there", config(server, "", "cluster: k, user: x"), "user \"x\" was not found");
    row("a context of nothing", config(server, "", ""), "was not specified");
    row("a namespace that is none", config(server, "", "cluster: k, user: u, namespace: My_Space"), "DNS label");
    row("no such current context", "current-context: gone\n", "gone");
}

void KubeconfigCheckTest::everyFaultIsNamed()
{
    QFETCH(std::string, text);
    QFETCH(std::string, says);
    const auto loaded = load(text);
    for (const auto &problems : {kubeconfigProblems(loaded), contextProblems(loaded)}) {
        std::string said;
        for (const auto &problem : problems)
            said += describe(problem) + "\n";
        QVERIFY2(problems.empty() == says.empty(), said.c_str());
        QVERIFY2(said.find(says) != std::string::npos, said.c_str());
    }
}

void KubeconfigCheckTest::aContextIsJudgedByWhatItUses()
{
    const auto loaded = load("clusters: [{name: good, cluster: {server: https://h}}, {name: bad, cluster: {}}]\n"
                             "users: [{name: u, user: {token: t}}, {name: both, user: {token: t, username: me}}]\n"
                             "contexts: [{name: fine, context: {cluster: good, user: u}},"
                             " {name: broken, context: {cluster: bad, user: both}}]\n");
    QVERIFY(contextProblems(loaded, "fine").empty());
    QCOMPARE(contextProblems(loaded, "broken").size(), std::size_t(2));
    QCOMPARE(kubeconfigProblems(loaded).size(), std::size_t(2));
    QCOMPARE(contextProblems(loaded, "gone").front().kind, ErrorKind::NotFound);
    QVERIFY(!contextProblems(loaded).empty()); // none is selected
}

void KubeconfigCheckTest::anEmptyConfigurationIsNone()
{
    QCOMPARE(kubeconfigProblems({}).size(), std::size_t(1));
    QCOMPARE(contextProblems({}).front().kind, ErrorKind::NotFound);
}

void KubeconfigCheckTest::secretsAreNotShown()
{
    const auto shown = redacted(kubeconfigDocument(
        load(config(server,
                    "token: s3cret, password: s3cret, client-key-data: czNjcmV0, client-certificate-data: Y2VydA==, "
                    "auth-provider: {name: oidc, config: {id-token: s3cret, client-secret: s3cret, a: b}}"))));
    const auto text = shown.dump();
    QVERIFY2(text.find("s3cret") == std::string::npos && text.find("czNjcmV0") == std::string::npos, text.c_str());
    for (const char *kept : {"Y2VydA==", "https://h:6443", "\"u\"", "\"b\"", "UkVEQUNURUQ="})
        QVERIFY2(text.find(kept) != std::string::npos, kept);
    QVERIFY(redacted(nullptr).is_null());
    QVERIFY(redacted({{"users", 7}}).is_object());
}

void KubeconfigCheckTest::theDocumentHasAbsolutePaths()
{
    const auto document = kubeconfigDocument(
        load(config(server + ", certificate-authority: ca.pem", "tokenFile: sub/../tok, exec: {command: ./plugin}")));
    const auto folder = m_folder.path().toStdString();
    QCOMPARE(document["clusters"][0]["cluster"]["certificate-authority"].get<std::string>(), folder + "/ca.pem");
    QCOMPARE(document["users"][0]["user"]["tokenFile"].get<std::string>(), folder + "/tok");
    QCOMPARE(document["users"][0]["user"]["exec"]["command"].get<std::string>(), folder + "/plugin");
}

QTEST_APPLESS_MAIN(KubeconfigCheckTest)
#include "kubeconfig_check_test.moc"
