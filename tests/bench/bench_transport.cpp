// The transport alone: bodies from memory into a sink that throws them away, or the other way round.
//
//   bench_transport sink [CERTIFICATE KEY]               serves until killed; prints its port
//   bench_transport put|get direct|qt URL MIB [CA]       four exchanges of 16 MiB at a time; prints seconds, CPU and memory
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

/// One connection of the sink: heads are looked at, bodies counted down.
void serve(QTcpSocket *socket)
{
    struct Progress {
        QByteArray head;
        qint64 bodyLeft = 0;
    };
    auto progress = std::make_shared<Progress>();
    static const QByteArray answerBody(kPartBytes, 'x');
    QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket, progress] {
        static QByteArray buffer(256 * 1024, '\0');
        while (socket->bytesAvailable() > 0) {
            if (progress->bodyLeft > 0) {
                const qint64 count = socket->read(buffer.data(), std::min<qint64>(buffer.size(), progress->bodyLeft));
                if (count <= 0)
                    return;
                progress->bodyLeft -= count;
            } else {
                progress->head += socket->readLine(16 * 1024);
                if (!progress->head.endsWith("\r\n\r\n"))
                    continue;
                const qsizetype at = progress->head.toLower().indexOf("content-length:");
                progress->bodyLeft = at < 0 ? 0 : progress->head.mid(at + 15, 20).split('\r').first().trimmed().toLongLong();
            }
            if (progress->bodyLeft > 0)
                continue;
            const bool isGet = progress->head.startsWith("GET");
            progress->head.clear();
            socket->write("HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(isGet ? kPartBytes : 0) + "\r\n\r\n");
            if (isGet)
                socket->write(answerBody);
        }
    });
}

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
            serve(socket);
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
    Drive(HttpTransport &transport, QUrl url, bool isPut, qint64 parts)
        : m_transport(transport), m_url(std::move(url)), m_isPut(isPut), m_left(parts), m_bytes(kPartBytes, 'x')
    {
    }

    void begin()
    {
        for (int i = 0; i < kAtOnce; ++i)
            next(i);
    }
    qint64 received() const { return m_received; }

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
            request.sink = [this](const QByteArray &piece) { m_received += piece.size(); };
        }
        m_calls[lane] = m_transport.send(std::move(request), {}, [this, lane](std::expected<HttpResponse, HttpFailure> answer) {
            if (!answer || answer->status != 200) {
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
        std::fputs("bench_transport sink [CERTIFICATE KEY] | put|get direct|qt URL MIB [CA]\n", stderr);
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
    Drive drive(*transport, QUrl(arguments.at(3)), arguments.at(1) == QLatin1String("put"), mib * 1024 * 1024 / kPartBytes);
    QElapsedTimer wall;
    wall.start();
    drive.begin();
    const int status = QCoreApplication::exec();
    const double gib = static_cast<double>(mib) / 1024;
    std::printf("%s %s: %.2f s wall, %.2f CPU-s per GiB, %ld MiB peak\n", qPrintable(arguments.at(1)), qPrintable(arguments.at(2)),
                static_cast<double>(wall.elapsed()) / 1000, cpuSeconds() / gib, peakKib() / 1024);
    return status;
}
