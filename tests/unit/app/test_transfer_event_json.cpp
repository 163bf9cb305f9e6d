#include "core/transfer/TransferEventJson.h"
#include "core/transfer/TransferSnapshotJson.h"
#include "tests/unit/journal/JournalSamples.h"

#include <QJsonDocument>
#include <QTest>

using namespace packmule;

/// Events and snapshots survive their JSON, and have the names that cli.md gives them.
class TestTransferEventJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyEventComesBack_data();
    void everyEventComesBack();
    void namesAreThoseOfTheManual_data();
    void namesAreThoseOfTheManual();
    void namesThatAreNotUtf8AreExact();
    void unknownEventsAreNotGuessed_data();
    void unknownEventsAreNotGuessed();
    void outcomeComesBack();
    void snapshotComesBack();
};

Q_DECLARE_METATYPE(packmule::TransferEventBody)

namespace {

Error fullError()
{
    Error error = Error::make(ErrorKind::ServerFault, QStringLiteral("It ☂ rains"));
    error.httpStatus = 503;
    error.s3Code = "SlowDown";
    error.requestId = "r-1";
    error.retryAfter = Milliseconds(1501);
    error.osError = 11;
    return error;
}

TransferEvent eventWith(const TransferEventBody &body)
{
    return {.time = samples::at(1'700'000'000'123), .run = 4, .transfer = 7, .source = "/home/me/a b.jpg", .object = {"bucket", "x/ä/b"}, .body = body};
}

/// Through bytes, as on the line.
QJsonObject throughText(const QJsonObject &json)
{
    return QJsonDocument::fromJson(QJsonDocument(json).toJson(QJsonDocument::Compact)).object();
}

const Checksum kChecksum{.algorithm = ChecksumAlgorithm::Crc64Nvme, .rawBytes = QByteArray("\0\1\2\3\4\5\6\7", 8), .isComposite = false};

}  // namespace

