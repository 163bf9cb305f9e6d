#include "app/handover/MessageChannel.h"

#include "core/base/LogCategories.h"

#include <QJsonDocument>
#include <QPointer>
#include <QtEndian>

#include <utility>

namespace packmule {

namespace {

constexpr qsizetype kLengthBytes = 4;

}  // namespace

MessageChannel::MessageChannel(std::unique_ptr<QLocalSocket> socket) : m_socket(std::move(socket))
{
    m_socket->setParent(nullptr);
    connect(m_socket.get(), &QLocalSocket::readyRead, this, &MessageChannel::takeBytes);
    connect(m_socket.get(), &QLocalSocket::disconnected, this, &MessageChannel::concludeOnce);
    // What came before the signals were joined announces itself no more.
    const bool isOver = m_socket->state() == QLocalSocket::UnconnectedState;
    QMetaObject::invokeMethod(this, isOver ? &MessageChannel::concludeOnce : &MessageChannel::takeBytes,
                              Qt::QueuedConnection);
}

MessageChannel::~MessageChannel()
{
    m_isClosed = true;
    m_socket->disconnect(this);
    m_socket->flush();
    m_socket->disconnectFromServer();
    // Perhaps this runs inside a signal of the socket's, which goes on with its own members afterwards.
    m_socket.release()->deleteLater();
}

bool MessageChannel::send(const QJsonObject &message)
{
    const QByteArray text = QJsonDocument(message).toJson(QJsonDocument::Compact);
    if (text.size() > kLargestMessage)
        return false;
    if (m_isClosed)
        return true;
    QByteArray length(kLengthBytes, '\0');
    qToBigEndian(static_cast<quint32>(text.size()), length.data());
    m_socket->write(length + text);
    return true;
}

void MessageChannel::close()
{
    m_socket->flush();
    m_socket->disconnectFromServer();
}

void MessageChannel::concludeOnce()
{
    if (m_isClosed)
        return;
    const QPointer alive(this);
    takeBytes();  // the last words before the end of file
    if (!alive || m_isClosed)
        return;
    m_isClosed = true;
    Q_EMIT closed();
}

// May be entered again from a receiver that hangs up; so every message is counted as taken before it is told.
void MessageChannel::takeBytes()
{
    const QPointer alive(this);
    m_buffer += m_socket->readAll();
    while (alive && !m_isClosed && m_buffer.size() - m_taken >= kLengthBytes) {
        const auto length = static_cast<qsizetype>(qFromBigEndian<quint32>(m_buffer.constData() + m_taken));
        const bool isTooLarge = length > kLargestMessage;
        if (!isTooLarge && m_buffer.size() - m_taken - kLengthBytes < length)
            break;
        const QJsonDocument message =
            isTooLarge ? QJsonDocument() : QJsonDocument::fromJson(m_buffer.sliced(m_taken + kLengthBytes, length));
        if (!message.isObject()) {
            qCWarning(lcTransfer) << "closing a line that does not speak our language";
            m_isClosed = true;
            m_socket->abort();
            Q_EMIT closed();
            return;
        }
        m_taken += kLengthBytes + length;
        Q_EMIT received(message.object());
    }
    if (alive)
        m_buffer.remove(0, std::exchange(m_taken, 0));
}

}  // namespace packmule
