#pragma once

#include "core/base/Clock.h"
#include "core/base/Scheduler.h"
#include "core/net/DrainRates.h"
#include "core/net/StallWatch.h"
#include "core/net/direct/ConnectionPool.h"
#include "core/net/direct/ConnectionUser.h"
#include "core/net/direct/RequestWriter.h"

#include <QNetworkReply>
#include <QPointer>

#include <optional>

namespace packmule {

/// A request as DirectAccessManager hands it to its reply.
struct DirectRequest {
    RequestHead head;
    QSslConfiguration tls;
    QIODevice *body = nullptr;  ///< seekable, outlives the reply
    qint64 bodyStart = 0;
    HttpLimits limits;
    bool needsLength = false;
};

/// What DirectAccessManager lends to its replies.
struct DirectContext {
    ConnectionPool &pool;
    const Clock &clock;
    Scheduler &scheduler;
    DrainRates &rates;
};

/// One exchange on a pooled connection, as a QNetworkReply: watches it, keeps what has come until it is read, tells its end.
/// Progress counts what the peer has acknowledged. Thread: that of the manager, which owns it; no signal comes from inside
/// the call that made it. Deleting it cancels.
///
/// | phase | ends with | limit on silence |
/// |---|---|---|
/// | Waiting | a connection, new or idle | none: all of them are busy |
/// | Connecting | the connection stands | limits.connect for each step |
/// | Sending | every byte of the body acknowledged (no body: at once) | limits.noProgress, on acknowledged bytes |
/// | Awaiting | the answer's head | limits.answer |
/// | Receiving | the answer's end | limits.answer, of an object's body limits.noProgress |
/// | Ended | – | – |
/// Where the kernel cannot be asked for acknowledged bytes, Sending ends when Qt has let go of the last one, and the
/// kernel's buffers get the allowance of DrainRates. A stale connection leads from Sending or Awaiting back to Waiting, once.
class DirectReply final : public QNetworkReply, private ConnectionUser
{
    Q_OBJECT

public:
    DirectReply(DirectRequest request, const DirectContext &context, const QNetworkRequest &original,
                QNetworkAccessManager::Operation operation, QObject *parent);
    ~DirectReply() override;

    void abort() override;
    bool isSequential() const override { return true; }
    qint64 bytesAvailable() const override { return m_buffered + QNetworkReply::bytesAvailable(); }

protected:
    qint64 readData(char *bytes, qint64 maximum) override;

private:
    enum class Phase { Waiting, Connecting, Sending, Awaiting, Receiving, Ended };

    void connectionMoved() override;
    void requestBegan() override;
    void requestMoved() override;
    void answerBegan(const HttpHead &head) override;
    bool answerBytes(const QByteArray &view) override;
    void answerEnded() override;
    void connectionBroken(const ConnectionBreak &why) override;

    void acquire(bool isNew);
    void onConnection(Connection &connection);
    void enter(Phase phase);
    void lookAtAcknowledged();
    void lookAgainLater();
    Milliseconds drainAllowance() const;
    bool isResendable(const ConnectionBreak &why) const;
    bool isObject() const;
    void onStalled();
    void fail(const Error &error, QNetworkReply::NetworkError code);
    void finish();
    void letGo();

    const DirectRequest m_request;
    const DirectContext m_context;
    QByteArray m_headBytes;
    StallWatch m_watch;
    CallHandle m_acquiring;
    CallHandle m_nextLook;
    QPointer<Connection> m_connection;
    Phase m_phase = Phase::Waiting;
    MonotonicTime m_sendingSince;
    qint64 m_handedOver = 0;     // the most that any sending reached
    qint64 m_acknowledged = 0;
    qint64 m_progressTold = 0;
    bool m_wasResent = false;
    bool m_isTelling = false;    // readyRead is on the stack
    int m_status = 0;
    QList<QByteArray> m_pieces;  // what has come and nobody has read
    qsizetype m_firstPieceRead = 0;
    qint64 m_buffered = 0;
};

}  // namespace packmule
