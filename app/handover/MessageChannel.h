#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QLocalSocket>
#include <QObject>

#include <memory>

namespace packmule {

/// JSON objects over a local socket, each behind its length (four bytes, big-endian), at most 64 KiB. Whatever does not
/// fit that closes the line. Thread: the one that made it. Owns the socket.
class MessageChannel final : public QObject
{
    Q_OBJECT

public:
    static constexpr qsizetype kLargestMessage = 64 * 1024;

    explicit MessageChannel(std::unique_ptr<QLocalSocket> socket);
    ~MessageChannel() override;

    /// @return false, and nothing is sent, if the message is too large.
    bool send(const QJsonObject &message);
    /// Bytes that the other side has not taken yet.
    qint64 unsent() const { return m_socket->bytesToWrite(); }
    /// Sends what is pending as far as the line takes it, then hangs up. closed() follows.
    void close();
    qintptr descriptor() const { return m_socket->socketDescriptor(); }

Q_SIGNALS:
    void received(const QJsonObject &message);
    /// Once; nothing is received afterwards.
    void closed();

private:
    void takeBytes();
    void concludeOnce();

    std::unique_ptr<QLocalSocket> m_socket;
    QByteArray m_buffer;
    qsizetype m_taken = 0;  ///< bytes at the front of the buffer that have been told
    bool m_isClosed = false;
};

}  // namespace packmule
