#include "core/net/direct/DirectReply.h"

#include "core/base/LogCategories.h"
#include "core/net/NetworkErrorMapping.h"
#include "core/net/direct/Connection.h"
#include "core/net/direct/DirectAttributes.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace packmule {

namespace {

/// How often the kernel is asked while nothing else happens: fine for a progress line, nothing for the processor.
constexpr Milliseconds kLookInterval{250};
/// Progress is told in steps no smaller, the first and the last aside.
constexpr qint64 kProgressStep = 128 * 1024;
/// Unread bytes beyond which the socket is left alone, unless setReadBufferSize() says otherwise.
constexpr qint64 kReplyBufferBytes = 1024 * 1024;

}  // namespace

DirectReply::DirectReply(DirectRequest request, const DirectContext &context, const QNetworkRequest &original,
                         QNetworkAccessManager::Operation operation, QObject *parent)
    : QNetworkReply(parent), m_request(std::move(request)), m_context(context),
      m_watch(context.clock, context.scheduler, [this] { onStalled(); })
{
    setRequest(original);
    setUrl(original.url());
    setOperation(operation);
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    const auto written = writtenHead(m_request.head);
    if (!written) {
        QMetaObject::invokeMethod(
            this, [this, error = written.error()] { fail(error, QNetworkReply::ProtocolInvalidOperationError); }, Qt::QueuedConnection);
        return;
    }
    m_headBytes = *written;
    acquire(false);
}

DirectReply::~DirectReply()
{
    m_phase = Phase::Ended;
    letGo();
}

void DirectReply::abort()
{
    if (m_phase != Phase::Ended)
        fail(Error::make(ErrorKind::Cancelled, QString()), QNetworkReply::OperationCanceledError);
}

qint64 DirectReply::readData(char *bytes, qint64 maximum)
{
    qint64 count = 0;
    while (count < maximum && !m_pieces.isEmpty()) {
        const QByteArray &piece = m_pieces.first();
        const qint64 part = std::min(maximum - count, piece.size() - m_firstPieceRead);
        std::memcpy(bytes + count, piece.constData() + m_firstPieceRead, static_cast<size_t>(part));
        count += part;
        m_firstPieceRead += part;
        if (m_firstPieceRead == piece.size()) {
            m_pieces.removeFirst();
            m_firstPieceRead = 0;
        }
    }
    m_buffered -= count;
    if (m_connection && count > 0 && !m_isTelling)
        m_connection->resumeReading();
    return count == 0 && isFinished() ? -1 : count;
}

void DirectReply::acquire(bool isNew)
{
    enter(Phase::Waiting);
    m_acquiring = m_context.pool.acquire(m_request.head.key, m_request.tls, isNew, [this](Connection &connection) { onConnection(connection); });
}

void DirectReply::onConnection(Connection &connection)
{
    m_connection = &connection;
    enter(Phase::Connecting);
    if (connection.state() == Connection::State::Connecting)
        Q_EMIT socketStartedConnecting();
    if (m_phase == Phase::Ended)
        return;
    connection.begin({.head = m_headBytes,
                      .body = m_request.body,
                      .bodyStart = m_request.bodyStart,
                      .bodySize = m_request.head.bodySize.value(),
                      .isForHead = m_request.head.method == "HEAD",
                      .asksBeforeBody = m_request.head.asksBeforeBody},
                     *this);
}

void DirectReply::connectionMoved()
{
    m_watch.moved();
}

void DirectReply::requestBegan()
{
    m_sendingSince = m_context.clock.now();
    enter(m_request.head.bodySize > ByteCount(0) ? Phase::Sending : Phase::Awaiting);
    if (m_request.head.key.origin.isEncrypted)
        Q_EMIT encrypted();
    if (m_phase != Phase::Ended)
        Q_EMIT requestSent();
}

void DirectReply::requestMoved()
{
    lookAtAcknowledged();
}

