#include "core/s3/S3Listings.h"
#include "core/s3/S3Time.h"
#include "core/s3/S3Xml.h"

#include <QElapsedTimer>
#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

HttpResponse ok(const QByteArray &body)
{
    return {.status = 200, .headers = {}, .body = body};
}

}  // namespace

class TestS3Xml : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesAttacks_data()
    {
        QTest::addColumn<QByteArray>("xml");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("only white space") << QByteArray(" \r\n ");
        QTest::newRow("no xml") << QByteArray("Service Unavailable");
        QTest::newRow("cut short") << QByteArray("<a><b>text</b>");
        QTest::newRow("cut in a tag") << QByteArray("<a><b>text</b");
        QTest::newRow("two roots") << QByteArray("<a/><b/>");
        QTest::newRow("text after the root") << QByteArray("<a/>more");
        QTest::newRow("document type") << QByteArray("<!DOCTYPE a><a/>");
        QTest::newRow("external entity") << QByteArray("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>");
        QTest::newRow("billion laughs") << QByteArray("<!DOCTYPE a [<!ENTITY x \"ha\"><!ENTITY y \"&x;&x;&x;&x;\">]><a>&y;</a>");
        QTest::newRow("undeclared entity") << QByteArray("<a>&unknown;</a>");
        QTest::newRow("17 levels") << QByteArray("<a>").repeated(17) + QByteArray("</a>").repeated(17);
        QTest::newRow("two million levels") << QByteArray("<a>").repeated(2'000'000);
        QTest::newRow("too many elements") << "<r>" + QByteArray("<a/>").repeated(100'001) + "</r>";
        QTest::newRow("too long") << "<a>" + QByteArray(kLargestXml, 'x') + "</a>";
        QTest::newRow("reference to nul") << QByteArray("<a>&#0;</a>");
        QTest::newRow("raw nul") << QByteArray("<a>\0</a>", 8);
        QTest::newRow("reference without end") << QByteArray("<a>&#x1</a>");
        QTest::newRow("not utf-8") << QByteArray("<a>\xFF\xFE\xFF</a>");
    }
    void refusesAttacks()
    {
        QFETCH(QByteArray, xml);
        const auto document = readXml(xml);
        QVERIFY(!document);
        QCOMPARE(document.error().kind, ErrorKind::MalformedAnswer);
    }

    void readsWhatItShould_data()
    {
        QTest::addColumn<QByteArray>("xml");
        QTest::newRow("plain") << QByteArray("<r><k> a&amp;b </k></r>");
        QTest::newRow("declaration") << QByteArray("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r><k> a&amp;b </k></r>\n");
        // CompleteMultipartUpload keeps the line open with blanks, before or after the declaration.
        QTest::newRow("white space before the declaration") << QByteArray("\n   \r\n\t<?xml version=\"1.0\"?><r><k> a&amp;b </k></r>");
        QTest::newRow("white space after the declaration") << QByteArray("<?xml version=\"1.0\"?>   \n\n<r><k> a&amp;b </k></r>");
        QTest::newRow("namespace") << QByteArray("<r xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><k> a&#38;b </k></r>");
        QTest::newRow("prefix") << QByteArray("<s:r><s:k> a&amp;b </s:k></s:r>");
        QTest::newRow("section") << QByteArray("<r><k><![CDATA[ a&b ]]></k></r>");
        QTest::newRow("comment") << QByteArray("<r><!-- c --><k> a<!-- d -->&amp;b </k></r>");
        QTest::newRow("16 levels") << "<r><k> a&amp;b </k>" + QByteArray("<a>").repeated(15) + QByteArray("</a>").repeated(15) + "</r>";
    }
    void readsWhatItShould()
    {
        QFETCH(QByteArray, xml);
        const auto document = readXml(xml);
        QVERIFY2(document, document ? "" : qPrintable(document.error().detail));
        QCOMPARE(document->name, QByteArray("r"));
        QCOMPARE(document->childText("k"), QByteArray("a&b"));
        QCOMPARE(document->childBytes("k"), QByteArray(" a&b "));
        QCOMPARE(document->childText("absent"), QByteArray());
    }

    void readsControlCharactersThatXmlForbids_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("hexadecimal, as Ceph writes them") << QByteArray("a&#x01;&#x1f;b") << QByteArray("a\x01\x1F" "b");
        QTest::newRow("decimal") << QByteArray("a&#1;b") << QByteArray("a\x01" "b");
        QTest::newRow("raw") << QByteArray("a\x01" "b") << QByteArray("a\x01" "b");
        QTest::newRow("an escaped ampersand before a hash is none") << QByteArray("&amp;#x01;") << QByteArray("&#x01;");
        QTest::newRow("allowed ones") << QByteArray("a&#9;&#10;&#13;&#x7f;b") << QByteArray("a\t\n\r\x7F" "b");
    }
    void readsControlCharactersThatXmlForbids()
    {
        QFETCH(QByteArray, content);
        const auto document = readXml(QByteArray("<r><k>" + content + "</k></r>"));
        QVERIFY2(document, document ? "" : qPrintable(document.error().detail));
        QTEST(document->childBytes("k"), "text");
    }

    void writesTheCompleteBody()
    {
        const QList<StoredPart> parts = {
            {.partNumber = PartNumber::fromIndex(0), .size = {}, .eTag = "a\"<b", .checksum = {.algorithm = ChecksumAlgorithm::Crc32, .rawBytes = QByteArray::fromHex("01020304")}},
            {.partNumber = PartNumber::fromIndex(1), .size = {}, .eTag = "c", .checksum = {.algorithm = ChecksumAlgorithm::Md5, .rawBytes = "0123456789abcdef"}}};
        QCOMPARE(completeMultipartUploadXml(parts),
                 QByteArray("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                            "<Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;&lt;b&quot;</ETag><ChecksumCRC32>AQIDBA==</ChecksumCRC32></Part>"
                            "<Part><PartNumber>2</PartNumber><ETag>&quot;c&quot;</ETag></Part></CompleteMultipartUpload>"));
    }

    void writesTenThousandPartsAndReadsThemBack()
    {
        QList<StoredPart> parts;
        for (int index = 0; index < PartNumber::kMax; ++index)
            parts.append({.partNumber = PartNumber::fromIndex(index), .size = {}, .eTag = QByteArray(32, 'e'),
                          .checksum = {.algorithm = ChecksumAlgorithm::Crc64Nvme, .rawBytes = QByteArray(8, 'c')}});
        QElapsedTimer timer;
        timer.start();
        const QByteArray xml = completeMultipartUploadXml(parts);
        QVERIFY2(timer.elapsed() < 20'000, "writing 10,000 parts must not take quadratic time");
        const auto document = readXml(xml);
        QVERIFY(document);
        QCOMPARE(document->children.size(), std::size_t(10'000));
        QCOMPARE(document->children.back().childText("PartNumber"), QByteArray("10000"));
    }

    void dropsWhatXmlCannotSay()
    {
        QCOMPARE(xmlEscaped(QByteArray("a\x01\x1F\tb\r<>&\"")), QByteArray("a\tb&#13;&lt;&gt;&amp;&quot;"));
    }

    void decodesListedKeysOnce_data()
    {
        QTest::addColumn<QByteArray>("encodingType");
        QTest::addColumn<QByteArray>("listed");
        QTest::addColumn<QByteArray>("key");
        const QByteArray url = "<EncodingType>url</EncodingType>";
        QTest::newRow("plain") << QByteArray() << QByteArray("a+b%20c") << QByteArray("a+b%20c");
        QTest::newRow("percent") << url << QByteArray("a%20b%2Fc") << QByteArray("a b/c");
        QTest::newRow("plus is a space") << url << QByteArray("a+b%2Bc") << QByteArray("a b+c");
        QTest::newRow("once") << url << QByteArray("a%252Fb") << QByteArray("a%2Fb");
        QTest::newRow("control character and raw byte") << url << QByteArray("%01%FF") << QByteArray("\x01\xFF");
        QTest::newRow("leading space stays") << QByteArray() << QByteArray(" a ") << QByteArray(" a ");
    }
    void decodesListedKeysOnce()
    {
        QFETCH(QByteArray, encodingType);
        QFETCH(QByteArray, listed);
        QFETCH(QByteArray, key);
        const QByteArray xml = "<ListBucketResult>" + encodingType + "<IsTruncated>false</IsTruncated><Contents><Key>" + listed
            + "</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>5</Size></Contents>"
            + "<CommonPrefixes><Prefix>" + listed + "</Prefix></CommonPrefixes></ListBucketResult>";
        const auto page = objectPage(ok(xml), {}, {});
        QVERIFY(page);
        QCOMPARE(page->objects.size(), 1);
        QCOMPARE(page->objects.first().key, key);
        QCOMPARE(page->objects.first().eTag, QByteArray("e"));
        QCOMPARE(page->objects.first().size, ByteCount(5));
        QCOMPARE(page->commonPrefixes, QList<QByteArray>{key});
        QVERIFY(page->nextToken.isEmpty());
    }

    void pagesListings_data()
    {
        QTest::addColumn<int>("listVersion");
        QTest::addColumn<QByteArray>("markers");
        QTest::addColumn<QByteArray>("token");
        QTest::newRow("version 2") << 2 << QByteArray("<NextContinuationToken>t+1</NextContinuationToken>") << QByteArray("t+1");
        QTest::newRow("version 1 names it") << 1 << QByteArray("<NextMarker>n</NextMarker>") << QByteArray("n");
        QTest::newRow("version 1 does not") << 1 << QByteArray() << QByteArray("k");
        QTest::newRow("version 2 forgets it") << 2 << QByteArray() << QByteArray();
        QTest::newRow("it does not move on") << 2 << QByteArray("<NextContinuationToken>before</NextContinuationToken>") << QByteArray();
    }
    void pagesListings()
    {
        QFETCH(int, listVersion);
        QFETCH(QByteArray, markers);
        QFETCH(QByteArray, token);
        ProviderProfile profile;
        profile.listVersion = listVersion;
        const QByteArray xml = "<ListBucketResult><IsTruncated>true</IsTruncated>" + markers
            + "<Contents><Key>k</Key><Size>1</Size></Contents></ListBucketResult>";
        const auto page = objectPage(ok(xml), "before", profile);
        QCOMPARE(page.has_value(), !token.isEmpty());
        QCOMPARE(page ? page->nextToken : QByteArray(), token);
    }

    void readsPagesOfParts()
    {
        const QByteArray xml = "<ListPartsResult><PartNumberMarker>0</PartNumberMarker><NextPartNumberMarker>7</NextPartNumberMarker>"
                               "<IsTruncated>true</IsTruncated><Part><PartNumber>3</PartNumber><ETag>\"e3\"</ETag><Size>5242880</Size>"
                               "<ChecksumCRC32C>AQIDBA==</ChecksumCRC32C></Part><Part><PartNumber>7</PartNumber><ETag>e7</ETag><Size>1</Size></Part></ListPartsResult>";
        const auto page = partPage(ok(xml), 0);
        QVERIFY(page);
        QCOMPARE(page->parts.size(), 2);
        QCOMPARE(page->parts[0].partNumber.value(), 3);
        QCOMPARE(page->parts[0].eTag, QByteArray("e3"));
        QCOMPARE(page->parts[0].checksum.rawBytes, QByteArray::fromHex("01020304"));
        QVERIFY(page->parts[0].checksum.algorithm == ChecksumAlgorithm::Crc32c);
        QVERIFY(page->parts[1].checksum.isEmpty());
        QCOMPARE(*page->nextMarker, 7);
    }

    void refusesPagesOfPartsThatCannotBe_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("truncated, but does not move on") << QByteArray("<IsTruncated>true</IsTruncated><NextPartNumberMarker>5</NextPartNumberMarker>");
        QTest::newRow("part 0") << QByteArray("<Part><PartNumber>0</PartNumber><Size>1</Size></Part>");
        QTest::newRow("part 10001") << QByteArray("<Part><PartNumber>10001</PartNumber><Size>1</Size></Part>");
        QTest::newRow("negative size") << QByteArray("<Part><PartNumber>1</PartNumber><Size>-1</Size></Part>");
        QTest::newRow("no size") << QByteArray("<Part><PartNumber>1</PartNumber></Part>");
    }
    void refusesPagesOfPartsThatCannotBe()
    {
        QFETCH(QByteArray, content);
        const auto page = partPage(ok("<ListPartsResult>" + content + "</ListPartsResult>"), 5);
        QVERIFY(!page);
        QCOMPARE(page.error().kind, ErrorKind::MalformedAnswer);
    }

    void refusesAnotherRoot()
    {
        QVERIFY(!partPage(ok("<html><body>Welcome</body></html>"), 0));
        QCOMPARE(partPage(ok("<html><body>Welcome</body></html>"), 0).error().kind, ErrorKind::MalformedAnswer);
    }

    void readsDates()
    {
        const WallTime expected = std::chrono::sys_days(std::chrono::year(1994) / 11 / 6) + 8h + 49min + 37s;
        QVERIFY(timeFromHttpDate("Sun, 06 Nov 1994 08:49:37 GMT") == expected);
        QVERIFY(timeFromIso8601("1994-11-06T08:49:37Z") == expected);
        QVERIFY(timeFromIso8601("1994-11-06T08:49:37.5Z") == expected + 500ms);
        QVERIFY(timeFromIso8601("1994-11-06T08:49:37.123456Z") == expected + 123ms);
    }

    void refusesOtherDates_data()
    {
        QTest::addColumn<QByteArray>("text");
        for (const char *text : {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 31 Feb 1994 08:49:37 GMT",
                                 "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 ovD 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
                                 "1994-11-06", "1994-11-06T08:49:37", "1994-11-06T08:49:37.Z", "1994-13-06T08:49:37Z", "1994-11-06T08:49:37xZ"})
            QTest::newRow(text) << QByteArray(text);
    }
    void refusesOtherDates()
    {
        QFETCH(QByteArray, text);
        QVERIFY(!timeFromHttpDate(text));
        QVERIFY(!timeFromIso8601(text));
    }
};

QTEST_GUILESS_MAIN(TestS3Xml)
#include "test_s3_xml.moc"
