#include "core/integrity/Digest.h"
#include "core/s3/CanonicalRequest.h"
#include "core/s3/SignatureV4.h"
#include "core/s3/UriEncoding.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

// The published examples of the S3 documentation (facts s3.md, "Vectors to embed") and the rules of A1, row by row.

namespace {

const QByteArray kAccessKeyId = "AKIAIOSFODNN7EXAMPLE";
const QByteArray kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const QByteArray kDate = "20130524T000000Z";
const CredentialScope kScope{.date = "20130524", .region = "us-east-1", .service = "s3"};

HttpHeaders headersOf(const QList<std::pair<QByteArray, QByteArray>> &fields)
{
    HttpHeaders headers;
    for (const auto &[name, value] : fields)
        headers.append(name, value);
    return headers;
}

QByteArray signatureOf(const QByteArray &method, const QByteArray &target, const HttpHeaders &headers,
                       const QByteArray &payloadHash)
{
    const auto names = signableHeaderNames(headers);
    const QByteArray canonical = canonicalRequest(method, target, headers, names, payloadHash);
    return signatureV4(signingKey(kSecret, kScope), stringToSign(kDate, kScope, canonical));
}

}  // namespace

class TestSignatureV4 : public QObject
{
    Q_OBJECT

private:
    CryptoLibrary m_crypto;

private Q_SLOTS:
    void signsThePublishedExamples_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QList<std::pair<QByteArray, QByteArray>>>("extraHeaders");
        QTest::addColumn<QByteArray>("payloadHash");
        QTest::addColumn<QByteArray>("expected");
        using Fields = QList<std::pair<QByteArray, QByteArray>>;
        const QByteArray empty = kEmptyPayloadHash;
        QTest::newRow("get object with range")
            << QByteArray("GET") << QByteArray("/test.txt") << Fields{{"Range", "bytes=0-9"}} << empty
            << QByteArray("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
        QTest::newRow("put object with a dollar in the key")
            << QByteArray("PUT") << QByteArray("/test%24file.text")
            << Fields{{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}
            << sha256(QByteArray("Welcome to Amazon S3.")).toHex()
            << QByteArray("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
        QTest::newRow("get bucket lifecycle")
            << QByteArray("GET") << QByteArray("/?lifecycle") << Fields{} << empty
            << QByteArray("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
        QTest::newRow("list objects")
            << QByteArray("GET") << QByteArray("/?max-keys=2&prefix=J") << Fields{} << empty
            << QByteArray("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }
    void signsThePublishedExamples()
    {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, target);
        using Fields = QList<std::pair<QByteArray, QByteArray>>;
        QFETCH(Fields, extraHeaders);
        QFETCH(QByteArray, payloadHash);
        QFETCH(QByteArray, expected);
        HttpHeaders headers = headersOf(extraHeaders);
        headers.append("Host", "examplebucket.s3.amazonaws.com");
        headers.append("x-amz-date", kDate);
        headers.append("x-amz-content-sha256", payloadHash);
        QCOMPARE(signatureOf(method, target, headers, payloadHash), expected);
    }

    void signsThePublishedPresignedUrl()
    {
        const HttpHeaders headers = headersOf({{"host", "examplebucket.s3.amazonaws.com"}});
        const QByteArray query = queryToPresign({}, kAccessKeyId, kScope, kDate, 86400s, {"host"}, {});
        const QByteArray canonical = canonicalRequest("GET", "/test.txt?" + query, headers, {"host"}, kUnsignedPayload);
        const QByteArray signature = signatureV4(signingKey(kSecret, kScope), stringToSign(kDate, kScope, canonical));
        QCOMPARE(signature, QByteArray("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"));
    }

    void verifiesAPresignedUrlAsTheStoreReceivesIt()
    {
        const QByteArray received = "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE"
                                    "%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z"
                                    "&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
                                    "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
        const auto fields = signatureFieldsFromQuery(QByteArrayView(received).sliced(received.indexOf('?') + 1));
        QVERIFY(fields);
        QCOMPARE(fields->accessKeyId, kAccessKeyId);
        QCOMPARE(fields->expires, 86400s);
        QVERIFY(fields->scope == kScope);
        const HttpHeaders headers = headersOf({{"HOST", "examplebucket.s3.amazonaws.com"}, {"X-Other", "unsigned"}});
        const QByteArray canonical = canonicalRequest("GET", received, headers, fields->signedHeaders,
                                                      kUnsignedPayload, "X-Amz-Signature");
        const QByteArray ours =
            signatureV4(signingKey(kSecret, fields->scope), stringToSign(fields->amzDate, fields->scope, canonical));
        QVERIFY(isSameSignature(ours, fields->signature));
    }

    void signsThePublishedStreamingUpload()
    {
        const QByteArray payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
        HttpHeaders headers = headersOf({{"Host", "s3.amazonaws.com"},
                                         {"x-amz-date", kDate},
                                         {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                                         {"x-amz-content-sha256", payload},
                                         {"Content-Encoding", "aws-chunked"},
                                         {"x-amz-decoded-content-length", "66560"},
                                         {"Content-Length", "66824"}});
        // This example signs content-length, which we never do but must be able to verify.
        const QList<QByteArray> names = {"content-encoding",     "content-length", "host",
                                         "x-amz-content-sha256", "x-amz-date",     "x-amz-decoded-content-length",
                                         "x-amz-storage-class"};
        const QByteArray target = "/examplebucket/chunkObject.txt";
        const QByteArray canonical = canonicalRequest("PUT", target, headers, names, payload);
        const QByteArray key = signingKey(kSecret, kScope);
        const QByteArray seed = signatureV4(key, stringToSign(kDate, kScope, canonical));
        QCOMPARE(seed, QByteArray("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"));
        const QByteArray first = streamingPieceSignature(key, kDate, kScope, seed, QByteArray(65536, 'a'));
        QCOMPARE(first, QByteArray("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"));
        const QByteArray second = streamingPieceSignature(key, kDate, kScope, first, QByteArray(1024, 'a'));
        QCOMPARE(second, QByteArray("0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"));
        const QByteArray last = streamingPieceSignature(key, kDate, kScope, second, {});
        QCOMPARE(last, QByteArray("b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"));
    }

    void encodesEveryByteOnceAndBack()
    {
        QByteArray all;
        for (int byte = 0; byte < 256; ++byte)
            all.append(static_cast<char>(byte));
        const QByteArray encoded = uriEncoded(all, SlashEncoding::Encode);
        QCOMPARE(encoded.count('%'), 256 - 66);
        QVERIFY(!encoded.contains(QByteArrayView("+")) && !encoded.contains(QByteArrayView(" ")));
        QVERIFY(uriDecoded(encoded) == all);
    }

    void encodesPathsAndValues_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("inPath");
        QTest::addColumn<QByteArray>("inQuery");
        QTest::newRow("space") << QByteArray("a b") << QByteArray("a%20b") << QByteArray("a%20b");
        QTest::newRow("plus") << QByteArray("a+b") << QByteArray("a%2Bb") << QByteArray("a%2Bb");
        QTest::newRow("percent") << QByteArray("100%") << QByteArray("100%25") << QByteArray("100%25");
        QTest::newRow("slash") << QByteArray("a/b") << QByteArray("a/b") << QByteArray("a%2Fb");
        QTest::newRow("unreserved") << QByteArray("A-z_0.~") << QByteArray("A-z_0.~") << QByteArray("A-z_0.~");
        QTest::newRow("composed e acute") << QByteArray("\xC3\xA9") << QByteArray("%C3%A9") << QByteArray("%C3%A9");
        QTest::newRow("decomposed e acute") << QByteArray("e\xCC\x81") << QByteArray("e%CC%81") << QByteArray("e%CC%81");
        QTest::newRow("not utf-8") << QByteArray("\xFF\x01") << QByteArray("%FF%01") << QByteArray("%FF%01");
    }
    void encodesPathsAndValues()
    {
        QFETCH(QByteArray, bytes);
        QTEST(uriEncoded(bytes, SlashEncoding::Keep), "inPath");
        QTEST(uriEncoded(bytes, SlashEncoding::Encode), "inQuery");
    }

    void refusesBrokenPercentEncoding_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("at the end") << QByteArray("a%");
        QTest::newRow("one digit") << QByteArray("a%4");
        QTest::newRow("no hex") << QByteArray("a%G0");
        QTest::newRow("sign") << QByteArray("a%+1");
    }
    void refusesBrokenPercentEncoding()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!uriDecoded(text));
        QVERIFY(!queryItems(QByteArray("name=" + text)));
    }

    void keepsThePathAsItIs_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("empty") << QByteArray("") << QByteArray("/");
        QTest::newRow("double slash") << QByteArray("/b//k") << QByteArray("/b//k");
        QTest::newRow("dots") << QByteArray("/b/./../k") << QByteArray("/b/./../k");
        QTest::newRow("encoded dots") << QByteArray("/b/%2E%2E/k") << QByteArray("/b/../k");
        QTest::newRow("encoded twice stays encoded twice") << QByteArray("/b/%2541") << QByteArray("/b/%2541");
        QTest::newRow("lower-case hex of a client") << QByteArray("/b/%c3%a9$") << QByteArray("/b/%C3%A9%24");
        QTest::newRow("broken") << QByteArray("/b/%zz") << QByteArray("/b/%zz");
    }
    void keepsThePathAsItIs()
    {
        QFETCH(QByteArray, path);
        QTEST(canonicalPath(path), "expected");
    }

