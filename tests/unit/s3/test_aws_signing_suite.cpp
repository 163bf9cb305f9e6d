#include "core/integrity/Digest.h"
#include "core/s3/CanonicalRequest.h"
#include "core/s3/SignatureV4.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

// AWS's own signing suite, as far as its rules are S3's (tests/data/aws-signing-suite.json says which).

namespace {

const QByteArray kAccessKeyId = "AKIDEXAMPLE";
const QByteArray kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const QByteArray kDate = "20150830T123600Z";
const CredentialScope kScope{.date = "20150830", .region = "us-east-1", .service = "service"};

QByteArray text(const QJsonValue &value)
{
    return value.toString().toUtf8();
}

HttpHeaders headersOf(const QJsonObject &row)
{
    HttpHeaders headers;
    for (const QJsonValue &field : row["headers"_L1].toArray())
        headers.append(text(field.toArray()[0]), text(field.toArray()[1]));
    return headers;
}

QByteArray signatureOf(const QByteArray &canonical)
{
    return signatureV4(signingKey(kSecret, kScope), stringToSign(kDate, kScope, canonical));
}

}  // namespace

class TestAwsSigningSuite : public QObject
{
    Q_OBJECT

private:
    CryptoLibrary m_crypto;
    QJsonArray m_cases;

    void addRows()
    {
        QTest::addColumn<QJsonObject>("row");
        for (const QJsonValue &value : m_cases)
            QTest::newRow(text(value["name"_L1]).constData()) << value.toObject();
    }

private Q_SLOTS:
    void initTestCase()
    {
        QFile file(QStringLiteral(PACKMULE_TEST_DATA "/aws-signing-suite.json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_cases = QJsonDocument::fromJson(file.readAll())["cases"_L1].toArray();
        QVERIFY(m_cases.size() >= 30);
    }

    void signsInHeaders_data() { addRows(); }
    void signsInHeaders()
    {
        QFETCH(QJsonObject, row);
        const QJsonObject expected = row["header"_L1].toObject();
        HttpHeaders headers = headersOf(row);
        headers.append("X-Amz-Date", kDate);
        headers.append("x-amz-content-sha256", text(expected["payloadHash"_L1]));
        if (!row["omitToken"_L1].toBool() && !text(row["token"_L1]).isEmpty())
            headers.append("X-Amz-Security-Token", text(row["token"_L1]));
        const QByteArray canonical =
            canonicalRequest(text(row["method"_L1]), text(row["target"_L1]), headers,
                             text(expected["signedHeaders"_L1]).split(';'), text(expected["payloadHash"_L1]));
        QCOMPARE(signatureOf(canonical), text(expected["signature"_L1]));
    }

    void signsInTheQuery_data() { addRows(); }
    void signsInTheQuery()
    {
        QFETCH(QJsonObject, row);
        const QJsonObject expected = row["query"_L1].toObject();
        const QByteArray target = text(row["target"_L1]);
        const qsizetype question = target.indexOf('?');
        const QByteArray path = target.left(question < 0 ? target.size() : question);
        const QList<QByteArray> names = text(expected["signedHeaders"_L1]).split(';');
        const QByteArray token = row["omitToken"_L1].toBool() ? QByteArray() : text(row["token"_L1]);
        const QByteArray query = queryToPresign(question < 0 ? QByteArray() : target.sliced(question + 1), kAccessKeyId,
                                                kScope, kDate, 3600s, names, token);
        const QByteArray canonical = canonicalRequest(text(row["method"_L1]), path + '?' + query, headersOf(row), names,
                                                      text(expected["payloadHash"_L1]));
        QCOMPARE(signatureOf(canonical), text(expected["signature"_L1]));
    }
};

QTEST_GUILESS_MAIN(TestAwsSigningSuite)
#include "test_aws_signing_suite.moc"