void TestTransferEventJson::everyEventComesBack_data()
{
    QTest::addColumn<TransferEventBody>("body");
    const auto row = [](const char *name, const TransferEventBody &body) { QTest::newRow(name) << body; };
    row("queued", QueuedEvent{ByteCount(5)});
    row("started", StartedEvent{ByteCount(1LL << 45), ByteCount(16 << 20), 9999, "upload id", true, 12});
    row("part", PartEvent{*PartNumber::from(10'000), ByteCount(5), 3, "etag"});
    row("progress", ProgressEvent{ByteCount(1), ByteCount(2), ByteCount(3), 1234.5, std::chrono::seconds(90)});
    row("progress without end", ProgressEvent{ByteCount(1), ByteCount(2), ByteCount(3), 0, {}});
    row("retry of a part", RetryEvent{*PartNumber::from(3), 2, fullError(), Milliseconds(1234)});
    row("retry of a call", RetryEvent{{}, 1, fullError(), Milliseconds(0)});
    row("waiting", WaitingEvent{WaitReason::JournalTrouble, fullError(), samples::at(1'700'000'009'999)});
    row("waiting without end", WaitingEvent{WaitReason::Network, Error::make(ErrorKind::ConnectionLost, {}), {}});
    row("verifying", VerifyingEvent{});
    row("completed", CompletedEvent{ByteCount(9), "etag", kChecksum, std::chrono::duration<double>(1.25), ByteCount(10), 4, false});
    row("completed unchecked", CompletedEvent{ByteCount(0), "etag", {}, std::chrono::duration<double>(0), ByteCount(0), 1, true});
    row("skipped", SkippedEvent{SkipReason::NotNewer});
    row("paused", PausedEvent{});
    row("cancelled", CancelledEvent{});
    row("notice", NoticeEvent{QStringLiteral("part size raised to 6 MiB")});
    row("failed", FailedEvent{fullError(), QStringLiteral("ask somebody"), true});
    row("summary", SummaryEvent{1, 2, 3, ByteCount(1LL << 50)});
}

void TestTransferEventJson::everyEventComesBack()
{
    QFETCH(const TransferEventBody, body);
    const QJsonObject json = throughText(transferEventJson(eventWith(body)));
    const auto back = transferEventFromJson(json);
    QVERIFY(back);
    QCOMPARE(back->body.index(), body.index());
    QCOMPARE(back->time, eventWith(body).time);
    QCOMPARE(back->run, 4);
    QCOMPARE(back->transfer, 7);
    QCOMPARE(back->source, "/home/me/a b.jpg");
    QCOMPARE(back->object, (ObjectAddress{"bucket", "x/ä/b"}));
    // Every field is in the JSON (the next test pins their names), so equal JSON means equal fields.
    QCOMPARE(transferEventJson(*back), json);
}

void TestTransferEventJson::namesAreThoseOfTheManual_data()
{
    QTest::addColumn<TransferEventBody>("body");
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, const TransferEventBody &body, const char *json) { QTest::newRow(name) << body << QByteArray(json); };
    row("started", StartedEvent{ByteCount(8), ByteCount(4), 2, "u", true, 1},
        R"({"event":"started","size":8,"partSize":4,"parts":2,"uploadId":"u","resumed":true,"confirmedParts":1})");
    row("part", PartEvent{*PartNumber::from(2), ByteCount(5), 3, "e"},
        R"({"event":"part","partNumber":2,"size":5,"attempt":3,"etag":"e"})");
    row("progress", ProgressEvent{ByteCount(1), ByteCount(2), ByteCount(3), 0.5, {}},
        R"({"event":"progress","sent":1,"confirmed":2,"size":3,"rate":0.5,"eta":null})");
    row("retry", RetryEvent{*PartNumber::from(1), 2, Error::make(ErrorKind::Stalled, QStringLiteral("slow")), Milliseconds(1500)},
        R"({"event":"retry","partNumber":1,"attempt":2,"kind":"stalled","error":"slow","wait":1.5})");
    row("waiting", WaitingEvent{WaitReason::Network, Error::make(ErrorKind::NetworkUnreachable, QStringLiteral("off")), samples::at(1)},
        R"({"event":"waiting","reason":"network","kind":"networkUnreachable","error":"off","until":"1970-01-01T00:00:00.001Z"})");
    row("completed", CompletedEvent{ByteCount(9), "e", kChecksum, std::chrono::duration<double>(1.5), ByteCount(10), 4, true},
        R"({"event":"completed","size":9,"etag":"e","checksum":"CRC64NVME:AAECAwQFBgc=","seconds":1.5,"bytesSent":10,"requests":4,"verified":true})");
    row("skipped", SkippedEvent{SkipReason::SameSize}, R"({"event":"skipped","reason":"sameSize"})");
    row("failed", FailedEvent{fullError(), QStringLiteral("a"), false},
        R"({"event":"failed","kind":"serverFault","error":"It ☂ rains","httpStatus":503,"s3Code":"SlowDown","requestId":"r-1","retryAfter":1.501,"osError":11,"advice":"a","resumable":false})");
    row("summary", SummaryEvent{1, 2, 3, ByteCount(4)}, R"({"event":"summary","completed":1,"skipped":2,"failed":3,"bytes":4})");
}

void TestTransferEventJson::namesAreThoseOfTheManual()
{
    QFETCH(const TransferEventBody, body);
    QFETCH(const QByteArray, json);
    QJsonObject expected = QJsonDocument::fromJson(json).object();
    expected.insert(QStringLiteral("time"), QStringLiteral("2023-11-14T22:13:20.123Z"));
    expected.insert(QStringLiteral("run"), 4);
    expected.insert(QStringLiteral("transfer"), 7);
    expected.insert(QStringLiteral("source"), QStringLiteral("/home/me/a b.jpg"));
    expected.insert(QStringLiteral("uri"), QStringLiteral("s3://bucket/x/ä/b"));
    QCOMPARE(throughText(transferEventJson(eventWith(body))), expected);
}

void TestTransferEventJson::namesThatAreNotUtf8AreExact()
{
    TransferEvent event = eventWith(PausedEvent{});
    event.source = "/home/\xff\xfe";
    event.object = {"bucket", "k/\xc3"};
    const QJsonObject json = throughText(transferEventJson(event));
    QCOMPARE(QByteArray::fromBase64(json.value(QStringLiteral("sourceBytes")).toString().toLatin1()), event.source);
    const auto back = transferEventFromJson(json);
    QVERIFY(back);
    QCOMPARE(back->source, event.source);
    QCOMPARE(back->object, event.object);
}

void TestTransferEventJson::unknownEventsAreNotGuessed_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("unknown") << QByteArray(R"({"event":"levitated","time":"2023-11-14T22:13:20.123Z"})");
    QTest::newRow("no time") << QByteArray(R"({"event":"paused"})");
    QTest::newRow("part 0") << QByteArray(R"({"event":"part","partNumber":0,"time":"2023-11-14T22:13:20.123Z"})");
    QTest::newRow("unknown reason") << QByteArray(R"({"event":"skipped","reason":"mood","time":"2023-11-14T22:13:20.123Z"})");
    QTest::newRow("no kind") << QByteArray(R"({"event":"failed","time":"2023-11-14T22:13:20.123Z"})");
}

void TestTransferEventJson::unknownEventsAreNotGuessed()
{
    QFETCH(const QByteArray, json);
    QVERIFY(!transferEventFromJson(QJsonDocument::fromJson(json).object()));
}

void TestTransferEventJson::outcomeComesBack()
{
    const RunOutcome outcome{.summary = {1, 2, 3, ByteCount(4)}, .isInterrupted = true, .everythingRefusedByService = true,
                             .configurationError = ErrorKind::CredentialsMissing, .isNeverReachable = true, .onlySourceUnreadable = true};
    const RunOutcome back = runOutcomeFromJson(throughText(runOutcomeJson(outcome)));
    QCOMPARE(back.summary.completed, 1);
    QCOMPARE(back.summary.skipped, 2);
    QCOMPARE(back.summary.failed, 3);
    QCOMPARE(back.summary.bytes, ByteCount(4));
    QVERIFY(back.isInterrupted && back.everythingRefusedByService && back.isNeverReachable && back.onlySourceUnreadable);
    QCOMPARE(back.configurationError, ErrorKind::CredentialsMissing);
    const RunOutcome plain = runOutcomeFromJson(throughText(runOutcomeJson({})));
    QVERIFY(!plain.isInterrupted && !plain.everythingRefusedByService && !plain.isNeverReachable && !plain.onlySourceUnreadable && !plain.configurationError);
}

void TestTransferEventJson::snapshotComesBack()
{
    const TransferSnapshot snapshot{.record = samples::transfer(3, TransferState::NeedsAttention), .sent = ByteCount(5),
                                    .confirmed = ByteCount(4), .rate = 2.5, .confirmedParts = 6, .parts = 7,
                                    .waiting = WaitingEvent{WaitReason::Schedule, fullError(), samples::at(9)}};
    const auto back = transferSnapshotFromJson(throughText(transferSnapshotJson(snapshot)));
    QVERIFY(back);
    QVERIFY(samples::isSame(back->record, snapshot.record));
    QCOMPARE(std::tie(back->sent, back->confirmed, back->rate, back->confirmedParts, back->parts),
             std::tie(snapshot.sent, snapshot.confirmed, snapshot.rate, snapshot.confirmedParts, snapshot.parts));
    QVERIFY(back->waiting && back->waiting->reason == WaitReason::Schedule && back->waiting->until == samples::at(9));
    const auto bare = transferSnapshotFromJson(throughText(transferSnapshotJson({.record = samples::bareTransfer(1), .sent = {}, .confirmed = {}, .waiting = {}})));
    QVERIFY(bare && !bare->waiting && samples::isSame(bare->record, samples::bareTransfer(1)));
}

QTEST_GUILESS_MAIN(TestTransferEventJson)
#include "test_transfer_event_json.moc"
