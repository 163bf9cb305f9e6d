#include "core/base/Error.h"

#include <QSet>
#include <QTest>

using namespace packmule;

namespace {

constexpr int kLastKind = static_cast<int>(ErrorKind::Cancelled);

}  // namespace

class TestError : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKindHasANameOfItsOwnThatComesBack()
    {
        QSet<QByteArray> names;
        for (int kind = 0; kind <= kLastKind; ++kind) {
            const QByteArray name = errorKindName(static_cast<ErrorKind>(kind));
            QVERIFY2(!name.isEmpty() && !names.contains(name), name.constData());
            names.insert(name);
            QCOMPARE(errorKindFromName(name), static_cast<ErrorKind>(kind));
        }
        QCOMPARE(names.size(), kLastKind + 1);
    }

    void unknownNamesAreNoKind_data()
    {
        QTest::addColumn<QByteArray>("name");
        for (const char *name : {"", "nonsense", "ConnectionLost", "connectionLost ", "sourceMissin"})
            QTest::newRow(*name ? name : "nothing") << QByteArray(name);
    }
    void unknownNamesAreNoKind()
    {
        QFETCH(QByteArray, name);
        QVERIFY(!errorKindFromName(name));
    }

    void namesOfTheJournalStayTheSame()
    {
        // They are stored: a rename needs a migration.
        QCOMPARE(errorKindName(ErrorKind::ConnectionLost), QByteArray("connectionLost"));
        QCOMPARE(errorKindName(ErrorKind::SourceChanged), QByteArray("sourceChanged"));
        QCOMPARE(errorKindName(ErrorKind::NoSuchUpload), QByteArray("noSuchUpload"));
    }

    void onlyTheNetworkIsANetworkFault()
    {
        QVERIFY(isNetworkFault(ErrorKind::NameNotResolved));
        QVERIFY(isNetworkFault(ErrorKind::Stalled));
        QVERIFY(!isNetworkFault(ErrorKind::TlsUntrusted));
        QVERIFY(!isNetworkFault(ErrorKind::ProxyRefused));
        QVERIFY(!isNetworkFault(ErrorKind::ServerFault));
        QVERIFY(!isNetworkFault(ErrorKind::LocalIo));
    }

    void madeErrorsHoldNothingElse()
    {
        const Error error = Error::make(ErrorKind::DiskFull, QStringLiteral("full"));
        QCOMPARE(error.kind, ErrorKind::DiskFull);
        QCOMPARE(error.detail, QStringLiteral("full"));
        QVERIFY(!error.httpStatus && !error.retryAfter && error.s3Code.isEmpty() && error.requestId.isEmpty());
        QCOMPARE(error.osError, 0);
    }
};

QTEST_APPLESS_MAIN(TestError)
#include "test_error.moc"
