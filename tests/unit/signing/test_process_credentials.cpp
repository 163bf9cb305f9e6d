#include "core/signing/ProcessCredentials.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

class TestProcessCredentials : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QtScheduler m_scheduler;

    QString script(const QByteArray &text)
    {
        const QString path = m_folder.filePath(QStringLiteral("give me keys"));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate))
            return {};
        file.write("#!/bin/sh\n" + text);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return u'"' + path + u'"';
    }

    Result<Credentials> run(const QString &commandLine, Milliseconds timeout = 20s)
    {
        ProcessCredentials source(commandLine, m_scheduler, timeout);
        std::optional<Result<Credentials>> outcome;
        const CallHandle call = source.read(false, [&](Result<Credentials> result) { outcome = std::move(result); });
        if (outcome)
            return failure(ErrorKind::InvalidRequest, QStringLiteral("answered from inside the call"));
        if (!QTest::qWaitFor([&] { return outcome.has_value(); }, 30000))
            return failure(ErrorKind::Stalled, QStringLiteral("never answered"));
        return *outcome;
    }

private Q_SLOTS:
    void readsWhatTheProgramPrints()
    {
        const QString program = script("cat <<END\n{\"Version\": 1, \"AccessKeyId\": \"$1\", \"SecretAccessKey\": \"s/e+c\", "
                                       "\"SessionToken\": \"t\", \"Expiration\": \"2026-11-21T12:00:00Z\"}\nEND\n");
        const auto credentials = run(program + QStringLiteral(" 'two words'"));
        QVERIFY2(credentials, credentials ? "" : qPrintable(credentials.error().detail));
        QCOMPARE(credentials->accessKeyId, QByteArray("two words"));
        QCOMPARE(credentials->secretAccessKey, QByteArray("s/e+c"));
        QCOMPARE(credentials->sessionToken, QByteArray("t"));
        QVERIFY(credentials->expires == std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 12h);
    }

    void saysWhyItCannot_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("reason");
        QTest::newRow("ends with an error") << QByteArray("echo not logged in >&2; exit 3\n") << QStringLiteral("status 3: not logged in");
        QTest::newRow("prints nothing") << QByteArray("exit 0\n") << QStringLiteral("JSON");
        QTest::newRow("is killed") << QByteArray("kill -9 $$\n") << QStringLiteral("crashed");
        QTest::newRow("prints without end") << QByteArray("exec yes\n") << QStringLiteral("too much");
    }
    void saysWhyItCannot()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, reason);
        const auto credentials = run(script(text) + QStringLiteral(" --secret hunter2"));
        QVERIFY(!credentials);
        QCOMPARE(credentials.error().kind, ErrorKind::CredentialsMissing);
        QVERIFY2(credentials.error().detail.contains(reason), qPrintable(credentials.error().detail));
        QVERIFY(!credentials.error().detail.contains(QStringLiteral("hunter2")));
    }

    void namesAProgramThatIsNotThere()
    {
        const auto credentials = run(QStringLiteral("/nowhere/keys --for me"));
        QVERIFY(!credentials);
        QVERIFY2(credentials.error().detail.contains(QStringLiteral("/nowhere/keys")), qPrintable(credentials.error().detail));
    }

    void endsAProgramThatTakesTooLong()
    {
        const auto credentials = run(script("exec sleep 600\n"), 100ms);
        QVERIFY(!credentials);
        QCOMPARE(credentials.error().kind, ErrorKind::CredentialsMissing);
        QVERIFY(credentials.error().detail.contains(QStringLiteral("did not end")));
    }

    void usesNoShell()
    {
        const QString file = m_folder.filePath(QStringLiteral("created"));
        const auto credentials = run(script("echo \"$@\" >&2; exit 1\n") + QStringLiteral(" a; touch ") + file);
        QVERIFY(!credentials);
        QVERIFY(!QFile::exists(file));
        QVERIFY(credentials.error().detail.contains(QStringLiteral("a; touch")));
    }

    void staysSilentOnceTheHandleIsGone()
    {
        ProcessCredentials source(script("exit 0\n"), m_scheduler);
        bool hasAnswered = false;
        CallHandle call = source.read(false, [&](const Result<Credentials> &) { hasAnswered = true; });
        call = {};
        QTest::qWait(50);
        QVERIFY(!hasAnswered);
    }

    void mayBeDroppedInsideItsAnswer()
    {
        ProcessCredentials source(script("exit 1\n"), m_scheduler);
        int answers = 0;
        CallHandle call;
        call = source.read(false, [&](const Result<Credentials> &) {
            ++answers;
            call = {};
        });
        QTRY_COMPARE(answers, 1);
    }

    void splitsCommandLines_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QStringList>("words");
        QTest::newRow("plain") << QStringLiteral("  a b\tc ") << QStringList{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")};
        QTest::newRow("double quotes") << QStringLiteral("\"/a b/c\" --x=\"1 2\"") << QStringList{QStringLiteral("/a b/c"), QStringLiteral("--x=1 2")};
        QTest::newRow("single quotes are literal") << QStringLiteral("a 'b \\\" $c'") << QStringList{QStringLiteral("a"), QStringLiteral("b \\\" $c")};
        QTest::newRow("backslash") << QStringLiteral("a\\ b \\\"c") << QStringList{QStringLiteral("a b"), QStringLiteral("\"c")};
        QTest::newRow("backslash in double quotes") << QStringLiteral("a \"b\\\"c\\\\d\\e\"") << QStringList{QStringLiteral("a"), QStringLiteral("b\"c\\d\\e")};
        QTest::newRow("empty word") << QStringLiteral("a '' b") << QStringList{QStringLiteral("a"), QString(), QStringLiteral("b")};
        QTest::newRow("nothing") << QStringLiteral("   ") << QStringList{};
        QTest::newRow("open quote") << QStringLiteral("a \"b") << QStringList{};
    }
    void splitsCommandLines()
    {
        QFETCH(QString, line);
        QFETCH(QStringList, words);
        const auto split = ProcessCredentials::words(line);
        QCOMPARE(split.has_value(), !words.isEmpty());
        QCOMPARE(split.value_or(QStringList()), words);
    }

    void refusesOtherJson_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("array") << QByteArray("[]");
        QTest::newRow("version 2") << QByteArray(R"({"Version":2,"AccessKeyId":"a","SecretAccessKey":"s"})");
        QTest::newRow("no version") << QByteArray(R"({"AccessKeyId":"a","SecretAccessKey":"s"})");
        QTest::newRow("no secret") << QByteArray(R"({"Version":1,"AccessKeyId":"a"})");
        QTest::newRow("expiration is no time") << QByteArray(R"({"Version":1,"AccessKeyId":"a","SecretAccessKey":"s","Expiration":"soon"})");
    }
    void refusesOtherJson()
    {
        QFETCH(QByteArray, json);
        const auto credentials = ProcessCredentials::fromJson(json);
        QVERIFY(!credentials);
        QCOMPARE(credentials.error().kind, ErrorKind::CredentialsMissing);
    }

    void readsExpirationWithAnOffset()
    {
        const auto credentials = ProcessCredentials::fromJson(
            R"({"Version":1,"AccessKeyId":"a","SecretAccessKey":"s","Expiration":"2026-11-21T13:00:00+01:00"})");
        QVERIFY(credentials->expires == std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 12h);
    }
};

QTEST_GUILESS_MAIN(TestProcessCredentials)
#include "test_process_credentials.moc"
