// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/exec_credential.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

using namespace std::chrono_literals;
using core::ErrorKind;
using nlohmann::json;

class ExecCredentialTest : public QObject {
    Q_OBJECT

private slots:
    void thePluginsTokenIsUsed();
    void aCertificateIsUsed();
    void thePluginLearnsWhatItNeeds();
    void aRelativeCommandStandsBesideTheKubeconfig();
    void theAnswerIsKeptUntilItExpiresOrIsRefused();
    void anExpiredAnswerIsNotKept();
    void aBadDescriptionIsRefused_data();
    void aBadDescriptionIsRefused();
    void aMissingCommandShowsTheInstallHint();
    void aCommandThatMayNotRunIsNamed();
    void aFailingPluginShowsCodeAndStderr();
    void aFailureIsSharedByThoseWhoWait();
    void junkIsRefusedAndNeverQuoted_data();
    void junkIsRefusedAndNeverQuoted();
    void aHangingPluginIsKilledWithItsChildren();
    void stoppingKillsThePlugin();
    void aDaemonThatKeepsThePipeDoesNotHoldUsUp();
    void muchOutputDoesNotBlock();
    void controlCharactersAreShown_data();
    void controlCharactersAreShown();

private:
    /// A shell script beside the kubeconfig.
    std::string script(const std::string &body)
    {
        const auto file = path("plugin" + std::to_string(++m_scripts));
        std::ofstream(file) << "#!/bin/sh\n" << body << '\n';
        QFile::setPermissions(QString::fromStdString(file), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return file;
    }
    std::string path(const std::string &name) const
    {
        return m_folder.filePath(QString::fromStdString(name)).toStdString();
    }
    std::string text(const std::string &name) const
    {
        std::ifstream in(path(name));
        std::ostringstream all;
        all << in.rdbuf();
        return all.str();
    }
    static json exec(const std::string &command)
    {
        return {{"apiVersion", "client.authentication.k8s.io/v1"}, {"command", command}, {"interactiveMode", "Never"}};
    }
    core::Result<std::shared_ptr<core::CredentialSource>>
    make(const json &description, const json &cluster = json::object(), std::chrono::seconds limit = 10s)
    {
        return core::makeExecCredential(description, path("config"), cluster, limit);
    }
    core::Result<core::Credential> run(const json &description, std::chrono::seconds limit = 10s)
    {
        auto plugin = make(description, json::object(), limit);
        return plugin ? (*plugin)->credential({}) : std::unexpected(plugin.error());
    }

    QTemporaryDir m_folder;
    int m_scripts = 0;
};

namespace {

std::string answer(const std::string &status)
{
    return R"(echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":)" + status + "}'";
}

bool isAlive(int pid)
{
    return kill(pid, 0) == 0;
}

} // namespace

void ExecCredentialTest::thePluginsTokenIsUsed()
{
    const auto credential = run(exec(script(answer(R"({"token":"abc"})"))));
    QVERIFY2(credential.has_value(), credential ? "" : core::describe(credential.error()).c_str());
    QCOMPARE(credential->authorization, std::string("Bearer abc"));
}

void ExecCredentialTest::aCertificateIsUsed()
{
    const auto credential =
        run(exec(script(answer(R"({"clientCertificateData":"-----BEGIN C","clientKeyData":"-----BEGIN K"})"))));
    QVERIFY(credential.has_value());
    QCOMPARE(credential->certPem, std::string("-----BEGIN C"));
    QCOMPARE(credential->keyPem, std::string("-----BEGIN K"));
    QVERIFY(credential->authorization.empty());
}

void ExecCredentialTest::thePluginLearnsWhatItNeeds()
{
    auto description =
        exec(script("echo \"$KUBERNETES_EXEC_INFO\" > '" + path("info") + "'; echo \"$1|$2|$EXTRA|$HOME\" > '"
                    + path("args") + "'\n" + answer(R"({"token":"t"})")));
    description["args"] = {"a b", "c"};
    description["env"] = {{{"name", "EXTRA"}, {"value", "e"}}};
    description["provideClusterInfo"] = true;
    const json cluster{
        {"server", "https://h"},
        {"certificate-authority-data", "Q0E="},
        {"certificate-authority", "/not/handed/over"},
        {"extensions", {{{"name", "client.authentication.k8s.io/exec"}, {"extension", {{"audience", "x"}}}}}}};
    const auto plugin = make(description, cluster);
    QVERIFY(plugin.has_value());
    QVERIFY((*plugin)->credential({}).has_value());
    QCOMPARE(text("args"), "a b|c|e|" + std::string(getenv("HOME") ? getenv("HOME") : "") + "\n");
    const auto info = json::parse(text("info"), nullptr, false);
    const json expected{
        {"apiVersion", "client.authentication.k8s.io/v1"},
        {"kind", "ExecCredential"},
        {"spec",
         {{"interactive", false},
          {"cluster",
           {{"server", "https://h"}, {"certificate-authority-data", "Q0E="}, {"config", {{"audience", "x"}}}}}}}};
    QCOMPARE(QString::fromStdString(info.dump()), QString::fromStdString(expected.dump()));
}

