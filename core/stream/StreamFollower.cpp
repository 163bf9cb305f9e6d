#include "core/stream/StreamFollower.h"

#include "core/stream/StreamRequest.h"

namespace packmule {

namespace {

using namespace std::chrono_literals;
constexpr Milliseconds kListenAgain = 1s;
constexpr Milliseconds kSilenceCheck = 10s;
/// Our server pings every 20 s, httpfstream's every 3 s.
constexpr Milliseconds kFollowerSilenceLimit = 70s;

Error verificationError(const QString &detail)
{
    return Error::make(ErrorKind::VerificationFailed, detail);
}

}  // namespace

StreamFollower::StreamFollower(StreamFollowerOptions options, StreamExchangeContext context, QObject *parent)
    : FollowSession(parent), m_options(std::move(options)), m_context(std::move(context)), m_position(m_options.from)
{
}

StreamFollower::~StreamFollower()
{
    m_state = State::Over;
    dropExchange();
}

void StreamFollower::start()
{
    if (m_state != State::Idle)
        return;
    watchSilence();
    ask(StreamExchange::Wish::Upgrade);
}

void StreamFollower::setPaused(bool isPaused)
{
    m_isPaused = isPaused;
    if (m_exchange)
        m_exchange->setReading(!isPaused);
    if (!isPaused && std::exchange(m_isWaitOver, false))
        ask(StreamExchange::Wish::Upgrade);
}

void StreamFollower::ask(StreamExchange::Wish wish)
{
    m_state = State::Asking;
    m_ending.reset();
    m_skip = 0;
    HttpHeaders fields = m_options.fields;
    fields.set("X-Verb", "FOLLOW");
    fields.set(StreamFields::kStream, "1");
    if (m_position > 0 && !m_verifiedEnding) {
        fields.set(StreamFields::kOffset, QByteArray::number(m_position));
        fields.set("Range", "bytes=" + QByteArray::number(m_position) + '-');  // httpfstream honours it once the stream is over
    }
    dropExchange();
    StreamExchangeUser &self = *this;
    m_exchange = std::make_unique<StreamExchange>(m_context, self);
    m_exchange->setReading(!m_isPaused);
    m_exchange->start(m_options.address, wish, fields);
}

void StreamFollower::exchangeUpgraded(const HttpHead &answer)
{
    m_state = State::Streaming;
    const bool isOurs = answer.headers.contains(StreamFields::kStream);
    const qint64 first = isOurs ? answer.headers.value(StreamFields::kOffset).toLongLong() : 0;
    if (first != 0 && first != m_position) {
        fail(Error::make(ErrorKind::MalformedAnswer, QStringLiteral("The server begins at another offset than was asked for")));
        return;
    }
    beginBody(first);
}

void StreamFollower::beginBody(qint64 firstByte)
{
    m_skip = m_position - firstByte;
    m_comparesSkipped = m_skip > 0 && m_options.from == 0;
    m_skipped = PrefixDigest();
    m_hasConnected = true;
    if (!m_verifiedEnding)
        Q_EMIT connected(m_position);
}

void StreamFollower::exchangeAnswered(const HttpHead &answer)
{
    m_state = State::Reading;
    m_ending = streamEnding(answer.headers.value(StreamFields::kEnd));
    const auto range = contentRange(answer.headers);
    if (answer.status == 200) {
        beginBody(0);
    } else if (answer.status == 206 && range && range->first == m_position) {
        beginBody(m_position);
    } else if (answer.status == 416 && range && range->total == m_position) {
        dropExchange();
        conclude(m_ending.value_or(StreamEnding{.how = StreamState::Ended, .length = m_position, .crc64Nvme = {}}));
    } else if (answer.status == 416 && range) {
        fail(verificationError(QStringLiteral("The stream has only %1 bytes; it was truncated or rewritten after byte %2 was read").arg(QString::number(range->total), QString::number(m_position))));
    } else {
        refuseStatus(answer);
    }
}

void StreamFollower::refuseStatus(const HttpHead &answer)
{
    Error error = Error::make(ErrorKind::ServiceRefused, QStringLiteral("The server answers with HTTP status %1").arg(answer.status));
    error.httpStatus = answer.status;
    if (answer.status == 404 && m_options.waitsForStream && !m_hasConnected) {
        dropExchange();
        Q_EMIT absent();
        waitThenAsk(kListenAgain);
        return;
    }
    if (answer.status >= 500 || answer.status == 429) {
        error.kind = ErrorKind::ServerFault;
        retryLater(error);
        return;
    }
    if (answer.status == 404) {
        error.kind = ErrorKind::NoSuchKey;
        error.detail = QStringLiteral("There is no such stream");
    }
    if (answer.status == 401 || answer.status == 403)
        error.kind = ErrorKind::AccessDenied;
    fail(error);
}

/// @return false if what came again is not what came before; then it has failed.
bool StreamFollower::skip(QByteArrayView &view)
{
    const QByteArrayView known = view.first(std::min<qint64>(m_skip, view.size()));
    view = view.sliced(known.size());
    m_skip -= known.size();
    if (m_comparesSkipped)
        m_skipped.add(known);
    if (m_skip > 0 || !m_comparesSkipped || m_skipped.value() == m_digest.value())
        return true;
    fail(verificationError(QStringLiteral("The first %1 bytes are no longer what they were: the stream was rewritten, or bytes came twice").arg(m_position)));
    return false;
}

void StreamFollower::take(QByteArrayView view)
{
    if (m_state == State::Over || (m_skip > 0 && !skip(view)) || view.isEmpty())
        return;
    if (m_verifiedEnding) {
        fail(verificationError(QStringLiteral("The stream is longer than the %1 bytes that were read").arg(m_position)));
        return;
    }
    m_digest.add(view);
    const qint64 offset = std::exchange(m_position, m_position + view.size());
    m_waits.reset();
    Q_EMIT bytesArrived(view.toByteArray(), offset);
}

void StreamFollower::exchangeFinished()
{
    if (m_state != State::Reading)
        return;
    dropExchange();
    if (m_skip > 0) {
        fail(verificationError(QStringLiteral("The stream is shorter than the %1 bytes that were read").arg(m_position)));
        return;
    }
    conclude(m_ending.value_or(StreamEnding{.how = StreamState::Ended, .length = m_position, .crc64Nvme = {}}));
}

void StreamFollower::webSocketEnded(const WebSocketEnd &end)
{
    const auto ending = streamEnding(end.reason);
    const bool isOver = !end.error && (end.code == CloseCode::Normal || end.code == CloseCode::GoingAway || end.code == CloseCode::NoStatus);
    if (isOver && ending) {
        dropExchange();
        conclude(*ending);
    } else if (isOver) {
        ask(StreamExchange::Wish::PlainAnswer);  // the length by which to judge, and the rest if some is missing
    } else {
        retryLater(end.error.value_or(Error::make(ErrorKind::ConnectionLost, QStringLiteral("The server closed with %1").arg(static_cast<int>(end.code)))));
    }
}

void StreamFollower::conclude(const StreamEnding &ending)
{
    if (ending.length > m_position) {
        retryLater(Error::make(ErrorKind::ConnectionLost, QStringLiteral("%1 bytes are missing").arg(ending.length - m_position)));
        return;
    }
    if (ending.length < m_position) {
        fail(verificationError(QStringLiteral("%1 bytes were read of a stream of %2: some came twice, or it was truncated").arg(QString::number(m_position), QString::number(ending.length))));
        return;
    }
    const bool isWhole = m_options.from == 0;
    const bool knowsChecksum = isWhole && !ending.crc64Nvme.isEmpty();
    if (knowsChecksum && ending.crc64Nvme != m_digest.value()) {
        fail(verificationError(QStringLiteral("What was read is not the stream: the checksums differ")));
        return;
    }
    if (m_options.verifies && isWhole && m_position > 0 && !m_verifiedEnding) {
        m_verifiedEnding = ending;
        ask(StreamExchange::Wish::PlainAnswer);
        return;
    }
    m_state = State::Over;
    m_silenceTimer.cancel();
    const bool isReadTwice = m_verifiedEnding.has_value();
    const StreamState how = isReadTwice ? m_verifiedEnding->how : ending.how;
    Q_EMIT ended({.how = how, .length = m_position, .isLengthChecked = true, .isContentChecked = knowsChecksum || isReadTwice});
}

void StreamFollower::retryLater(const Error &why)
{
    if (m_state == State::Over)
        return;
    dropExchange();
    const std::optional<Milliseconds> wait = m_waits.after(why, m_options.mostReconnects);
    if (!wait) {
        fail(why);
        return;
    }
    Q_EMIT reconnecting(*wait, why);
    waitThenAsk(*wait);
}

void StreamFollower::waitThenAsk(Milliseconds wait)
{
    m_state = State::Waiting;
    m_timer = m_context.scheduler.after(wait, [this] {
        if (m_isPaused)
            m_isWaitOver = true;
        else
            ask(m_verifiedEnding ? StreamExchange::Wish::PlainAnswer : StreamExchange::Wish::Upgrade);
    });
}

void StreamFollower::watchSilence()
{
    m_silenceTimer = m_context.scheduler.after(kSilenceCheck, [this] {
        const bool isListening = (m_state == State::Streaming || m_state == State::Reading) && m_exchange && !m_isPaused;
        if (isListening && m_context.clock.now() - m_exchange->lastHeard() > kFollowerSilenceLimit)
            retryLater(Error::make(ErrorKind::Stalled, QStringLiteral("The server has been silent for too long")));
        if (m_state != State::Over)
            watchSilence();
    });
}

void StreamFollower::fail(const Error &error)
{
    if (m_state == State::Over)
        return;
    m_state = State::Over;
    m_timer.cancel();
    m_silenceTimer.cancel();
    dropExchange();
    Q_EMIT failed(error);
}

}  // namespace packmule