/// May end this reply, since it tells of progress.
void DirectReply::lookAtAcknowledged()
{
    if (!m_connection || (m_phase != Phase::Sending && m_phase != Phase::Awaiting))
        return;
    m_handedOver = std::max(m_handedOver, m_connection->bodyHandedOver());
    const qint64 acknowledged = m_connection->bodyAcknowledged();
    if (acknowledged > m_acknowledged) {
        m_acknowledged = acknowledged;
        m_watch.moved();
    }
    const qint64 total = m_request.head.bodySize.value();
    const bool isOut = m_connection->isBodyHandedOver() && m_acknowledged >= total;
    if (m_phase == Phase::Sending && isOut)
        enter(Phase::Awaiting);
    const bool isFirstOrLast = m_acknowledged > m_progressTold && (isOut || m_progressTold == 0);
    const bool isWorthTelling = isFirstOrLast || m_acknowledged >= m_progressTold + kProgressStep;
    if (!isWorthTelling)
        return;
    m_progressTold = m_acknowledged;
    Q_EMIT uploadProgress(m_acknowledged, total);
}

void DirectReply::lookAgainLater()
{
    m_nextLook = m_context.scheduler.after(kLookInterval, [this] {
        lookAtAcknowledged();
        if (m_phase == Phase::Sending)
            lookAgainLater();
    });
}

void DirectReply::answerBegan(const HttpHead &head)
{
    lookAtAcknowledged();
    if (m_phase == Phase::Ended)
        return;
    const qint64 total = m_request.head.bodySize.value();
    if (m_connection->isBodyHandedOver() && total > 0)
        m_context.rates.learn(m_request.head.key.origin, ByteCount(total), m_context.clock.now() - m_sendingSince);
    m_status = head.status;
    enter(Phase::Receiving);
    if (head.status == 407 && m_request.head.key.isReadByProxy()) {
        fail(networkError({.origin = m_request.head.key.origin, .code = QNetworkReply::ProxyAuthenticationRequiredError,
                           .qtText = {}, .tlsErrors = {}, .proxy = m_request.head.key.proxy, .bodyReason = {}}),
             QNetworkReply::ProxyAuthenticationRequiredError);
        return;
    }
    if (m_request.needsLength && head.status / 100 == 2 && m_request.head.method != "HEAD" && !isLengthKnown(head)) {
        fail(Error::make(ErrorKind::MalformedAnswer,
                         QString::fromLatin1(m_request.head.key.origin.host)
                             % QLatin1String(": the answer has no length, so a cut could not be told from its end")),
             QNetworkReply::ProtocolFailure);
        return;
    }
    setAttribute(QNetworkRequest::HttpStatusCodeAttribute, head.status);
    setAttribute(QNetworkRequest::HttpReasonPhraseAttribute, head.reason);
    setAttribute(DirectAttribute::WasResent, m_wasResent);
    QHttpHeaders fields;
    for (const auto &[name, value] : head.headers.fields())
        fields.append(QLatin1StringView(name), QLatin1StringView(value));
    setHeaders(std::move(fields));
    Q_EMIT metaDataChanged();
}

bool DirectReply::answerBytes(const QByteArray &view)
{
    m_pieces.append(QByteArray(view.constData(), view.size()));
    m_buffered += view.size();
    m_isTelling = true;
    Q_EMIT readyRead();
    m_isTelling = false;
    const qint64 limit = readBufferSize() > 0 ? readBufferSize() : kReplyBufferBytes;
    return m_buffered < limit;
}

void DirectReply::answerEnded()
{
    m_connection = nullptr;
    const qint64 total = m_request.head.bodySize.value();
    if (m_status / 100 == 2 && m_progressTold < total) {
        // The kernel's word may lag behind the answer that contains it.
        m_progressTold = m_acknowledged = total;
        Q_EMIT uploadProgress(total, total);
        if (m_phase == Phase::Ended)
            return;
    }
    finish();
}

