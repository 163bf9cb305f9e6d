#pragma once

#include <QByteArray>
#include <QHash>
#include <QHostAddress>
#include <QList>
#include <QPointer>
#include <QSslConfiguration>
#include <QSslServer>
#include <QTcpServer>
#include <QTcpSocket>

#include <functional>
#include <memory>

namespace packmule {

/// A raw server for tests: remembers every byte each connection sent and does what the script says, below the level at
/// which an HTTP server would be well-behaved. Thread: the one that made it.
class ScriptedServer
{
public:
    /// One connection as the script sees it.
    class Line
    {
    public:
        QTcpSocket *socket = nullptr;
        int number = 0;               ///< 0-based, in order of arrival
        QByteArray received;          ///< everything since the last whole request was taken
        QList<QByteArray> requests;   ///< whole requests, head and body
        bool isDeaf = false;

        QByteArray head() const;      ///< of the request being received, without the blank line; empty until complete
        qint64 statedLength() const;
        bool hasWholeRequest() const;
        void reply(const QByteArray &bytes) { socket->write(bytes); socket->flush(); }
        /// An answer with its length, connection kept.
        void answer(int status, const QByteArray &body = {}, const QByteArray &extraFields = {});
        void closePolitely() { socket->disconnectFromHost(); }
        /// RST instead of FIN.
        void reset();
        /// Reads nothing more: what comes fills the kernel's buffers and then the sender waits.
        void goDeaf();
    };
    using Script = std::function<void(Line &)>;

    /// @param onBytes after every read; @param onRequest once a request is whole. Either may be null.
    explicit ScriptedServer(Script onRequest, Script onBytes = {}, const QSslConfiguration &tls = {});
    ~ScriptedServer();

    quint16 port() const { return m_server->serverPort(); }
    QList<std::shared_ptr<Line>> lines;
    /// The heads of every request over all lines, in order of completion.
    QList<QByteArray> requests;
    QByteArray lastRequest() const { return requests.isEmpty() ? QByteArray() : requests.last(); }
    /// The value of a field in the last request, null if absent.
    QByteArray lastField(const QByteArray &name) const;
    QByteArray lastRequestLine() const { return lastRequest().left(lastRequest().indexOf("\r\n")); }
    QByteArray lastBody() const { return lastRequest().mid(lastRequest().indexOf("\r\n\r\n") + 4); }
    /// From now on nothing is accepted (connections are refused).
    void stop() { m_server->close(); }

private:
    void onConnection();
    void onBytesOf(Line &line);

    Script m_onRequest;
    Script m_onBytes;
    std::unique_ptr<QTcpServer> m_server;
};

}  // namespace packmule
