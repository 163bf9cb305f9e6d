#pragma once

#include "core/http/HttpHead.h"
#include "core/stream/StreamAddress.h"
#include "core/stream/WebSocketConnection.h"

#include <QObject>
#include <QSslConfiguration>

class QTcpSocket;

namespace packmule {

/// What the owner of a StreamExchange is told, beside what its WebSocketConnection tells once it is upgraded.
class StreamExchangeUser : public WebSocketUser
{
public:
    /// 101 and the key accepted: from now on connection() is there and speaks to this user.
    virtual void exchangeUpgraded(const HttpHead &answer) = 0;
    /// Any other answer; for FOLLOW a 200's body is the stream itself.
    virtual void exchangeAnswered(const HttpHead &answer) = 0;
    virtual void exchangeBody(QByteArrayView view) = 0;
    /// The body is whole.
    virtual void exchangeFinished() = 0;
    /// At any step before one of the ends above.
    virtual void exchangeFailed(const Error &error) = 0;

protected:
    ~StreamExchangeUser() = default;
};

struct StreamExchangeContext {
    const Clock &clock;
    Scheduler &scheduler;
    QSslConfiguration tls;  ///< for https; the caller chose the authorities
};

/// One attempt of a client: connects, asks (with or without the wish to upgrade), reads the answer's head by core/http and
/// hands on either a WebSocketConnection or the answer's body. Thread: the one that made it. Owner: whoever made it; from
/// inside a callback only by retire().
class StreamExchange final : public QObject
{
    Q_OBJECT

public:
    enum class Wish { Upgrade, PlainAnswer };

    StreamExchange(const StreamExchangeContext &context, StreamExchangeUser &user);
    ~StreamExchange() override;

    void start(const StreamAddress &address, Wish wish, const HttpHeaders &fields);
    WebSocketConnection *connection() const { return m_connection.get(); }
    /// Back-pressure for the body and for the connection's messages alike.
    void setReading(bool isReading);
    MonotonicTime lastHeard() const;

    /// Silences and closes it at once, and deletes it on the next turn of the event loop.
    static void retire(std::unique_ptr<StreamExchange> exchange);

private:
    HttpReader::Callbacks callbacks();
    void sendRequest();
    void readOn();
    void finishHead();
    void upgrade(const QByteArray &surplus);
    void onDisconnected();
    void onSocketError();
    void fail(const Error &error);
    void silence();

    StreamExchangeContext m_context;
    StreamExchangeUser *m_user;  ///< null once it is silent
    HttpReader m_reader;
    QTcpSocket *m_socket = nullptr;
    StreamAddress m_address;
    Wish m_wish = Wish::Upgrade;
    HttpHeaders m_fields;
    QByteArray m_key;
    std::optional<HttpHead> m_head;
    bool m_isAnswered = false;
    bool m_isWhole = false;
    bool m_isReading = true;
    bool m_isInside = false;
    MonotonicTime m_lastHeard;
    CallHandle m_headTimer;
    CallHandle m_readLater;
    std::unique_ptr<WebSocketConnection> m_connection;
};

}  // namespace packmule
