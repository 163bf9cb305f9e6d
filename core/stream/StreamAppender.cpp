#include "core/stream/StreamAppender.h"

#include "core/stream/StreamRequest.h"

namespace packmule {

namespace {

using namespace std::chrono_literals;
constexpr Milliseconds kAskAgain = 1s;
/// httpfstream's servers drop an appender that is silent for 5 s (the oldest) or 25 s; only a pong or data counts.
constexpr Milliseconds kPongEvery = 2s;
/// One message, in one frame: what every httpfstream follower can take whole (facts/streams.md, 1.5).
constexpr qsizetype kMessageBytes = 32 * 1024;
constexpr qsizetype kLongestAnswer = 64;
/// Our server pings every 20 s.
constexpr Milliseconds kSilenceLimit = 70s;
constexpr int kLengthTries = 5;
constexpr Milliseconds kLengthWait = 500ms;

}  // namespace

StreamAppender::StreamAppender(StreamAppenderOptions options, StreamExchangeContext context, QObject *parent)
    : QObject(parent), m_options(std::move(options)), m_context(std::move(context))
{
}

StreamAppender::~StreamAppender()
{
    m_state = State::Over;
    dropExchange();
}

void StreamAppender::start()
{
    if (m_state != State::Idle)
        return;
    keepAlive();
    ask();
}

qint64 StreamAppender::room() const
{
    return m_isFinishing || m_state == State::Over ? 0 : std::max<qint64>(0, m_options.bufferLimit - (m_buffer.size() - m_taken));
}

qint64 StreamAppender::write(QByteArrayView bytes)
{
    const qint64 taken = std::min<qint64>(bytes.size(), room());
    m_buffer.append(bytes.first(taken));
    pump();
    return taken;
}

void StreamAppender::finish()
{
    m_isFinishing = true;
    pump();
}

void StreamAppender::abort()
{
    if (m_state == State::Appending && m_exchange && m_exchange->connection() != nullptr)
        m_exchange->connection()->closeAtOnce(CloseCode::Normal, "aborted");
    fail(Error::make(ErrorKind::Cancelled, QStringLiteral("Appending was aborted")));
}

void StreamAppender::ask()
{
    m_state = State::Asking;
    m_message.clear();
    HttpHeaders fields = m_options.fields;
    fields.set("X-Verb", "APPEND");
    fields.set(StreamFields::kStream, "1");
    if (!m_leaseId.isEmpty())
        fields.set(StreamFields::kLease, m_leaseId);
    dropExchange();
    StreamExchangeUser &self = *this;
    m_exchange = std::make_unique<StreamExchange>(m_context, self);
    m_exchange->start(m_options.address, StreamExchange::Wish::Upgrade, fields);
}

void StreamAppender::exchangeUpgraded(const HttpHead &answer)
{
    m_isOurServer = answer.headers.contains(StreamFields::kStream);
    if (!m_isOurServer) {
        probeThenBegin();
        return;
    }
    const auto goesOn = goOnAt(answer.headers.value(StreamFields::kOffset).toLongLong(), answer.headers.value(StreamFields::kLease));
    if (goesOn)
        begin();
    else
        fail(goesOn.error());
}

Result<void> StreamAppender::goOnAt(qint64 offset, const QByteArray &leaseId)
{
    if (!m_hasBegun) {
        m_leaseId = leaseId;
        m_base = offset;
        return {};
    }
    if (leaseId != m_leaseId)
        return failure(ErrorKind::Conflict, QStringLiteral("Another appender took the stream's place after byte %1 was stored").arg(m_base));
    if (offset < m_base || offset > totalOffset())
        return failure(ErrorKind::VerificationFailed, QStringLiteral("The server has %1 bytes, but had confirmed %2 of %3").arg(QString::number(offset), QString::number(m_base), QString::number(totalOffset())));
    acknowledge(offset);
    return {};
}

void StreamAppender::probeThenBegin()
{
    m_state = State::Probing;
    m_probe = std::make_unique<LengthProbe>(m_context, m_options.address, m_options.fields, [this](const Result<qint64> &length) {
        if (m_state != State::Probing)
            return;
        if (!length) {
            fail(length.error());
            return;
        }
        m_base = *length;
        begin();
    });
}

void StreamAppender::begin()
{
    m_state = State::Appending;
    m_hasBegun = true;
    m_sent = 0;
    Q_EMIT connected(m_base);
    // The socket's first turn may be this one: what is sent now goes out with it.
    m_timer = m_context.scheduler.after(0ms, [this] { pump(); });
}

void StreamAppender::pump()
{
    if (m_state != State::Appending)
        return;
    WebSocketConnection &connection = *m_exchange->connection();
    bool hasSent = false;
    while (connection.hasRoom() && m_taken + m_sent < m_buffer.size()) {
        const qsizetype size = std::min(kMessageBytes, m_buffer.size() - m_taken - m_sent);
        connection.sendText(QByteArrayView(m_buffer).sliced(m_taken + m_sent, size));
        m_sent += size;
        hasSent = true;
    }
    if (hasSent && !m_isOurServer)
        acknowledge(m_base + m_sent);  // nobody will; what is on its way cannot be sent again
    closeIfFinished();
}

void StreamAppender::closeIfFinished()
{
    if (!m_isFinishing || m_taken + m_sent < m_buffer.size())
        return;
    m_state = State::Closing;
    m_exchange->connection()->close(CloseCode::Normal, m_isOurServer ? QByteArray("finished " + QByteArray::number(totalOffset())) : QByteArray());
}

void StreamAppender::acknowledge(qint64 offset)
{
    const auto done = static_cast<qsizetype>(offset - m_base);
    if (done <= 0 || m_taken + done > m_buffer.size())
        return;
    const bool wasFull = room() == 0;
    m_base = offset;
    m_taken += done;
    m_sent = std::max<qsizetype>(0, m_sent - done);
    if (m_taken == m_buffer.size() || m_taken > m_options.bufferLimit / 2) {
        m_buffer.remove(0, m_taken);
        m_taken = 0;
    }
    m_waits.reset();
    Q_EMIT stored(m_base);
    if (wasFull && room() > 0)
        Q_EMIT hasRoom();
}

void StreamAppender::webSocketBytes(QByteArrayView view)
{
    m_message.append(view.first(std::min<qsizetype>(view.size(), kLongestAnswer - std::min(m_message.size(), kLongestAnswer))));
}

void StreamAppender::webSocketMessageEnded()
{
    const QByteArray message = std::exchange(m_message, {});
    bool isNumber = false;
    const qint64 offset = message.mid(7).toLongLong(&isNumber);
    if (m_isOurServer && message.startsWith("stored ") && isNumber)
        acknowledge(offset);
}

void StreamAppender::exchangeAnswered(const HttpHead &answer)
{
    const auto ending = streamEnding(answer.headers.value(StreamFields::kEnd));
    Error error = Error::make(ErrorKind::ServiceRefused, QStringLiteral("The server answers with HTTP status %1").arg(answer.status));
    error.httpStatus = answer.status;
    const bool isOurServer = answer.headers.contains(StreamFields::kStream);
    const bool isBusy = answer.status == 403 && (!isOurServer || answer.headers.contains(StreamFields::kEnd));
    if (answer.status == 410 && m_isFinishing && ending && ending->length == totalOffset()) {
        m_base = ending->length;
        endWell();
    } else if (isBusy && m_options.waitsForItsTurn && !m_hasBegun) {
        dropExchange();
        Q_EMIT busy();
        waitThenAsk(kAskAgain);
    } else if (isBusy) {
        error.kind = ErrorKind::Conflict;
        error.detail = QStringLiteral("Another appender is active");
        fail(error);
    } else if (answer.status == 401 || answer.status == 403) {
        error.kind = ErrorKind::AccessDenied;
        fail(error);
    } else if (answer.status == 507) {
        error.kind = ErrorKind::QuotaExceeded;
        fail(error);
    } else if (answer.status == 429 || answer.status >= 502) {
        retryLater(error);
    } else {
        fail(error);
    }
}

void StreamAppender::webSocketEnded(const WebSocketEnd &end)
{
    if (m_state == State::Over)
        return;
    const bool wasClosing = m_state == State::Closing;
    const Error lost = end.error.value_or(Error::make(ErrorKind::ConnectionLost, QStringLiteral("The server closed with %1 %2")
                                                                                      .arg(QString::number(static_cast<int>(end.code)), QString::fromUtf8(end.reason))));
    if (!m_isOurServer) {
        dropExchange();
        checkLength(wasClosing ? Error::make(ErrorKind::VerificationFailed, {}) : lost, wasClosing ? kLengthTries : 1);
    } else if (wasClosing && end.code == CloseCode::Normal && end.reason == "finished " + QByteArray::number(totalOffset())) {
        m_base = totalOffset();
        endWell();
    } else if (end.code == CloseCode::Policy && !end.error) {
        fail(Error::make(ErrorKind::QuotaExceeded, QStringLiteral("The server takes no more bytes: %1").arg(QString::fromUtf8(end.reason))));
    } else {
        retryLater(lost);
    }
}

/// What another server than ours has at the end; it acknowledges nothing, and may still be writing.
void StreamAppender::checkLength(const Error &ifShort, int triesLeft)
{
    m_state = State::Checking;
    m_probe = std::make_unique<LengthProbe>(m_context, m_options.address, m_options.fields, [this, ifShort, triesLeft](const Result<qint64> &length) {
        const bool isWhole = length && *length == totalOffset();
        if (isWhole && ifShort.kind == ErrorKind::VerificationFailed) {
            endWell();
        } else if (triesLeft > 1) {
            m_timer = m_context.scheduler.after(kLengthWait, [this, ifShort, triesLeft] { checkLength(ifShort, triesLeft - 1); });
        } else {
            Error error = ifShort;
            const QString found = length ? QString::number(*length) : QStringLiteral("an unknown number of");
            error.detail = QStringLiteral("The server does not confirm what it stores; it has %1 bytes of %2. %3").arg(found, QString::number(totalOffset()), ifShort.detail);
            fail(error);
        }
    });
}

void StreamAppender::retryLater(const Error &why)
{
    if (m_state == State::Over)
        return;
    dropExchange();
    m_sent = 0;
    const std::optional<Milliseconds> wait = m_waits.after(why, m_options.mostReconnects);
    if (!wait) {
        fail(why);
        return;
    }
    Q_EMIT reconnecting(*wait, why);
    waitThenAsk(*wait);
}

void StreamAppender::waitThenAsk(Milliseconds wait)
{
    m_state = State::Waiting;
    m_timer = m_context.scheduler.after(wait, [this] { ask(); });
}

void StreamAppender::keepAlive()
{
    m_pongTimer = m_context.scheduler.after(kPongEvery, [this] {
        const bool isOpen = m_state == State::Appending || m_state == State::Probing;
        if (isOpen)
            m_exchange->connection()->pong();
        if (isOpen && m_isOurServer && m_context.clock.now() - m_exchange->lastHeard() > kSilenceLimit)
            retryLater(Error::make(ErrorKind::Stalled, QStringLiteral("The server has been silent for too long")));
        if (m_state != State::Over)
            keepAlive();
    });
}

void StreamAppender::fail(const Error &error)
{
    if (m_state == State::Over)
        return;
    m_state = State::Over;
    m_timer.cancel();
    m_pongTimer.cancel();
    m_probe.reset();
    dropExchange();
    Q_EMIT failed(error);
}

void StreamAppender::endWell()
{
    m_state = State::Over;
    m_timer.cancel();
    m_pongTimer.cancel();
    dropExchange();
    Q_EMIT finished(m_base);
}

}  // namespace packmule
