#include "app/cli/ErrorSentences.h"
#include "app/cli/ExitCode.h"

#include <QTest>

#include <cerrno>

using namespace packmule;

namespace {

constexpr int kKinds = static_cast<int>(ErrorKind::Cancelled) + 1;

Error errorOf(ErrorKind kind)
{
    return Error::make(kind, QStringLiteral("the detail"));
}

}  // namespace

class TestErrorSentences : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKindNamesFileKeyAndCause_data()
    {
        QTest::addColumn<int>("kind");
        for (int kind = 0; kind < kKinds; ++kind)
            QTest::addRow("%s", errorKindName(static_cast<ErrorKind>(kind)).constData()) << kind;
    }
    void everyKindNamesFileKeyAndCause()
    {
        QFETCH(int, kind);
        const QString sentence = errorSentence(errorOf(static_cast<ErrorKind>(kind)), {"/home/me/a.mov", ObjectAddress{"bucket", "films/a.mov"}});
        QVERIFY(sentence.startsWith(QStringLiteral("/home/me/a.mov → s3://bucket/films/a.mov: ")));
        QVERIFY2(sentence.endsWith(QLatin1Char('.')), qPrintable(sentence));
        QVERIFY(!sentence.contains(QStringLiteral("..")));
        QVERIFY(!errorCause(errorOf(static_cast<ErrorKind>(kind))).isEmpty());
    }

    void whatToDoNext_data()
    {
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<QString>("part");
        QTest::newRow("clock off by an hour") << ErrorKind::ClockSkewed << QStringLiteral("clock");
        QTest::newRow("wrong region") << ErrorKind::WrongRegion << QStringLiteral("--region");
        QTest::newRow("untrusted certificate") << ErrorKind::TlsUntrusted << QStringLiteral("--ca-bundle");
        QTest::newRow("a host that does not exist") << ErrorKind::NameNotResolved << QStringLiteral("--endpoint-url");
        QTest::newRow("no such bucket") << ErrorKind::NoSuchBucket << QStringLiteral("packmule mb s3://bucket");
        QTest::newRow("wrong key") << ErrorKind::CredentialsRefused << QStringLiteral("access key");
        QTest::newRow("no credentials") << ErrorKind::CredentialsMissing << QStringLiteral("AWS_ACCESS_KEY_ID");
        QTest::newRow("proxy") << ErrorKind::ProxyRefused << QStringLiteral("https_proxy");
        QTest::newRow("journal") << ErrorKind::JournalUnavailable << QStringLiteral("--no-journal");
        QTest::newRow("access denied") << ErrorKind::AccessDenied << QStringLiteral("packmule doctor s3://bucket");
    }
    void whatToDoNext()
    {
        QFETCH(ErrorKind, kind);
        QFETCH(QString, part);
        QVERIFY(errorSentence(errorOf(kind), {{}, ObjectAddress{"bucket", {}}}).contains(part));
    }
    void aFolderIsToldAboutR()
    {
        Error error = errorOf(ErrorKind::SourceUnreadable);
        error.osError = EISDIR;
        QVERIFY(errorAdvice(error, {}).contains(QStringLiteral("-r")));
    }
    void theServicesOwnWordsAreQuoted()
    {
        Error error = errorOf(ErrorKind::AccessDenied);
        error.s3Code = "AccessDenied";
        error.httpStatus = 403;
        error.requestId = "REQ1";
        QVERIFY(errorCause(error).endsWith(QStringLiteral("(AccessDenied, HTTP 403, request REQ1)")));
    }
    void secretsAndControlCharactersDoNotPass()
    {
        const Error error = Error::make(ErrorKind::ServiceRefused, QStringLiteral("Authorization: AWS4 SECRET"));
        QVERIFY(!errorSentence(error, {}).contains(QStringLiteral("SECRET")));
        QVERIFY(errorSentence(error, {"a\x1b[2J", {}}).contains(QStringLiteral("\\x1B")));
    }

    void exitCodes_data()
    {
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<int>("code");
        QTest::newRow("as asked") << ErrorKind::InvalidRequest << 252;
        QTest::newRow("no credentials") << ErrorKind::CredentialsMissing << 253;
        QTest::newRow("journal") << ErrorKind::JournalUnavailable << 253;
        QTest::newRow("refused credentials") << ErrorKind::CredentialsRefused << 254;
        QTest::newRow("no such bucket") << ErrorKind::NoSuchBucket << 254;
        QTest::newRow("source gone") << ErrorKind::SourceMissing << 1;
        QTest::newRow("no host") << ErrorKind::NameNotResolved << 255;
        QTest::newRow("certificate") << ErrorKind::TlsUntrusted << 255;
    }
    void exitCodes()
    {
        QFETCH(ErrorKind, kind);
        QTEST(exitCodeFor(errorOf(kind)), "code");
    }
};

QTEST_GUILESS_MAIN(TestErrorSentences)
#include "test_error_sentences.moc"
