#include "core/net/QnamExchange.h"

#include "core/base/LogCategories.h"
#include "core/net/AnswerHead.h"
#include "core/net/NetworkErrorMapping.h"
#include "core/net/WatchedBody.h"

#include <utility>

namespace packmule {

namespace {

/// With a sink: enough for a fast line, little enough for the memory limit (facts D3: smaller costs a third over TLS).
constexpr qint64 kReadBufferBytes = 1024 * 1024;

}  // namespace

QnamExchange::QnamExchange(HttpRequest request, HttpTransport::Progress progress, HttpTransport::DoneExchange done,
                           const Clock &clock, Scheduler &scheduler, DrainRates &rates,
                           TlsRefusals &refusals, std::function<void(QnamExchange *)> onEnded)
    : m_request(std::move(request)), m_progress(std::move(progress)), m_done(std::move(done)), m_clock(clock), m_rates(rates),
      m_tlsRefusals(refusals), m_onEnded(std::move(onEnded)), m_watch(clock, scheduler, [this] { onStalled(); })
{
}

QnamExchange::~QnamExchange()
{
    // The callbacks die with the members, and may own the very handle that then asks to cancel.
    m_phase = Phase::Ended;
    silence();
}

void QnamExchange::start(QNetworkAccessManager &manager, const QNetworkRequest &request, const QNetworkProxy &proxy)
{
    m_proxy = proxy;
    enter(Phase::Connecting);
    m_reply = beginReply(manager, request);
    watchReply();
}

QNetworkReply *QnamExchange::beginReply(QNetworkAccessManager &manager, const QNetworkRequest &request)
{
    const QByteArray &method = m_request.method;
    if (m_request.body && m_request.bodySize > ByteCount(0)) {
        auto body = std::make_unique<WatchedBody>(std::move(m_request.body), m_request.bodySize, [this] { onBodyRead(); });
        m_body = body.get();
        QNetworkReply *reply = nullptr;
        if (method == "PUT")
            reply = manager.put(request, m_body);
        else if (method == "POST")
            reply = manager.post(request, m_body);
        else
            reply = manager.sendCustomRequest(request, method, m_body);
        body.release()->setParent(reply);
        return reply;
    }
    if (method == "GET")
        return manager.get(request);
    if (method == "HEAD")
        return manager.head(request);
    if (method == "DELETE")
        return manager.deleteResource(request);
    // PUT and POST too, with the Content-Length of qtRequest(): put() and post() without a device lose the length and the
    // query (finding 4), and with an empty one Qt 6.8 never says that the request has gone out.
    return manager.sendCustomRequest(request, method);
}

void QnamExchange::watchReply()
{
    m_reply->setReadBufferSize(kReadBufferBytes);
    connect(m_reply, &QNetworkReply::socketStartedConnecting, this, [this] { m_watch.moved(); });
    connect(m_reply, &QNetworkReply::encrypted, this, [this] {
        m_tlsRefusals.remove(m_request.origin);
        m_watch.moved();
    });
    // Collected and never ignored, so Qt breaks the handshake off.
    connect(m_reply, &QNetworkReply::sslErrors, this, [this](const QList<QSslError> &errors) { m_tlsRefusals.insert(m_request.origin, errors); });
    connect(m_reply, &QNetworkReply::requestSent, this, &QnamExchange::onSpoken);
    connect(m_reply, &QNetworkReply::uploadProgress, this, &QnamExchange::onUploadProgress);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, &QnamExchange::onHead);
    connect(m_reply, &QNetworkReply::readyRead, this, &QnamExchange::onBytes);
    // Queued: `done` may take the transport and with it the reply away, which must not happen inside its own signal.
    connect(m_reply, &QNetworkReply::finished, this, &QnamExchange::onFinished, Qt::QueuedConnection);
}

void QnamExchange::failLater(const Error &error)
{
    enter(Phase::Refused);
    QMetaObject::invokeMethod(
        this,
        [this, error] {
            if (m_phase != Phase::Ended)
                end(std::unexpected(error));
        },
        Qt::QueuedConnection);
}

