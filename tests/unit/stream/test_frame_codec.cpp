// The rules of RFC 6455 that our codec keeps itself, and the bytes that it must let through untouched.
#include "core/stream/FrameCodec.h"
#include "core/stream/WebSocketHandshake.h"

#include "core/integrity/Digest.h"

#include <QTest>

using namespace packmule;

namespace {

/// What a codec told, as one text to compare.
struct Reading {
    explicit Reading(FrameCodec::Side side, FrameLimits limits = {})
        : codec(side, limits,
                {.onPayload = [this](FrameCodec::Kind, QByteArrayView piece) { message.append(piece); },
                 .onMessageEnd =
                     [this](FrameCodec::Kind kind) {
                         story.append((kind == FrameCodec::Kind::Text ? "text:" : "binary:") + std::exchange(message, {}));
                     },
                 .onPing = [this](const QByteArray &payload) { story.append("ping:" + payload); },
                 .onPong = [this](const QByteArray &payload) { story.append("pong:" + payload); },
                 .onClose = [this](CloseCode code, const QByteArray &reason) { story.append("close:" + QByteArray::number(static_cast<int>(code)) + ' ' + reason); }})
    {
    }

    QByteArray feed(const QByteArray &bytes)
    {
        const auto fed = codec.feed(bytes);
        if (!fed)
            story.append("refused:" + QByteArray::number(static_cast<int>(codec.refusal())));
        return story.join('|');
    }

    QByteArray message;
    QByteArrayList story;
    FrameCodec codec;
};

/// As a server sends it: no mask.
QByteArray plain(int firstByte, const QByteArray &payload)
{
    QByteArray frame(1, static_cast<char>(firstByte));
    if (payload.size() < 126) {
        frame += static_cast<char>(payload.size());
    } else {
        frame += static_cast<char>(126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size() & 0xff);
    }
    return frame + payload;
}

constexpr int kFin = 0x80;

}  // namespace

class TestFrameCodec : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void bytesOfTextStayBytes();
    void readsAnyCutOfAnyFrames_data();
    void readsAnyCutOfAnyFrames();
    void refusesWhatTheProtocolForbids_data();
    void refusesWhatTheProtocolForbids();
    void bothRolesUnderstandEachOther_data();
    void bothRolesUnderstandEachOther();
    void limitsFramesAndMessages();
    void nothingCountsAfterClose();
    void reasonsAreCutToWhatFits();
    void acceptsTheKeyOfTheStandard();

private:
    CryptoLibrary m_crypto;
};

void TestFrameCodec::bytesOfTextStayBytes()
{
    QByteArray all;
    for (int i = 0; i < 256; ++i)
        all += static_cast<char>(i);
    FrameCodec server(FrameCodec::Side::Server, {}, {});
    Reading client(FrameCodec::Side::Client);
    QCOMPARE(client.feed(server.textFrame(all)), "text:" + all);
}

void TestFrameCodec::readsAnyCutOfAnyFrames_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("story");
    QTest::newRow("empty text") << plain(kFin | 1, {}) << QByteArray("text:");
    QTest::newRow("binary") << plain(kFin | 2, "abc") << QByteArray("binary:abc");
    QTest::newRow("125 bytes") << plain(kFin | 1, QByteArray(125, 'x')) << "text:" + QByteArray(125, 'x');
    QTest::newRow("126 bytes") << plain(kFin | 1, QByteArray(126, 'x')) << "text:" + QByteArray(126, 'x');
    QTest::newRow("in three frames") << plain(1, "a") + plain(0, "b") + plain(kFin, "c") << QByteArray("text:abc");
    QTest::newRow("empty last frame") << plain(1, "abc") + plain(kFin, {}) << QByteArray("text:abc");
    QTest::newRow("ping inside a message") << plain(1, "a") + plain(kFin | 9, "p") + plain(kFin, "b") << QByteArray("ping:p|text:ab");
    QTest::newRow("longest ping") << plain(kFin | 9, QByteArray(125, 'p')) << "ping:" + QByteArray(125, 'p');
    QTest::newRow("pong") << plain(kFin | 10, {}) << QByteArray("pong:");
    QTest::newRow("close without a code") << plain(kFin | 8, {}) << QByteArray("close:1005 ");
    QTest::newRow("close with a reason") << plain(kFin | 8, QByteArray("\x03\xe8" "finished 12", 13)) << QByteArray("close:1000 finished 12");
    QTest::newRow("close of the application") << plain(kFin | 8, "\x0b\xb8") << QByteArray("close:3000 ");
}

void TestFrameCodec::readsAnyCutOfAnyFrames()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, story);
    Reading whole(FrameCodec::Side::Client);
    QCOMPARE(whole.feed(bytes), story);
    Reading slowly(FrameCodec::Side::Client);
    for (const char byte : std::as_const(bytes))
        slowly.feed(QByteArray(1, byte));
    QCOMPARE(slowly.story.join('|'), story);
}

