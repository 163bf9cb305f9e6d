// Says which of the twenty findings of facts/s3.md still hold for the Qt that it runs with: bare QNetworkAccessManager
// with Qt's defaults against the scripted server. Not a test: run it by hand on a new Qt and bring the table in
// core/net/README.md up to date.
#include "tests/unit/net/ScriptedServer.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QCryptographicHash>
#include <QElapsedTimer>
#include <QFile>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QTest>

#include <cstdio>
#include <memory>

using namespace packmule;

namespace {

using ReplyPointer = std::unique_ptr<QNetworkReply>;

QNetworkRequest to(const ScriptedServer &server, const QByteArray &target = "/b/k")
{
    QNetworkRequest request(QUrl::fromEncoded(QByteArray("http://127.0.0.1:" + QByteArray::number(server.port()) + target), QUrl::StrictMode));
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    return request;
}

ReplyPointer finished(QNetworkReply *reply, int limitMs = 15'000)
{
    ReplyPointer owned(reply);
    QObject context;
    QObject::connect(reply, &QNetworkReply::sslErrors, &context, [] {});
    if (!QTest::qWaitFor([&] { return reply->isFinished(); }, limitMs))
        reply->abort();
    return owned;
}

int statusOf(const ReplyPointer &reply)
{
    return reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
}

void say(const char *finding, bool holds, const QString &observed)
{
    std::printf("%-4s %-14s %s\n", finding, holds ? "holds" : "NO LONGER", qPrintable(observed));
}

void f01(QNetworkAccessManager &manager)
{
    ScriptedServer closing([](ScriptedServer::Line &line) { line.closePolitely(); });
    const auto put = finished(manager.put(to(closing), QByteArray(100'000, 'x')));
    ScriptedServer early({}, [](ScriptedServer::Line &line) {
        if (line.head().isEmpty())
            return;
        line.goDeaf();
        line.reply("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
        line.closePolitely();
    });
    const auto cut = finished(manager.put(to(early), QByteArray(20'000'000, 'x')));
    say("1", closing.requests.size() > 1 || early.lines.size() > 1,
        QStringLiteral("closed after the request: seen %1 times; early 403 and closed: seen %2 times").arg(closing.requests.size()).arg(early.lines.size()));
    say("2", statusOf(cut) == 0, QStringLiteral("early 403 and closed: status %1, error %2").arg(statusOf(cut)).arg(static_cast<int>(cut->error())));
}

void f03(QNetworkAccessManager &manager)
{
    QByteArray beforeContinue;
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); },
                          [&](ScriptedServer::Line &line) { beforeContinue = line.received; });
    QNetworkRequest request = to(server);
    request.setRawHeader("Expect", "100-continue");
    const auto reply = finished(manager.put(request, QByteArray("body")), 3'000);
    say("3", beforeContinue.endsWith("body"), QStringLiteral("body sent without waiting for 100: %1").arg(beforeContinue.endsWith("body")));
}

void f04f05(QNetworkAccessManager &manager)
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    const auto post = finished(manager.post(to(server, "/b/k?uploads"), static_cast<QIODevice *>(nullptr)));
    say("4", !server.lastRequestLine().contains("uploads"), QStringLiteral("post(null): ") + QString::fromLatin1(server.lastRequestLine()));
    const auto put = finished(manager.put(to(server), static_cast<QIODevice *>(nullptr)));
    say("4b", server.lastField("content-length").isEmpty(), QStringLiteral("put(null): length \"%1\"").arg(QString::fromLatin1(server.lastField("content-length"))));
    const auto typed = finished(manager.post(to(server, "/b/k?uploads"), QByteArray("")));
    say("5", server.lastField("content-type").contains("form"), QStringLiteral("post without type: ") + QString::fromLatin1(server.lastField("content-type")));
}

void f06(QNetworkAccessManager &manager)
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    const auto dots = finished(manager.get(to(server, "/b/%2E%2E/c")));
    const QByteArray dotLine = server.lastRequestLine();
    const auto slashes = finished(manager.get(to(server, "//k")));
    say("6", dotLine != "GET /b/%2E%2E/c HTTP/1.1", QString::fromLatin1(dotLine) + QStringLiteral("; //k as ") + QString::fromLatin1(server.lastRequestLine()));
}

void f07(QNetworkAccessManager &manager)
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    QNetworkRequest request = to(server);
    request.setRawHeader("x-amz-meta-a", "v\r\nx-amz-acl: public-read");
    const auto reply = finished(manager.get(request));
    const bool isInjected = server.lastRequest().contains("\r\nx-amz-acl");
    say("7", isInjected, QStringLiteral("CRLF in a value: injected %1, field sent %2").arg(isInjected).arg(server.lastRequest().contains("x-amz-meta-a")));
}

void f08(QNetworkAccessManager &manager)
{
    ScriptedServer elsewhere([](ScriptedServer::Line &line) { line.answer(200); });
    ScriptedServer server([&](ScriptedServer::Line &line) {
        line.answer(307, {}, "Location: http://localhost:" + QByteArray::number(elsewhere.port()) + "/x\r\n");
    });
    QNetworkRequest request = to(server);
    request.setRawHeader("Authorization", "secret");
    request.setRawHeader("x-amz-security-token", "secret");
    const auto reply = finished(manager.get(request));
    say("8", elsewhere.lastRequest().contains("secret"),
        QStringLiteral("followed: %1; Authorization \"%2\", token \"%3\" sent to the other host").arg(elsewhere.requests.size())
            .arg(QString::fromLatin1(elsewhere.lastField("authorization")), QString::fromLatin1(elsewhere.lastField("x-amz-security-token"))));
}

void f09(QNetworkAccessManager &manager)
{
    // gzip of "abc": header, deflate block, CRC-32 352441c2, length 3
    const QByteArray abc = QByteArray::fromHex("1f8b08000000000000034b4c4a0600c241243503000000");
    ScriptedServer server([&](ScriptedServer::Line &line) { line.answer(200, abc, "Content-Encoding: gzip\r\n"); });
    const auto reply = finished(manager.get(to(server)));
    const QByteArray body = reply->readAll();
    say("9", body == "abc", QStringLiteral("%1 bytes on the wire, %2 read").arg(abc.size()).arg(body.size()));
}

void f10()
{
    const QByteArray bytes(64 * 1024 * 1024, 'x');
    QElapsedTimer timer;
    timer.start();
    const QByteArray digest = QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
    const double rate = 64.0 * 1000 / static_cast<double>(std::max<qint64>(1, timer.elapsed()));
    say("10", rate < 700 && !digest.isEmpty(), QStringLiteral("QCryptographicHash SHA-256: %1 MiB/s").arg(rate, 0, 'f', 0));
}

void f14(QNetworkAccessManager &manager)
{
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    const auto residentKib = [] {
        QFile file(QStringLiteral("/proc/self/statm"));
        return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() * 4 : 0;
    };
    const qint64 before = residentKib();
    constexpr int kCount = 5'000;
    QList<QNetworkReply *> replies;
    for (int i = 0; i < kCount; ++i)
        replies.append(manager.put(to(server), QByteArray("x")));
    const qint64 each = (residentKib() - before) * 1024 / kCount;
    qDeleteAll(replies);
    say("14", each > 4'096, QStringLiteral("%1 bytes for each queued request").arg(each));
}

void f15f16(QNetworkAccessManager &manager)
{
    ScriptedServer silent({});
    QNetworkRequest request = to(silent);
    request.setTransferTimeout(300);
    const auto reply = finished(manager.get(request));
    say("15", reply->error() == QNetworkReply::OperationCanceledError, QStringLiteral("transfer timeout reports error %1").arg(static_cast<int>(reply->error())));
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    QNetworkReply *put = manager.put(to(server), QByteArray(1'000'000, 'x'));
    QList<std::pair<qint64, qint64>> told;
    QObject context;
    QObject::connect(put, &QNetworkReply::uploadProgress, &context, [&](qint64 sent, qint64 total) { told.append({sent, total}); });
    const auto done = finished(put);
    say("16", told.last() == std::pair<qint64, qint64>(0, 0), QStringLiteral("the last upload progress is (%1, %2)").arg(told.last().first).arg(told.last().second));
}

void a09(QNetworkAccessManager &manager)
{
    ScriptedServer unlimited([](ScriptedServer::Line &line) {
        line.reply("HTTP/1.1 200 OK\r\n\r\nhalf");
        line.closePolitely();
    });
    const auto half = finished(manager.get(to(unlimited)));
    say("A9a", half->error() == QNetworkReply::NoError, QStringLiteral("cut answer without length: error %1").arg(static_cast<int>(half->error())));
    ScriptedServer resetting({}, [](ScriptedServer::Line &line) {
        if (line.received.size() > 1'000'000)
            line.reset();
    });
    const auto reset = finished(manager.put(to(resetting), QByteArray(8'000'000, 'x')));
    say("A9b", reset->error() == QNetworkReply::UnknownNetworkError, QStringLiteral("reset in mid body: error %1, %2 attempts").arg(static_cast<int>(reset->error())).arg(resetting.lines.size()));
    ScriptedServer asking([](ScriptedServer::Line &line) { line.answer(401, "who", "WWW-Authenticate: Basic realm=\"r\"\r\n"); });
    const auto refused = finished(manager.get(to(asking)));
    say("A9c", refused->error() == QNetworkReply::AuthenticationRequiredError,
        QStringLiteral("401: status %1, body %2 bytes, %3 requests").arg(statusOf(refused)).arg(refused->readAll().size()).arg(asking.requests.size()));
    ScriptedServer empty({});
    QNetworkReply *post = manager.post(to(empty, "/b/k?uploads"), QByteArray(""));
    int sent = 0;
    QObject context;
    QObject::connect(post, &QNetworkReply::requestSent, &context, [&] { ++sent; });
    QObject::connect(post, &QNetworkReply::uploadProgress, &context, [&] { ++sent; });
    const bool isOut = QTest::qWaitFor([&] { return empty.requests.size() == 1; });
    QTest::qWait(300);
    say("new", isOut && sent == 0, QStringLiteral("empty POST with a device: %1 signals that it has gone out").arg(sent));
    post->abort();
    delete post;
}

}  // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    std::printf("Qt %s\n", qVersion());
    QNetworkAccessManager manager;
    manager.setProxy(QNetworkProxy::NoProxy);
    f01(manager);
    f03(manager);
    f04f05(manager);
    f06(manager);
    f07(manager);
    f08(manager);
    f09(manager);
    f10();
    f15f16(manager);
    a09(manager);
    QNetworkAccessManager other;
    other.setProxy(QNetworkProxy::NoProxy);
    f14(other);
    return 0;
}
