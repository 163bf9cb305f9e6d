// A seeded storm over the direct transport: thousands of exchanges, most of them with a fault or a handle that is dropped at
// some moment. Nothing may be told twice or not at all, given to the wrong one, sent twice in silence, or kept.
#include "core/net/direct/Connection.h"
#include "tests/unit/net/ScriptedServer.h"
#include "tests/unit/net/TestCertificates.h"
#include "tests/unit/net/TransportBench.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QTest>
#include <QTimer>

#include <random>

using namespace packmule;

namespace {

/// What the server does to a request, by the first part of its target.
const QByteArrayList kGoodActs{"ok", "chunked", "large", "closing", "stale", "interim", "unasked"};
const QByteArrayList kBadActs{"unanswered", "reset", "resetEarly", "cutHead", "cutBody", "early503", "silent", "garbage"};

constexpr Milliseconds kLimit{60'000};

char letterOf(int number)
{
    return static_cast<char>('a' + number % 26);
}

/// "/act/number", as the client asks.
QByteArray actOf(const QByteArray &head)
{
    return head.split(' ').value(1).split('/').value(1);
}

int numberOf(const QByteArray &head)
{
    return head.split(' ').value(1).split('/').value(2).toInt();
}

bool isBodyOf(const QByteArray &request, int number)
{
    const QByteArray body = request.sliced(request.indexOf("\r\n\r\n") + 4);
    return body.count(letterOf(number)) == body.size();
}

void answerChunked(ScriptedServer::Line &line, const QByteArray &body)
{
    line.reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + QByteArray::number(body.size(), 16) + "\r\n" + body + "\r\n0\r\n\r\n");
}

QByteArray answerBody(const QByteArray &act, int number)
{
    return "n" + QByteArray::number(number) + QByteArray(act == "large" ? 300'000 : 0, letterOf(number));
}

/// Does what the request asks to be done to it.
class Storm
{
public:
    QHash<int, int> seen;   ///< whole requests by number
    int mixedUp = 0;        ///< bodies with a byte of another

    void onRequest(ScriptedServer::Line &line)
    {
        const QByteArray act = actOf(line.requests.last());
        const int number = numberOf(line.requests.last());
        ++seen[number];
        mixedUp += isBodyOf(line.requests.last(), number) ? 0 : 1;
        const QByteArray body = answerBody(act, number);
        if (act == "chunked")
            answerChunked(line, body);
        else if (act == "unasked")
            line.reply("HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body
                       + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        else if (act == "interim")
            line.reply("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
        if (act == "ok" || act == "large" || act == "stale" || act == "interim")
            line.answer(200, body);
        else if (act == "early503")
            line.answer(503, "<Error/>");
        else if (act == "closing")
            line.answer(200, body, "Connection: close\r\n");
        else if (act == "cutHead")
            line.reply("HTTP/1.1 200 OK\r\nContent-Le");
        else if (act == "cutBody")
            line.reply("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nn");
        else if (act == "garbage")
            line.reply("SSH-2.0-OpenSSH_9.2p1\r\n");
        if (act == "reset")
            line.reset();
        else if (act == "closing" || act == "stale" || act == "unanswered" || act.startsWith("cut") || act == "garbage")
            line.closePolitely();
    }

    /// Before a request is whole.
    void onBytes(ScriptedServer::Line &line)
    {
        const QByteArray act = line.isDeaf ? QByteArray() : actOf(line.head());
        if (act == "resetEarly") {
            line.isDeaf = true;
            line.reset();
        } else if (act == "early503" && line.statedLength() > 0) {
            line.isDeaf = true;
            line.answer(503, "<Error/>", "Connection: close\r\n");
        }
    }
};

/// Sockets that this process has open, the server's ends too.
QStringList openSockets()
{
    QStringList found;
    const QDir folder(QStringLiteral("/proc/self/fd"));
    for (const QString &name : folder.entryList(QDir::Files | QDir::System | QDir::NoDotAndDotDot)) {
        const QString target = QFile::symLinkTarget(folder.filePath(name));
        if (target.contains(QLatin1String("socket:")))
            found.append(name);
    }
    return found;
}

}  // namespace

class TestDirectStorm : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_certificates.make(), qPrintable(m_certificates.failureText())); }
    void everyExchangeEndsOnceAndAsItsOwn_data();
    void everyExchangeEndsOnceAndAsItsOwn();

private:
    /// One exchange of the storm.
    struct Exchange {
        QByteArray method, act;
        CallHandle handle;
        bool isDropped = false;
        int doneCount = 0;
        int hiddenResends = 0;
        std::optional<ErrorKind> kind;
        int status = 0;
        QByteArray body;
        QString detail;
    };
    /// When a handle is dropped.
    enum class Drop { Never, AtOnce, InProgress, InSink, Later };