void DirectReply::connectionBroken(const ConnectionBreak &why)
{
    if (m_connection)
        m_handedOver = std::max(m_handedOver, m_connection->bodyHandedOver());
    m_connection = nullptr;
    if (isResendable(why)) {
        qCInfo(lcNet) << "an idle connection was closed under" << m_request.head.method << "- sent again on a new one";
        m_wasResent = true;
        m_acknowledged = 0;
        acquire(true);
        return;
    }
    if (why.cause == ConnectionBreak::Cause::Malformed) {
        fail(Error::make(ErrorKind::MalformedAnswer, QString::fromLatin1(m_request.head.key.origin.host) % QLatin1String(": ") % why.reason),
             QNetworkReply::ProtocolFailure);
        return;
    }
    const QNetworkReply::NetworkError code = why.cause == ConnectionBreak::Cause::Body ? QNetworkReply::UnknownNetworkError : why.code;
    fail(networkError({.origin = m_request.head.key.origin, .code = code, .qtText = why.qtText, .tlsErrors = why.tlsErrors,
                       .proxy = m_request.head.key.proxy,
                       .hasSpoken = m_phase != Phase::Waiting && m_phase != Phase::Connecting,
                       .hasFailedBody = why.cause == ConnectionBreak::Cause::Body, .bodyReason = why.reason}),
         code);
}

/// RFC 9110, 9.2.2: a client may repeat idempotent requests by itself; POST is not one.
bool DirectReply::isResendable(const ConnectionBreak &why) const
{
    const QByteArray &method = m_request.head.method;
    const bool isIdempotent = method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE";
    return why.isStale && isIdempotent && !m_wasResent;
}

bool DirectReply::isObject() const
{
    return m_request.needsLength && m_status / 100 == 2;
}

void DirectReply::enter(Phase phase)
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
        lookAgainLater();
        return;
    case Phase::Awaiting:
        m_watch.expect(limits.answer, drain);
        return;
    case Phase::Receiving:
        m_nextLook.cancel();
        m_watch.expect(isObject() ? limits.noProgress : limits.answer);
        return;
    case Phase::Waiting:
    case Phase::Ended:
        m_nextLook.cancel();
        m_watch.expect(Milliseconds::zero());
        return;
    }
}

/// Asked by the watch before it gives up, so the last look is never older than the limit.
Milliseconds DirectReply::drainAllowance() const
{
    if (!m_connection || m_request.head.bodySize == ByteCount(0) || m_connection->isAcknowledgementKnown())
        return Milliseconds::zero();
    const Milliseconds moving = m_context.clock.now() - m_watch.silence() - m_sendingSince;
    return m_context.rates.allowance(m_request.head.key.origin, ByteCount(m_connection->bodyHandedOver()), moving);
}

void DirectReply::onStalled()
{
    const auto &key = m_request.head.key;
    QString host = QString::fromLatin1(key.origin.host);
    if (key.proxy.type() != QNetworkProxy::NoProxy)
        host += QStringLiteral(" through the proxy %1:%2").arg(key.proxy.hostName(), QString::number(key.proxy.port()));
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(m_watch.silence()).count();
    if (m_phase == Phase::Sending)
        m_context.rates.doubt(key.origin);
    const QString what = m_phase == Phase::Connecting ? QStringLiteral("No connection to %1 came about within %2 s")
                                                      : QStringLiteral("Nothing moved to or from %1 for %2 s");
    fail(Error::make(ErrorKind::Stalled, what.arg(host, QString::number(seconds))), QNetworkReply::TimeoutError);
}

void DirectReply::fail(const Error &error, QNetworkReply::NetworkError code)
{
    if (m_phase == Phase::Ended)
        return;
    Error told = error;
    if (m_status != 0)
        told.httpStatus = m_status;
    setAttribute(DirectAttribute::Failure, QVariant::fromValue(told));
    setError(code, told.detail);
    letGo();
    m_phase = Phase::Ended;
    Q_EMIT errorOccurred(code);
    finish();
}

void DirectReply::finish()
{
    letGo();
    enter(Phase::Ended);
    setAttribute(DirectAttribute::HandedOver, m_handedOver);
    setAttribute(DirectAttribute::Acknowledged, m_acknowledged);
    setAttribute(DirectAttribute::WasResent, m_wasResent);
    setFinished(true);
    Q_EMIT readChannelFinished();
    Q_EMIT finished();
}

void DirectReply::letGo()
{
    m_acquiring.cancel();
    m_nextLook.cancel();
    m_watch.stop();
    if (Connection *connection = m_connection) {
        m_handedOver = std::max(m_handedOver, connection->bodyHandedOver());
        m_connection = nullptr;
        connection->leave();
    }
}

}  // namespace packmule
