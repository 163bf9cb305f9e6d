#include "core/stream/AppenderLine.h"

namespace packmule {

namespace {

CloseCode closeCodeFor(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::QuotaExceeded: return CloseCode::Policy;
    case ErrorKind::DiskFull: return CloseCode::TryAgainLater;
    default: return CloseCode::ServerFault;
    }
}

QByteArray plainReason(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::QuotaExceeded: return "quota";
    case ErrorKind::DiskFull: return "disk full";
    default: return "the stream cannot be written";
    }
}

}  // namespace

AppenderLine::AppenderLine(StreamService &service, const AppendGrant &grant) : m_service(service), m_stream(grant.stream), m_number(grant.appenderNumber), m_lastPing(service.clock.now())
{
}

void AppenderLine::begin(WebSocketConnection &connection)
{
    m_connection = &connection;
    connect(m_stream.get(), &LiveStream::appenderReplaced, this, [this] { m_connection->abort(); });
}

void AppenderLine::webSocketBytes(QByteArrayView view)
{
    if (!isCurrent() || m_isRefused)
        return;
    const qint64 before = m_stream->length();
    const auto appended = m_service.hub.append(*m_stream, view);
    m_receivedBytes += m_stream->length() - before;
    if (!appended) {
        refuse(appended.error());
        return;
    }
    if (!m_stream->hasLease() || std::exchange(m_isAcknowledging, true))
        return;
    // One acknowledgement for all that is here by the next turn of the event loop.
    m_acknowledgement = m_service.scheduler.after(Milliseconds(0), [this] { acknowledge(); });
}

void AppenderLine::acknowledge()
{
    m_isAcknowledging = false;
    if (!isCurrent() || m_isRefused || !m_connection->hasRoom())
        return;
    if (const auto settled = m_service.hub.settle(*m_stream); !settled)
        refuse(settled.error());
    else
        m_connection->sendText(QByteArray("stored " + QByteArray::number(m_stream->length())));
}

void AppenderLine::refuse(const Error &error)
{
    m_isRefused = true;
    m_connection->close(closeCodeFor(error), plainReason(error));
}

CloseReply AppenderLine::webSocketCloseReply(CloseCode code, const QByteArray &reason)
{
    const bool isFinish = m_stream->hasLease() && code == CloseCode::Normal && reason.startsWith("finished ");
    if (!isFinish || !isCurrent() || m_isRefused)
        return {.code = code, .reason = reason};
    bool isNumber = false;
    const qint64 length = reason.mid(9).toLongLong(&isNumber);
    const auto finished = isNumber ? m_service.hub.finish(m_stream, length) : Result<void>(failure(ErrorKind::InvalidRequest, {}));
    if (finished)
        return {.code = CloseCode::Normal, .reason = reason};
    return {.code = CloseCode::ServerFault, .reason = "stored " + QByteArray::number(m_stream->length())};
}

void AppenderLine::webSocketEnded(const WebSocketEnd &end)
{
    m_acknowledgement.cancel();
    const QByteArray how = m_stream->isOver() ? m_stream->ending() : end.error ? QByteArray("lost") : QByteArray::number(static_cast<int>(end.code));
    if (isCurrent()) {
        const bool isAborted = end.code == CloseCode::Normal && end.reason == "aborted";
        const bool isOurDoing = m_isRefused || end.code == CloseCode::ServiceRestart;
        const bool isGoodOrder = !isOurDoing && (!end.error || end.isBrokenByPeer);
        if (!m_stream->hasLease())
            m_service.hub.end(m_stream, isGoodOrder ? StreamState::Ended : StreamState::Crashed);
        else if (isAborted)
            m_service.hub.end(m_stream, StreamState::Crashed);
        else
            m_service.hub.loseAppender(m_stream);
    }
    Q_EMIT ended(how);
}

void AppenderLine::sweep(MonotonicTime now)
{
    if (!m_stream->hasLease())
        return;  // httpfstream's appender is neither asked nor dropped
    if (now - m_connection->lastHeard() > m_service.options.appenderSilence) {
        m_connection->abort();
    } else if (now - m_lastPing >= m_service.options.pingEvery) {
        m_lastPing = now;
        m_connection->ping();
    }
}

}  // namespace packmule