    void begin(TransportBench &bench, const HttpOrigin &origin, int number);
    void drop(Exchange &exchange);
    QString objectionTo(const Exchange &exchange, int number, int seen);

    TestCertificates m_certificates;
    std::mt19937 m_random;
    QList<std::shared_ptr<Exchange>> m_exchanges;
    int m_ended = 0;
    int m_answered = 0;
    int m_stalledInVain = 0;
    quint64 m_activity = 0;  // whatever anybody was told
};

void TestDirectStorm::begin(TransportBench &bench, const HttpOrigin &origin, int number)
{
    const auto oneOf = [this](const QByteArrayList &list) { return list.at(static_cast<qsizetype>(m_random() % static_cast<quint32>(list.size()))); };
    auto made = std::make_shared<Exchange>();
    m_exchanges.append(made);
    made->act = oneOf(m_random() % 10 < 6 ? kGoodActs : kBadActs);
    made->method = oneOf({"PUT", "PUT", "PUT", "GET", "POST", "DELETE"});
    const bool hasBody = made->method == "PUT" || made->method == "POST";
    const qsizetype size = hasBody ? QList<qsizetype>{0, 1, 5000, 150'000, 400'000}.at(static_cast<qsizetype>(m_random() % 5)) : 0;
    HttpRequest request = TransportBench::upload(0, QByteArray(size, letterOf(number)), made->method,
                                                 '/' + made->act + '/' + QByteArray::number(number));
    request.origin = origin;
    request.asksBeforeBody = m_random() % 8 == 0;
    request.limits = {.connect = kLimit, .noProgress = kLimit, .answer = kLimit};
    const auto dropping = m_random() % 4 == 0 ? static_cast<Drop>(1 + m_random() % 4) : Drop::Never;
    if (m_random() % 2 == 0) {
        request.sink = [this, made, dropping](const QByteArray &bytes) {
            made->body += bytes;
            ++m_activity;
            if (dropping == Drop::InSink)
                drop(*made);
        };
    }
    made->handle = bench.transport->send(
        std::move(request),
        [this, made, dropping](ByteCount, ByteCount) {
            ++m_activity;
            if (dropping == Drop::InProgress)
                drop(*made);
        },
        [this, made](const std::expected<HttpResponse, HttpFailure> &outcome) {
            ++made->doneCount;
            ++m_activity;
            ++m_ended;
            if (!outcome) {
                made->kind = outcome.error().error.kind;
                made->detail = outcome.error().error.detail;
                return;
            }
            made->status = outcome->status;
            made->body += outcome->body;
            made->hiddenResends = outcome->hiddenResends;
        });
    if (dropping == Drop::AtOnce)
        drop(*made);
}

void TestDirectStorm::drop(Exchange &exchange)
{
    if (exchange.isDropped || exchange.doneCount > 0)
        return;
    exchange.isDropped = true;
    ++m_ended;
    exchange.handle.cancel();
}

/// @return what is wrong with it; empty: nothing.
QString TestDirectStorm::objectionTo(const Exchange &exchange, int number, int seen)
{
    if (exchange.doneCount != (exchange.isDropped ? 0 : 1))
        return QStringLiteral("told %1 times").arg(exchange.doneCount);
    // Nothing twice, unless it was idempotent, and then the answer says so.
    if (seen > (exchange.method == "POST" ? 1 : 2))
        return QStringLiteral("sent %1 times").arg(seen);
    if (exchange.isDropped)
        return {};
    if (exchange.status == 200) {
        ++m_answered;
        if (!kGoodActs.contains(exchange.act) || exchange.body != answerBody(exchange.act, number))
            return QStringLiteral("it has the answer of another");
        return seen == 1 + exchange.hiddenResends ? QString() : QStringLiteral("sent again in silence");
    }
    if (exchange.act == "early503" && exchange.status == 503)
        return {};
    // Time does not wait for a machine that is busy with something else.
    if (exchange.kind == ErrorKind::Stalled && kGoodActs.contains(exchange.act)) {
        ++m_stalledInVain;
        return {};
    }
    // An idle connection may close under a POST, which nobody may repeat.
    const bool isExcused = exchange.kind && (kBadActs.contains(exchange.act) || (exchange.method == "POST" && *exchange.kind == ErrorKind::ConnectionLost));
    return isExcused ? QString() : QStringLiteral("failed: ") + exchange.detail;
}