void QnamExchange::cancel()
{
    if (m_phase == Phase::Ended)
        return;
    m_done = nullptr;
    end(std::unexpected(Error::make(ErrorKind::Cancelled, QString())));
}

void QnamExchange::enter(Phase phase)
{
    m_phase = phase;
    const HttpLimits &limits = m_request.limits;
    const auto drain = [this] { return drainAllowance(); };
    switch (phase) {
    case Phase::Connecting:
        m_watch.expect(limits.connect);
        return;
    case Phase::Sending:
        m_watch.expect(limits.noProgress, drain);
        return;
    case Phase::Awaiting:
        m_watch.expect(limits.answer, drain);
        return;
    case Phase::Receiving:
        m_watch.expect(hasSink() ? limits.noProgress : limits.answer);
        return;
    case Phase::Waiting:
    case Phase::Refused:
    case Phase::Ended:
        m_watch.stop();
        return;
    }
}

void QnamExchange::onSpoken()
{
    ++m_timesSpoken;  // Qt says it for each sending, the hidden ones too
    if (m_phase != Phase::Connecting)
        return;
    m_sendingSince = m_clock.now();
    enter(m_body && !m_body->isHandedOver() ? Phase::Sending : Phase::Awaiting);
}

/// Runs inside Qt's read of the body: only notes facts.
void QnamExchange::onBodyRead()
{
    if (m_phase == Phase::Ended)
        return;
    if (m_phase == Phase::Connecting)
        onSpoken();
    m_watch.moved();
    if (m_body->isHandedOver() && m_phase == Phase::Sending) {
        enter(Phase::Awaiting);
    } else if (!m_body->isHandedOver() && (m_phase == Phase::Awaiting || m_phase == Phase::Receiving)) {
        m_sendingSince = m_clock.now();
        enter(Phase::Sending);
    }
}

void QnamExchange::onUploadProgress(qint64 sent, qint64 total)
{
    if (m_reply->isFinished())
        return;
    onSpoken();
    // Qt ends every upload with (0, 0), even one that never began, and begins to count anew when it resends (findings 16 and 1).
    if (total <= 0 || sent <= m_progressTold)
        return;
    m_progressTold = sent;
    if (m_progress)
        m_progress(ByteCount(sent), m_request.bodySize);
}

void QnamExchange::onHead()
{
    if (m_phase == Phase::Ended || m_phase == Phase::Receiving || status() == 0)
        return;
    if (m_body && m_body->isHandedOver())
        m_rates.learn(m_request.origin, m_request.bodySize, m_clock.now() - m_sendingSince);
    m_response.status = status();
    m_response.hiddenResends = m_body ? m_body->resends() : std::max(0, m_timesSpoken - 1);
    enter(Phase::Receiving);
    m_response.headers = answerHeaders(*m_reply);
    if (const auto objection = objectionToHead())
        end(std::unexpected(*objection));
}

void QnamExchange::onBytes()
{
    onHead();
    if (m_phase == Phase::Ended)
        return;
    m_watch.moved();
    while (m_phase != Phase::Ended && m_reply->bytesAvailable() > 0) {
        if (!takeBytes(m_reply->read(kReadBufferBytes)))
            return;
    }
}

bool QnamExchange::takeBytes(const QByteArray &bytes)
{
    if (bytes.isEmpty())
        return false;
    if (hasSink()) {
        m_request.sink(bytes);
        return m_phase != Phase::Ended;
    }
    if (m_response.body.size() + bytes.size() > m_request.limits.answerBody.value()) {
        Error error = Error::make(ErrorKind::MalformedAnswer, QLatin1String("The answer is larger than ")
                                                                  % byteCountText(m_request.limits.answerBody));
        error.httpStatus = m_response.status;
        end(std::unexpected(error));
        return false;
    }
    m_response.body += bytes;
    return true;
}