void ExecCredentialTest::aRelativeCommandStandsBesideTheKubeconfig()
{
    const auto name = std::filesystem::path(script(answer(R"({"token":"t"})"))).filename().string();
    QVERIFY(run(exec("./" + name)).has_value());
}

void ExecCredentialTest::theAnswerIsKeptUntilItExpiresOrIsRefused()
{
    const auto plugin =
        make(exec(script("echo x >> '" + path("runs1") + "'\n"
                         + answer(R"({"token":"t","expirationTimestamp":"2999-01-01T00:00:00.5+02:00"})"))));
    QVERIFY(plugin.has_value());
    QVERIFY((*plugin)->credential({}).has_value());
    QVERIFY((*plugin)->credential({}).has_value());
    QCOMPARE(text("runs1"), std::string("x\n"));
    (*plugin)->invalidate();
    QVERIFY((*plugin)->credential({}).has_value());
    QCOMPARE(text("runs1"), std::string("x\nx\n"));
}

void ExecCredentialTest::anExpiredAnswerIsNotKept()
{
    const auto plugin = make(exec(script("echo x >> '" + path("runs2") + "'\n"
                                         + answer(R"({"token":"t","expirationTimestamp":"2001-01-01T00:00:00Z"})"))));
    QVERIFY((*plugin)->credential({}).has_value());
    QVERIFY((*plugin)->credential({}).has_value());
    QCOMPARE(text("runs2"), std::string("x\nx\n"));
}

void ExecCredentialTest::aBadDescriptionIsRefused_data()
{
    QTest::addColumn<QByteArray>("change");
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char *name, const char *change, ErrorKind kind, const char *says) {
        QTest::newRow(name) << QByteArray(change) << kind << QByteArray(says);
    };
    row("v1alpha1", R"({"apiVersion":"client.authentication.k8s.io/v1alpha1"})", ErrorKind::Unsupported, "v1alpha1");
    row("no apiVersion", R"({"apiVersion":null})", ErrorKind::Unsupported, "apiVersion");
    row("no command", R"({"command":null})", ErrorKind::Parse, "command");
    row("command is a number", R"({"command":7})", ErrorKind::Parse, "command");
    row("args is text", R"({"args":"a"})", ErrorKind::Parse, "args");
    row("args holds a number", R"({"args":["a",7]})", ErrorKind::Parse, "args");
    row("env is text", R"({"env":"A=b"})", ErrorKind::Parse, "env");
    row("env without name", R"({"env":[{"value":"b"}]})", ErrorKind::Parse, "env");
    row("no interactiveMode", R"({"interactiveMode":null})", ErrorKind::Parse, "interactiveMode");
    row("unknown interactiveMode", R"({"interactiveMode":"Sometimes"})", ErrorKind::Parse, "Sometimes");
}

void ExecCredentialTest::aBadDescriptionIsRefused()
{
    QFETCH(QByteArray, change);
    QFETCH(ErrorKind, kind);
    QFETCH(QByteArray, says);
    auto description = exec("true");
    description.merge_patch(json::parse(change.toStdString()));
    const auto plugin = make(description);
    QVERIFY(!plugin);
    QCOMPARE(plugin.error().kind, kind);
    QVERIFY2(plugin.error().message.find(says.toStdString()) != std::string::npos, plugin.error().message.c_str());
}

void ExecCredentialTest::aMissingCommandShowsTheInstallHint()
{
    for (const auto *command : {"no-such-plugin-4711", "/no/such/plugin"}) {
        auto description = exec(command);
        description["installHint"] = "get it \x1b[1mthere";
        const auto credential = run(description);
        QVERIFY(!credential);
        QCOMPARE(credential.error().kind, ErrorKind::NotFound);
        QCOMPARE(credential.error().remedy, std::string("get it U+001B[1mthere"));
        QVERIFY(core::describe(credential.error()).find(command) != std::string::npos);
    }
}

void ExecCredentialTest::aCommandThatMayNotRunIsNamed()
{
    std::ofstream(path("plain")) << "x";
    const auto credential = run(exec(path("plain")));
    QVERIFY(!credential);
    QCOMPARE(credential.error().kind, ErrorKind::Io);
    QVERIFY(core::describe(credential.error()).find(path("plain")) != std::string::npos);
}

void ExecCredentialTest::aFailingPluginShowsCodeAndStderr()
{
    const auto credential = run(exec(script("echo 'please log in' >&2; exit 73")));
    QVERIFY(!credential);
    QCOMPARE(credential.error().kind, ErrorKind::Unauthorized);
    QVERIFY(credential.error().message.find("73") != std::string::npos);
    QVERIFY(credential.error().message.find("please log in") != std::string::npos);
}

void ExecCredentialTest::aFailureIsSharedByThoseWhoWait()
{
    const auto plugin = make(exec(script("echo x >> '" + path("runs3") + "'; exit 1")));
    QVERIFY(!(*plugin)->credential({}));
    QVERIFY(!(*plugin)->credential({}));
    QCOMPARE(text("runs3"), std::string("x\n"));
}

