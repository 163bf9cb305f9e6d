#pragma once

#include "core/base/Clock.h"
#include "core/base/Scheduler.h"
#include "core/net/DrainRates.h"
#include "core/net/HttpTransport.h"
#include "core/net/StallWatch.h"

#include <QHash>
#include <QList>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QObject>
#include <QSslError>

#include <memory>

namespace packmule {

class WatchedBody;

/// The certificate errors that each origin's last handshake had. Qt tells them to one request only and lets the others
/// that waited for the same connection fail without a reason.
using TlsRefusals = QHash<HttpOrigin, QList<QSslError>>;

/// One request on its way through Qt: starts it, watches it, reads its answer, tells its end once.
/// Thread: that of the transport. Owned by the transport until it has ended, then deletes itself.
///
/// | phase | ends with | limit |
/// |---|---|---|
/// | Waiting | start(), or failLater() | none: the transport has no connection free |
/// | Refused | the next turn of the event loop | none |
/// | Connecting | the first sign that the request goes out | limits.connect for each step |
/// | Sending | the whole body handed over (none: at once) | limits.noProgress + drain allowance |
/// | Awaiting | the answer's head | limits.answer + drain allowance |
/// | Receiving | Qt's finished | limits.answer, with a sink limits.noProgress |
/// | Ended | – | – |
/// An internal resend of Qt's goes from any later phase back to Sending.
class QnamExchange final : public QObject
{
public:
    QnamExchange(HttpRequest request, HttpTransport::Progress progress, HttpTransport::DoneExchange done,
                 const Clock &clock, Scheduler &scheduler, DrainRates &rates, TlsRefusals &refusals,
                 std::function<void(QnamExchange *)> onEnded);
    ~QnamExchange() override;

    const HttpOrigin &origin() const { return m_request.origin; }
    const HttpRequest &request() const { return m_request; }
    bool isWaiting() const { return m_phase == Phase::Waiting; }

    /// @param manager alive until this exchange has ended.
    void start(QNetworkAccessManager &manager, const QNetworkRequest &request, const QNetworkProxy &proxy);
    /// Ends with `error` on a later turn of the event loop, without having been sent.
    void failLater(const Error &error);
    /// Ends without a word.
    void cancel();

private:
    enum class Phase { Waiting, Refused, Connecting, Sending, Awaiting, Receiving, Ended };

    QNetworkReply *beginReply(QNetworkAccessManager &manager, const QNetworkRequest &request);
    void watchReply();
    void enter(Phase phase);
    void onSpoken();
    void onBodyRead();
    void onUploadProgress(qint64 sent, qint64 total);
    void onHead();
    void onBytes();
    void onFinished();
    void onStalled();
    bool takeBytes(const QByteArray &bytes);
    std::optional<Error> objectionToHead() const;
    int status() const;
    bool hasSink() const;
    Milliseconds drainAllowance() const;
    void end(std::expected<HttpResponse, Error> outcome);
    /// Cuts the reply off, so that nothing of it is heard any more, and leaves its deletion to the event loop.
    void silence();

    HttpRequest m_request;
    HttpTransport::Progress m_progress;
    HttpTransport::DoneExchange m_done;
    const Clock &m_clock;
    DrainRates &m_rates;
    TlsRefusals &m_tlsRefusals;
    std::function<void(QnamExchange *)> m_onEnded;
    StallWatch m_watch;

    Phase m_phase = Phase::Waiting;
    WatchedBody *m_body = nullptr;      // owned by the reply, which must not outlive it
    QNetworkReply *m_reply = nullptr;   // null before start() and after the end
    QNetworkProxy m_proxy{QNetworkProxy::NoProxy};
    MonotonicTime m_sendingSince;
    qint64 m_progressTold = 0;
    int m_timesSpoken = 0;
    HttpResponse m_response;
};

}  // namespace packmule