void QnamExchange::onFinished()
{
    if (m_phase == Phase::Ended)
        return;
    onBytes();
    if (m_phase == Phase::Ended)
        return;
    const bool isWhole = isOnlyAStatus(m_reply->error()) && m_response.status != 0;
    if (isWhole) {
        end(std::move(m_response));
        return;
    }
    Error error = networkError({.origin = m_request.origin, .code = m_reply->error(), .qtText = m_reply->errorString(),
                                .tlsErrors = m_tlsRefusals.value(m_request.origin), .proxy = m_proxy,
                                .hasSpoken = m_phase != Phase::Connecting,
                                .hasFailedBody = m_body && m_body->hasFailed(),
                                .bodyReason = m_body ? m_body->failureReason() : QString()});
    if (m_response.status != 0)
        error.httpStatus = m_response.status;
    end(std::unexpected(error));
}

void QnamExchange::onStalled()
{
    QString host = QString::fromLatin1(m_request.origin.host);
    if (m_proxy.type() != QNetworkProxy::NoProxy)
        host += QStringLiteral(" through the proxy %1:%2").arg(m_proxy.hostName(), QString::number(m_proxy.port()));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(m_watch.silence()).count();
    const bool isConnecting = m_phase == Phase::Connecting;
    if (m_phase == Phase::Sending || (m_phase == Phase::Awaiting && m_body))
        m_rates.doubt(m_request.origin);
    const QString what = isConnecting ? QStringLiteral("No connection to %1 came about within %2 s")
                                      : QStringLiteral("Nothing moved to or from %1 for %2 s");
    end(std::unexpected(Error::make(ErrorKind::Stalled, what.arg(host, QString::number(seconds)))));
}

std::optional<Error> QnamExchange::objectionToHead() const
{
    auto sentence = objectionToFraming(m_response);
    if (!sentence && hasSink() && m_request.method != "HEAD" && !isLengthKnown(m_response))
        sentence = QStringLiteral("the answer has no length, so a cut could not be told from its end");
    if (!sentence)
        return std::nullopt;
    Error error = Error::make(ErrorKind::MalformedAnswer,
                              QString::fromLatin1(m_request.origin.host) % QLatin1String(": ") % *sentence);
    error.httpStatus = m_response.status;
    return error;
}

int QnamExchange::status() const
{
    return m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
}

bool QnamExchange::hasSink() const
{
    return m_request.sink && m_response.status / 100 == 2;
}

Milliseconds QnamExchange::drainAllowance() const
{
    if (!m_body)
        return Milliseconds::zero();
    // Measured to the last movement: the silence itself must not make the line look slower and slower.
    const Milliseconds moving = m_clock.now() - m_watch.silence() - m_sendingSince;
    return m_rates.allowance(m_request.origin, m_body->handedOver(), moving);
}

void QnamExchange::end(std::expected<HttpResponse, Error> outcome)
{
    const ByteCount sent = m_body ? m_body->mostHandedOver() : ByteCount(0);
    if (m_body && m_body->resends() > 0)
        qCInfo(lcNet) << "Qt sent a body again by itself:" << m_request.method << m_body->resends() << "times";
    enter(Phase::Ended);
    silence();
    deleteLater();
    const auto done = std::exchange(m_done, nullptr);
    const auto onEnded = std::exchange(m_onEnded, nullptr);
    onEnded(this);
    if (!done)
        return;
    // From here on `this` may be gone: `done` may destroy the handle, and the transport too.
    if (outcome)
        done(std::move(*outcome));
    else
        done(std::unexpected(HttpFailure{outcome.error(), sent}));
}

void QnamExchange::silence()
{
    m_watch.stop();
    QNetworkReply *reply = std::exchange(m_reply, nullptr);
    m_body = nullptr;
    if (!reply)
        return;
    disconnect(reply, nullptr, this, nullptr);
    if (reply->isRunning())
        reply->abort();
    reply->deleteLater();
}

}  // namespace packmule