void TestDirectStorm::everyExchangeEndsOnceAndAsItsOwn_data()
{
    QTest::addColumn<bool>("isEncrypted");
    QTest::addColumn<int>("count");
    QTest::newRow("http") << false << 2000;
    QTest::newRow("https") << true << 600;
}

void TestDirectStorm::everyExchangeEndsOnceAndAsItsOwn()
{
    QFETCH(bool, isEncrypted);
    QFETCH(int, count);
    const quint32 seed = qEnvironmentVariableIsSet("PACKMULE_SEED") ? static_cast<quint32>(qEnvironmentVariableIntValue("PACKMULE_SEED")) : 20261121;
    qInfo("seed %u", seed);
    m_random.seed(seed);
    m_exchanges.clear();
    m_ended = m_answered = m_stalledInVain = 0;
    Storm storm;
    const auto onBytes = [&](ScriptedServer::Line &line) {
        ++m_activity;
        storm.onBytes(line);
    };
    ScriptedServer server([&](ScriptedServer::Line &line) { storm.onRequest(line); }, onBytes,
                          isEncrypted ? m_certificates.server(QStringLiteral("good")) : QSslConfiguration());
    TransportSettings settings;
    settings.caBundlePath = m_certificates.authorityPath();
    settings.connectionsPerOrigin = 4;
    const HttpOrigin origin = TransportBench::origin(server.port(), "127.0.0.1", isEncrypted);
    {
        TransportBench bench(settings);
        const QStringList sockets = openSockets();
        const QDeadlineTimer deadline(300'000);
        QTimer tick;  // no turn of the loop is longer than this, nor much shorter where nothing happens
        tick.start(1);
        int quiet = 0;
        while (m_ended < count) {
            QVERIFY2(!deadline.hasExpired(), qPrintable(QStringLiteral("%1 of %2 have ended").arg(QString::number(m_ended), QString::number(count))));
            while (m_exchanges.size() < count && m_exchanges.size() - m_ended < 12)
                begin(bench, origin, static_cast<int>(m_exchanges.size()));
            const quint64 before = m_activity;
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
            quiet = m_activity == before ? quiet + 1 : 0;
            // Time stands still while anything moves: first the limit of Expect passes, then every other.
            if (quiet == 20)
                bench.scheduler.advance(Connection::kContinueLimit);
            else if (quiet == 60)
                bench.scheduler.advance(kLimit);
            if (m_random() % 64 == 0)
                drop(*m_exchanges.at(m_exchanges.size() - 1 - static_cast<qsizetype>(m_random() % 8) % m_exchanges.size()));
            if (m_random() % 512 == 0)
                bench.transport->dropIdleConnections();
        }
        QCOMPARE(bench.exchangeCount(), 0);
        bench.transport->dropIdleConnections();
        QTRY_COMPARE(openSockets(), sockets);
        QCOMPARE(bench.scheduler.pending(), 0);
    }
    QCOMPARE(storm.mixedUp, 0);
    QStringList wrong;
    for (int number = 0; number < count; ++number) {
        const Exchange &exchange = *m_exchanges.at(number);
        const QString objection = objectionTo(exchange, number, storm.seen.value(number));
        if (!objection.isEmpty())
            wrong.append(QStringLiteral("%1 %2 %3: %4").arg(QString::number(number), QString::fromLatin1(exchange.method), QString::fromLatin1(exchange.act), objection));
    }
    qInfo("%d of %d answered over %lld connections", m_answered, count, static_cast<long long>(server.lines.size()));
    QVERIFY2(wrong.isEmpty(), qPrintable(QString::number(wrong.size()) + QLatin1String(":\n") + wrong.first(std::min<qsizetype>(20, wrong.size())).join(QLatin1Char('\n'))));
    QVERIFY2(m_stalledInVain <= count / 100, qPrintable(QString::number(m_stalledInVain)));
    QVERIFY(m_answered > count / 3);
}

QTEST_GUILESS_MAIN(TestDirectStorm)
#include "test_direct_storm.moc"