void TestFrameCodec::refusesWhatTheProtocolForbids_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    QTest::newRow("length with the top bit") << QByteArray("\x81\x7f\x80\0\0\0\0\0\0\0x", 11) << 1002;
    QTest::newRow("length in too many bytes (16)") << QByteArray("\x81\x7e\0\x05hello", 9) << 1002;
    QTest::newRow("length in too many bytes (64)") << QByteArray("\x81\x7f\0\0\0\0\0\0\0\x05hello", 15) << 1002;
    QTest::newRow("largest length") << QByteArray("\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xffx", 11) << 1009;
    QTest::newRow("masked by a server") << QByteArray("\x81\x81\0\0\0\0x", 7) << 1002;
    QTest::newRow("reserved bit 1") << plain(0xc1, "x") << 1002;
    QTest::newRow("reserved bit 3") << plain(0x91, "x") << 1002;
    QTest::newRow("opcode 3") << plain(0x83, "x") << 1002;
    QTest::newRow("opcode 11") << plain(0x8b, "x") << 1002;
    QTest::newRow("ping in two frames") << plain(9, "x") << 1002;
    QTest::newRow("ping of 126 bytes") << plain(kFin | 9, QByteArray(126, 'p')) << 1002;
    QTest::newRow("continuation of nothing") << plain(kFin, "x") << 1002;
    QTest::newRow("text inside text") << plain(1, "a") + plain(kFin | 1, "b") << 1002;
    QTest::newRow("close of one byte") << plain(kFin | 8, "x") << 1002;
    QTest::newRow("close with 1005") << plain(kFin | 8, "\x03\xed") << 1002;
    QTest::newRow("close with 1006") << plain(kFin | 8, "\x03\xee") << 1002;
    QTest::newRow("close with 999") << plain(kFin | 8, "\x03\xe7") << 1002;
    QTest::newRow("close with 2000") << plain(kFin | 8, "\x07\xd0") << 1002;
    QTest::newRow("close with 5000") << plain(kFin | 8, "\x13\x88") << 1002;
    QTest::newRow("reason that is not UTF-8") << plain(kFin | 8, "\x03\xe8\xff") << 1007;
}

void TestFrameCodec::refusesWhatTheProtocolForbids()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, code);
    Reading client(FrameCodec::Side::Client);
    QCOMPARE(client.feed(bytes), "refused:" + QByteArray::number(code));
    QVERIFY(!client.codec.feed(plain(kFin | 1, "more")));
    QCOMPARE(client.story.size(), 1);
}

void TestFrameCodec::bothRolesUnderstandEachOther_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {0, 1, 125, 126, 4095, 4096, 4097, 65535, 65536, 300'000})
        QTest::addRow("%d bytes", size) << size;
}

void TestFrameCodec::bothRolesUnderstandEachOther()
{
    QFETCH(int, size);
    const QByteArray payload = randomBytes(size);
    Reading server(FrameCodec::Side::Server);
    Reading client(FrameCodec::Side::Client);
    const QByteArray masked = client.codec.textFrame(payload);
    QVERIFY(size < 16 || !masked.contains(payload.first(16)));
    QCOMPARE(server.feed(masked), "text:" + payload);
    QCOMPARE(client.feed(server.codec.textFrame(payload)), "text:" + payload);
    QCOMPARE(server.feed(server.codec.textFrame("unmasked")), "text:" + payload + "|refused:1002");
}

void TestFrameCodec::limitsFramesAndMessages()
{
    const FrameLimits limits{.frame = ByteCount(100), .message = ByteCount(150)};
    Reading fits(FrameCodec::Side::Client, limits);
    QCOMPARE(fits.feed(plain(1, QByteArray(100, 'a')) + plain(kFin, QByteArray(50, 'b'))), "text:" + QByteArray(100, 'a') + QByteArray(50, 'b'));
    Reading frame(FrameCodec::Side::Client, limits);
    QCOMPARE(frame.feed(plain(kFin | 1, QByteArray(101, 'a'))), QByteArray("refused:1009"));
    Reading message(FrameCodec::Side::Client, limits);
    message.feed(plain(1, QByteArray(100, 'a')));
    QCOMPARE(message.feed(plain(0, QByteArray(51, 'b'))), QByteArray("refused:1009"));
}

void TestFrameCodec::nothingCountsAfterClose()
{
    Reading client(FrameCodec::Side::Client);
    QCOMPARE(client.feed(plain(kFin | 8, {}) + plain(kFin | 1, "late")), QByteArray("close:1005 "));
    QCOMPARE(client.feed(plain(kFin | 1, "later")), QByteArray("close:1005 "));
}

void TestFrameCodec::reasonsAreCutToWhatFits()
{
    FrameCodec server(FrameCodec::Side::Server, {}, {});
    Reading client(FrameCodec::Side::Client);
    QCOMPARE(client.feed(server.closeFrame(CloseCode::Normal, QByteArray(200, 'r'))), "close:1000 " + QByteArray(123, 'r'));
}

void TestFrameCodec::acceptsTheKeyOfTheStandard()
{
    QCOMPARE(webSocketAccept("dGhlIHNhbXBsZSBub25jZQ=="), QByteArray("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));  // RFC 6455, 1.3
    QVERIFY(newWebSocketKey() != newWebSocketKey());
}

QTEST_GUILESS_MAIN(TestFrameCodec)
#include "test_frame_codec.moc"