    void sortsTheQuery_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("flag") << QByteArray("uploads") << QByteArray("uploads=");
        QTest::newRow("flag with equals sign") << QByteArray("uploads=") << QByteArray("uploads=");
        QTest::newRow("upper case first") << QByteArray("a=1&B=2") << QByteArray("B=2&a=1");
        QTest::newRow("by value next") << QByteArray("a=2&a=1&a=10") << QByteArray("a=1&a=10&a=2");
        QTest::newRow("by name, not by text") << QByteArray("a-=1&a=2") << QByteArray("a=2&a-=1");
        QTest::newRow("later equals signs") << QByteArray("a=b=c") << QByteArray("a=b%3Dc");
        QTest::newRow("slash in a value") << QByteArray("prefix=x/y") << QByteArray("prefix=x%2Fy");
        QTest::newRow("empty items") << QByteArray("&&a=1&") << QByteArray("a=1");
        QTest::newRow("encoded name sorts encoded") << QByteArray("%C3%A9=1&z=2") << QByteArray("%C3%A9=1&z=2");
    }
    void sortsTheQuery()
    {
        QFETCH(QByteArray, query);
        QTEST(canonicalQuery(query), "expected");
    }

    void leavesOutOneQueryName()
    {
        QCOMPARE(canonicalQuery("b=1&X-Amz-Signature=abc&a=2", "X-Amz-Signature"), QByteArray("a=2&b=1"));
    }

    void writesHeadersCanonically_data()
    {
        QTest::addColumn<QList<std::pair<QByteArray, QByteArray>>>("fields");
        QTest::addColumn<QByteArray>("expected");
        using Fields = QList<std::pair<QByteArray, QByteArray>>;
        QTest::newRow("trimmed") << Fields{{"My-Header", "  a   b  "}} << QByteArray("my-header:a b\n");
        QTest::newRow("quotes do not protect") << Fields{{"My-Header", "\"a   b\""}} << QByteArray("my-header:\"a b\"\n");
        QTest::newRow("repeated in order") << Fields{{"X", "v4"}, {"x", "v1"}, {"X", "v2"}} << QByteArray("x:v4,v1,v2\n");
        QTest::newRow("folded lines") << Fields{{"X", "v1\n  v2\n     v3"}} << QByteArray("x:v1 v2 v3\n");
        QTest::newRow("tab") << Fields{{"X", "a\tb"}} << QByteArray("x:a b\n");
        QTest::newRow("sorted") << Fields{{"B", "2"}, {"a", "1"}} << QByteArray("a:1\nb:2\n");
        QTest::newRow("empty value") << Fields{{"A", ""}} << QByteArray("a:\n");
    }
    void writesHeadersCanonically()
    {
        using Fields = QList<std::pair<QByteArray, QByteArray>>;
        QFETCH(Fields, fields);
        QFETCH(QByteArray, expected);
        const HttpHeaders headers = headersOf(fields);
        const auto names = signableHeaderNames(headers);
        const QByteArray canonical = canonicalRequest("GET", "/", headers, names, "hash");
        QCOMPARE(canonical, "GET\n/\n\n" + expected + '\n' + names.join(';') + "\nhash");
    }

    void neverSignsWhatMayChangeOnTheWay_data()
    {
        QTest::addColumn<bool>("isSigned");
        for (const char *name : {"Connection", "expect", "User-Agent", "Accept-Encoding", "Accept-Language", "te",
                                 "Transfer-Encoding", "upgrade", "X-Amzn-Trace-Id", "Authorization", "Content-Length",
                                 "proxy-authorization", "Keep-Alive", "trailer"})
            QTest::newRow(name) << false;
        for (const char *name : {"Host", "x-amz-date", "x-amz-meta-colour", "Content-Type", "Content-MD5", "Range",
                                 "If-None-Match", "Cache-Control"})
            QTest::newRow(name) << true;
    }
    void neverSignsWhatMayChangeOnTheWay()
    {
        QTEST(isSignableHeader(QTest::currentDataTag()), "isSigned");
    }

    void readsAnAuthorizationHeaderBack()
    {
        const QByteArray signature(64, 'a');
        const QByteArray header = authorizationHeader("key/with/slashes", kScope, {"host", "x-amz-date"}, signature);
        const auto fields = signatureFieldsFromHeader(header);
        QVERIFY(fields);
        QCOMPARE(fields->accessKeyId, QByteArray("key/with/slashes"));
        QCOMPARE(fields->signedHeaders, QList<QByteArray>({"host", "x-amz-date"}));
        QCOMPARE(fields->signature, signature);
        QVERIFY(fields->scope == kScope);
    }

    void refusesMalformedAuthorization_data()
    {
        QTest::addColumn<QByteArray>("header");
        const QByteArray good = authorizationHeader(kAccessKeyId, kScope, {"host"}, QByteArray(64, 'a'));
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("version 2") << QByteArray("AWS AKID:c2lnbmF0dXJl");
        QTest::newRow("other algorithm") << QByteArray(good).replace("SHA256", "SHA512");
        QTest::newRow("no credential") << QByteArray(good).replace("Credential=", "Creditable=");
        QTest::newRow("short scope") << QByteArray(good).replace("/us-east-1", "");
        QTest::newRow("no terminator") << QByteArray(good).replace("aws4_request", "aws5_request");
        QTest::newRow("bad date") << QByteArray(good).replace("20130524", "2013052x");
        QTest::newRow("host not signed") << QByteArray(good).replace("SignedHeaders=host", "SignedHeaders=date");
        QTest::newRow("short signature") << good.chopped(1);
        QTest::newRow("junk") << QByteArray("AWS4-HMAC-SHA256 ,,,=");
    }
    void refusesMalformedAuthorization()
    {
        QFETCH(QByteArray, header);
        QVERIFY(!signatureFieldsFromHeader(header));
    }

    void refusesPresignedLivesOutOfRange_data()
    {
        QTest::addColumn<QByteArray>("expires");
        QTest::addColumn<bool>("isFine");
        QTest::newRow("zero") << QByteArray("0") << false;
        QTest::newRow("one second") << QByteArray("1") << true;
        QTest::newRow("seven days") << QByteArray("604800") << true;
        QTest::newRow("a second more") << QByteArray("604801") << false;
        QTest::newRow("negative") << QByteArray("-5") << false;
        QTest::newRow("overflow") << QByteArray("99999999999999999999") << false;
        QTest::newRow("nothing") << QByteArray("") << false;
    }
    void refusesPresignedLivesOutOfRange()
    {
        QFETCH(QByteArray, expires);
        QByteArray query = queryToPresign({}, kAccessKeyId, kScope, kDate, 60s, {"host"}, "token");
        query.replace("X-Amz-Expires=60", QByteArray("X-Amz-Expires=" + expires));
        query += "&X-Amz-Signature=" + QByteArray(64, '0');
        QTEST(signatureFieldsFromQuery(query).has_value(), "isFine");
    }

    void writesAndReadsDates()
    {
        const WallTime time = std::chrono::sys_days(std::chrono::year(2024) / 2 / 29) + 23h + 59min + 58s + 999ms;
        QCOMPARE(amzDate(time), QByteArray("20240229T235958Z"));
        QVERIFY(timeFromAmzDate("20240229T235958Z") == time - 999ms);
    }

    void refusesImpossibleDates_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char *text : {"", "20230229T000000Z", "20240229T240000Z", "20240229T006000Z", "20240229 000000Z",
                                 "20240229T000000", "2024022aT000000Z", "20241329T000000Z"})
            QTest::newRow(text) << QByteArray(text);
    }
    void refusesImpossibleDates()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!timeFromAmzDate(text));
    }

    void comparesSignatures()
    {
        QVERIFY(isSameSignature("abc", "abc"));
        QVERIFY(!isSameSignature("abc", "abd"));
        QVERIFY(!isSameSignature("abc", "ab"));
    }
};

QTEST_GUILESS_MAIN(TestSignatureV4)
#include "test_signature_v4.moc"