void ExecCredentialTest::junkIsRefusedAndNeverQuoted_data()
{
    QTest::addColumn<QByteArray>("output");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("words") << QByteArray("Welcome! canary-4711");
    QTest::newRow("half JSON") << QByteArray(R"({"kind":"ExecCredential","status":{"token":"canary-4711)");
    QTest::newRow("a list") << QByteArray(R"(["canary-4711"])");
    QTest::newRow("another kind") << QByteArray(R"({"kind":"Pod","status":{"token":"canary-4711"}})");
    QTest::newRow("another version") << QByteArray(
        R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"canary-4711"}})");
    const QByteArray head = R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1")";
    QTest::newRow("no status") << head + "}";
    QTest::newRow("status is text") << head + R"(,"status":"canary-4711"})";
    QTest::newRow("token is a number") << head + R"(,"status":{"token":4711}})";
    QTest::newRow("a key without certificate") << head + R"(,"status":{"token":"t","clientKeyData":"canary-4711"}})";
    QTest::newRow("an offset without minutes")
        << head + R"(,"status":{"token":"canary-4711","expirationTimestamp":"2999-01-01T00:00:00+02"}})";
    QTest::newRow("words after the time")
        << head + R"(,"status":{"token":"canary-4711","expirationTimestamp":"2999-01-01T00:00:00Z tomorrow"}})";
    QTest::newRow("bad time") << head + R"(,"status":{"token":"canary-4711","expirationTimestamp":"soon"}})";
}

void ExecCredentialTest::junkIsRefusedAndNeverQuoted()
{
    QFETCH(QByteArray, output);
    std::ofstream(path("output")) << output.toStdString();
    const auto credential = run(exec(script("cat '" + path("output") + "'")));
    QVERIFY(!credential);
    QCOMPARE(credential.error().kind, ErrorKind::Parse);
    QVERIFY(core::describe(credential.error()).find("canary") == std::string::npos);
}

void ExecCredentialTest::aHangingPluginIsKilledWithItsChildren()
{
    const auto credential =
        run(exec(script("sleep 600 & echo $! > '" + path("child") + "'; echo waiting >&2; wait")), 1s);
    QVERIFY(!credential);
    QCOMPARE(credential.error().kind, ErrorKind::Timeout);
    QVERIFY(credential.error().message.find("waiting") != std::string::npos);
    const int child = std::stoi(text("child"));
    QTRY_VERIFY(!isAlive(child) || QFile::exists(QString("/proc/%1/status").arg(child)) == false || [child] {
        std::ifstream status("/proc/" + std::to_string(child) + "/stat"); // killed, but nobody has reaped it yet
        std::string all;
        std::getline(status, all);
        return all.find(") Z") != std::string::npos;
    }());
}

void ExecCredentialTest::stoppingKillsThePlugin()
{
    const auto plugin = make(exec(script("sleep 600")));
    std::stop_source stop;
    std::jthread stopper([&stop] {
        std::this_thread::sleep_for(50ms); // the plugin is under way; when it is not yet, the outcome is the same
        stop.request_stop();
    });
    const auto start = std::chrono::steady_clock::now();
    const auto credential = (*plugin)->credential(stop.get_token());
    QVERIFY(!credential);
    QCOMPARE(credential.error().kind, ErrorKind::Cancelled);
    QVERIFY(std::chrono::steady_clock::now() - start < 2s);
}

void ExecCredentialTest::aDaemonThatKeepsThePipeDoesNotHoldUsUp()
{
    const auto start = std::chrono::steady_clock::now();
    const auto credential = run(exec(script("sleep 5 &\n" + answer(R"({"token":"t"})"))));
    QVERIFY(credential.has_value());
    QVERIFY(std::chrono::steady_clock::now() - start < 3s);
}

void ExecCredentialTest::muchOutputDoesNotBlock()
{
    const auto credential =
        run(exec(script("head -c 3000000 /dev/zero | tr '\\0' x >&2\n" + answer(R"({"token":"t"})"))));
    QVERIFY(credential.has_value());
}

void ExecCredentialTest::controlCharactersAreShown_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("shown");
    QTest::newRow("escape") << QByteArray("\x1b[2A") << QByteArray("U+001B[2A");
    QTest::newRow("white space stays") << QByteArray("a\n\r\t\v\fb") << QByteArray("a\n\r\t\v\fb");
    QTest::newRow("delete") << QByteArray("\x7f") << QByteArray("U+007F");
    QTest::newRow("C1") << QByteArray("\xc2\x9b") << QByteArray("U+009B");
    QTest::newRow("letters") << QByteArray("ü∫€") << QByteArray("ü∫€");
}

void ExecCredentialTest::controlCharactersAreShown()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, shown);
    QCOMPARE(QByteArray::fromStdString(core::printable(text.toStdString())), shown);
}

QTEST_APPLESS_MAIN(ExecCredentialTest)
#include "exec_credential_test.moc"
