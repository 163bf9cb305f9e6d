// The transport alone: bodies from memory into a sink that throws them away, or the other way round.
//
//   bench_transport sink [CERTIFICATE KEY]               serves until killed; prints its port
//   bench_transport put|get direct|qt URL MIB [CA]       four exchanges of 16 MiB at a time; prints seconds, CPU and memory
//   bench_transport ranges direct|qt URL MIB [CA]        the same bytes as four ranges at once
#include "core/base/Scheduler.h"
#include "core/net/QnamTransport.h"
#include "core/net/direct/DirectTransport.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslServer>
#include <QSslSocket>
#include <QTcpServer>
#include <QUrl>

#include <sys/resource.h>

#include <cstdio>
#include <memory>
#include <vector>

using namespace packmule;

namespace {

constexpr qint64 kPartBytes = 16 * 1024 * 1024;
constexpr int kAtOnce = 4;

/// One connection of the sink: heads are looked at, bodies counted down, answers made up as they go out.
class SinkConnection final : public QObject
{
public:
    explicit SinkConnection(QTcpSocket *socket) : QObject(socket), m_socket(socket), m_secure(qobject_cast<QSslSocket *>(socket))
    {
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QTcpSocket::readyRead, this, &SinkConnection::read);
        connect(socket, &QTcpSocket::bytesWritten, this, &SinkConnection::pump, Qt::QueuedConnection);
        if (m_secure)
            connect(m_secure, &QSslSocket::encryptedBytesWritten, this, &SinkConnection::pump, Qt::QueuedConnection);
    }

private:
    void read()
    {
        static QByteArray buffer(256 * 1024, '\0');
        while (m_socket->bytesAvailable() > 0) {
            if (m_bodyLeft > 0) {
                const qint64 count = m_socket->read(buffer.data(), std::min<qint64>(buffer.size(), m_bodyLeft));
                if (count <= 0)
                    return;
                m_bodyLeft -= count;
            } else {
                m_head += m_socket->readLine(16 * 1024);
                if (!m_head.endsWith("\r\n\r\n"))
                    continue;
                m_bodyLeft = std::max<qint64>(0, number("content-length:"));
            }
            if (m_bodyLeft == 0)
                answer();
        }
    }

    /// The number behind `name` in the head; -1 if it is not there.
    qint64 number(const QByteArray &name) const
    {
        const qsizetype at = m_head.toLower().indexOf(name);
        return at < 0 ? -1 : m_head.mid(at + name.size(), 24).split('\r').constFirst().split('-').constFirst().trimmed().toLongLong();
    }

    void answer()
    {
        const bool isGet = m_head.startsWith("GET");
        const qint64 first = number("range: bytes=");
        qint64 size = isGet ? kPartBytes : 0;
        if (first >= 0)
            size = m_head.mid(m_head.toLower().indexOf("range: bytes=")).split('\r').constFirst().split('-').constLast().toLongLong() - first + 1;
        m_head.clear();
        m_socket->write("HTTP/1.1 " + QByteArray(first >= 0 ? "206 Partial Content" : "200 OK") + "\r\nContent-Length: " + QByteArray::number(size) + "\r\n\r\n");
        m_answerLeft += size;
        pump();
    }

    void pump()
    {
        static const QByteArray piece(64 * 1024, 'x');
        while (m_answerLeft > 0 && m_socket->bytesToWrite() + (m_secure ? m_secure->encryptedBytesToWrite() : 0) < piece.size()) {
            const qint64 count = std::min<qint64>(piece.size(), m_answerLeft);
            m_answerLeft -= count;
            m_socket->write(piece.constData(), count);
            m_socket->flush();
        }
    }

    QTcpSocket *m_socket;
    QSslSocket *m_secure;
    QByteArray m_head;
    qint64 m_bodyLeft = 0;
    qint64 m_answerLeft = 0;
};

int runSink(const QStringList &arguments)
{
    auto server = std::make_unique<QTcpServer>();
    if (arguments.size() >= 4) {
        QFile certificate(arguments.at(2)), key(arguments.at(3));
        if (!certificate.open(QIODevice::ReadOnly) || !key.open(QIODevice::ReadOnly))
            return 1;
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        tls.setLocalCertificateChain(QSslCertificate::fromDevice(&certificate));
        tls.setPrivateKey(QSslKey(&key, QSsl::Rsa));
        auto secure = std::make_unique<QSslServer>();
        secure->setSslConfiguration(tls);
        server = std::move(secure);
    }
    QObject::connect(server.get(), &QTcpServer::pendingConnectionAvailable, server.get(), [&server] {
        while (QTcpSocket *socket = server->nextPendingConnection())
            new SinkConnection(socket);  // goes with it
    });
    if (!server->listen(QHostAddress::LocalHost))
        return 1;
    std::printf("%d\n", server->serverPort());
    std::fflush(stdout);
    return QCoreApplication::exec();
}

double cpuSeconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long peakKib()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

class Drive
{
public:
    /// @param rangeBytes of each part of a get; 0: whole objects.
    Drive(HttpTransport &transport, QUrl url, bool isPut, qint64 parts, qint64 rangeBytes)
        : m_transport(transport), m_url(std::move(url)), m_isPut(isPut), m_rangeBytes(rangeBytes), m_left(parts),
          m_bytes(isPut ? kPartBytes : 0, 'x')
    {
    }

    void begin()
    {
        for (int i = 0; i < kAtOnce; ++i)
            next(i);
    }
    qint64 received() const { return m_received; }  ///< of gets

private:
    void next(int lane)
    {
        if (m_left-- <= 0) {
            if (++m_ended == kAtOnce)
                QCoreApplication::exit(0);
            return;
        }
        HttpRequest request;
        request.method = m_isPut ? "PUT" : "GET";
        const bool isEncrypted = m_url.scheme() == QLatin1String("https");
        request.origin = {.isEncrypted = isEncrypted, .host = m_url.host().toLatin1(),
                          .port = static_cast<quint16>(m_url.port(isEncrypted ? 443 : 80))};
        request.target = "/bucket/key?partNumber=" + QByteArray::number(m_left + 1) + "&uploadId=x";
        if (m_isPut) {
            auto body = std::make_unique<QBuffer>(&m_bytes);
            body->open(QIODevice::ReadOnly);
            request.body = std::move(body);
            request.bodySize = ByteCount(kPartBytes);
        } else {
            if (m_rangeBytes > 0)
                request.headers.append("Range", "bytes=" + QByteArray::number(m_left * m_rangeBytes) + '-' + QByteArray::number((m_left + 1) * m_rangeBytes - 1));
            request.sink = [this](const QByteArray &piece) { m_received += piece.size(); };
        }
        m_calls[lane] = m_transport.send(std::move(request), {}, [this, lane](std::expected<HttpResponse, HttpFailure> answer) {
            if (!answer || answer->status / 100 != 2) {
                std::fprintf(stderr, "%s\n", answer ? "refused" : qPrintable(answer.error().error.detail));
                QCoreApplication::exit(1);
                return;
            }
            next(lane);
        });
    }

    HttpTransport &m_transport;
    const QUrl m_url;
    const bool m_isPut;
    const qint64 m_rangeBytes;
    qint64 m_left;
    QByteArray m_bytes;
    qint64 m_received = 0;
    int m_ended = 0;
    CallHandle m_calls[kAtOnce];
};

}  // namespace

int main(int argc, char **argv)
{
    qputenv("QT_NO_GLIB", "1");
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == QLatin1String("sink"))
        return runSink(arguments);
    if (arguments.size() < 5) {
        std::fputs("bench_transport sink [CERTIFICATE KEY] | put|get|ranges direct|qt URL MIB [CA]\n", stderr);
        return 2;
    }
    SystemClock clock;
    QtScheduler scheduler;
    TransportSettings settings;
    settings.caBundlePath = arguments.value(5);
    std::unique_ptr<HttpTransport> transport;
    if (arguments.at(2) == QLatin1String("direct"))
        transport = std::make_unique<DirectTransport>(settings, clock, scheduler);
    else
        transport = std::make_unique<QnamTransport>(settings, clock, scheduler);
    const qint64 mib = arguments.at(4).toLongLong();
    const qint64 bytes = mib * 1024 * 1024;
    const bool isPut = arguments.at(1) == QLatin1String("put");
    const bool isInRanges = arguments.at(1) == QLatin1String("ranges");
    Drive drive(*transport, QUrl(arguments.at(3)), isPut, isInRanges ? kAtOnce : bytes / kPartBytes, isInRanges ? bytes / kAtOnce : 0);
    QElapsedTimer wall;
    wall.start();
    drive.begin();
    const int status = QCoreApplication::exec();
    if (status == 0 && !isPut && drive.received() != bytes) {
        std::fprintf(stderr, "%lld bytes came instead of %lld\n", static_cast<long long>(drive.received()), static_cast<long long>(bytes));
        return 1;
    }
    const double gib = static_cast<double>(mib) / 1024;
    std::printf("%s %s: %.2f s wall, %.2f CPU-s per GiB, %ld MiB peak\n", qPrintable(arguments.at(1)), qPrintable(arguments.at(2)),
                static_cast<double>(wall.elapsed()) / 1000, cpuSeconds() / gib, peakKib() / 1024);
    return status;
}
