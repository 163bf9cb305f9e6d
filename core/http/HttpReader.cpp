#include "core/http/HttpHead.h"

#include <llhttp.h>

#include <algorithm>
#include <limits>

namespace packmule {

namespace {

/// "name", ": ", value and CRLF: what a field costs beside its bytes.
constexpr qint64 kFieldOverhead = 4;

bool namesChunkedOnly(const HttpHeaders &headers)
{
    int count = 0;
    for (const auto &[name, value] : headers.fields()) {
        if (name.compare("transfer-encoding", Qt::CaseInsensitive) != 0)
            continue;
        if (++count > 1 || value.compare("chunked", Qt::CaseInsensitive) != 0)
            return false;
    }
    return count == 1;
}

}  // namespace

struct HttpReader::State {
    enum class Phase { Idle, Head, Body };

    llhttp_t parser{};
    llhttp_settings_t settings{};
    Side side = Side::Requests;
    HttpHeadLimits limits;
    Callbacks callbacks;

    Phase phase = Phase::Idle;
    HttpHead head;
    QByteArray fieldName, fieldValue;
    qint64 countedBytes = 0;  ///< of this head's (or these trailers') text, as the callbacks saw it
    qint64 fedBytes = 0;      ///< given while no head was complete: also counts white space that no callback sees
    int fieldCount = 0;
    bool finalAnswerHasNoBody = false;
    bool pauseIsWanted = false;
    std::optional<Error> error;

    static State &of(llhttp_t *parser) { return *static_cast<State *>(parser->data); }

    State(Side ofSide, HttpHeadLimits headLimits, Callbacks called);
    void installCallbacks();
    int refuse(const char *reason);
    int countHeadBytes(qint64 bytes);
    int beginMessage();
    int finishField();
    int finishHead();
    int finishMessage();
    int judgeFraming();
    Error malformed(const QString &reason) const;
    int pauseIfWanted() const { return pauseIsWanted ? HPE_PAUSED : HPE_OK; }
    void resumeParser();
};

HttpReader::State::State(Side ofSide, HttpHeadLimits headLimits, Callbacks called)
    : side(ofSide), limits(headLimits), callbacks(std::move(called))
{
    llhttp_settings_init(&settings);
    installCallbacks();
    llhttp_init(&parser, side == Side::Requests ? HTTP_REQUEST : HTTP_RESPONSE, &settings);
    parser.data = this;
}

void HttpReader::State::installCallbacks()
{
    settings.on_message_begin = [](llhttp_t *p) { return of(p).beginMessage(); };
    settings.on_url = [](llhttp_t *p, const char *at, size_t length) {
        State &state = of(p);
        state.head.target.append(at, static_cast<qsizetype>(length));
        if (state.head.target.size() > state.limits.target.value())
            return state.refuse("the request target is too long");
        return state.countHeadBytes(static_cast<qint64>(length));
    };
    settings.on_status = [](llhttp_t *p, const char *at, size_t length) {
        of(p).head.reason.append(at, static_cast<qsizetype>(length));
        return of(p).countHeadBytes(static_cast<qint64>(length));
    };
    settings.on_header_field = [](llhttp_t *p, const char *at, size_t length) {
        of(p).fieldName.append(at, static_cast<qsizetype>(length));
        return of(p).countHeadBytes(static_cast<qint64>(length));
    };
    settings.on_header_value = [](llhttp_t *p, const char *at, size_t length) {
        of(p).fieldValue.append(at, static_cast<qsizetype>(length));
        return of(p).countHeadBytes(static_cast<qint64>(length));
    };
    settings.on_header_value_complete = [](llhttp_t *p) { return of(p).finishField(); };
    settings.on_headers_complete = [](llhttp_t *p) { return of(p).finishHead(); };
    settings.on_chunk_extension_name = [](llhttp_t *p, const char *, size_t length) {
        return of(p).countHeadBytes(static_cast<qint64>(length));
    };
    settings.on_chunk_extension_value = settings.on_chunk_extension_name;
    settings.on_body = [](llhttp_t *p, const char *at, size_t length) {
        State &state = of(p);
        if (state.callbacks.onBody && length > 0)  // llhttp closes a body that runs to the end of the connection with nothing
            state.callbacks.onBody(QByteArray::fromRawData(at, static_cast<qsizetype>(length)));
        return state.pauseIfWanted();
    };
    settings.on_message_complete = [](llhttp_t *p) { return of(p).finishMessage(); };
}

int HttpReader::State::refuse(const char *reason)
{
    llhttp_set_error_reason(&parser, reason);
    return HPE_USER;
}

int HttpReader::State::countHeadBytes(qint64 bytes)
{
    countedBytes += bytes;
    return countedBytes > limits.head.value() ? refuse("the head is too long") : HPE_OK;
}

int HttpReader::State::beginMessage()
{
    phase = Phase::Head;
    head = {};
    fieldName.clear();
    fieldValue.clear();
    countedBytes = 0;
    fieldCount = 0;
    return HPE_OK;
}

int HttpReader::State::finishField()
{
    if (++fieldCount > limits.headerCount)
        return refuse("there are too many header fields");
    while (fieldValue.endsWith(' ') || fieldValue.endsWith('\t'))
        fieldValue.chop(1);
    if (phase == Phase::Head)  // later ones are trailers: counted, checked by llhttp, and dropped
        head.headers.append(fieldName, fieldValue);
    fieldName.clear();
    fieldValue.clear();
    return countHeadBytes(kFieldOverhead);
}

/// What llhttp lets pass but two readers might frame differently (RFC 9112, 6.1 and 6.3).
int HttpReader::State::judgeFraming()
{
    if (parser.http_major != 1 || parser.http_minor > 1)
        return refuse("the HTTP version is not 1.0 or 1.1");
    head.isHttp10 = parser.http_minor == 0;
    if (head.headers.contains("Transfer-Encoding")) {
        if (head.isHttp10)
            return refuse("Transfer-Encoding in an HTTP/1.0 message");
        if (!namesChunkedOnly(head.headers))
            return refuse("a Transfer-Encoding other than chunked");
        head.isChunked = true;
    }
    if ((parser.flags & F_CONTENT_LENGTH) != 0) {
        if (head.isChunked)
            return refuse("both Content-Length and Transfer-Encoding");
        if (parser.content_length > static_cast<quint64>(std::numeric_limits<qint64>::max()))
            return refuse("the Content-Length is too large");
        head.contentLength = ByteCount(static_cast<qint64>(parser.content_length));
    }
    return HPE_OK;
}

int HttpReader::State::finishHead()
{
    if (const int refused = judgeFraming())
        return refused;
    if (side == Side::Requests) {
        head.method = llhttp_method_name(static_cast<llhttp_method_t>(parser.method));
        head.wantsContinue = !head.isHttp10 && head.headers.value("Expect").compare("100-continue", Qt::CaseInsensitive) == 0;
        head.isUpgrade = parser.upgrade != 0;
    } else {
        head.status = parser.status_code;
        head.isUpgrade = head.status == 101;
        const bool isInterim = head.status >= 100 && head.status < 200;
        // The flag rather than the return value 1, because that one leaves no room for a pause.
        if (isInterim || std::exchange(finalAnswerHasNoBody, false))
            parser.flags |= F_SKIPBODY;
    }
    head.keepsAlive = llhttp_should_keep_alive(&parser) != 0;
    phase = Phase::Body;
    fedBytes = 0;
    countedBytes = 0;
    fieldCount = 0;
    if (callbacks.onHead)
        callbacks.onHead(std::exchange(head, {}));
    return pauseIfWanted();
}

int HttpReader::State::finishMessage()
{
    phase = Phase::Idle;
    fedBytes = 0;
    if (callbacks.onMessageEnd)
        callbacks.onMessageEnd();
    return pauseIfWanted();
}

Error HttpReader::State::malformed(const QString &reason) const
{
    const QString subject = side == Side::Requests ? QStringLiteral("The HTTP request is malformed: ")
                                                   : QStringLiteral("The HTTP answer is malformed: ");
    return Error::make(ErrorKind::MalformedAnswer, subject + reason);
}

void HttpReader::State::resumeParser()
{
    pauseIsWanted = false;
    const llhttp_errno_t stoppedBy = llhttp_get_errno(&parser);
    if (stoppedBy == HPE_PAUSED)
        llhttp_resume(&parser);
    else if (stoppedBy == HPE_PAUSED_UPGRADE)
        llhttp_resume_after_upgrade(&parser);
}

HttpReader::HttpReader(Side side, HttpHeadLimits limits, Callbacks callbacks)
    : m_state(std::make_unique<State>(side, limits, std::move(callbacks)))
{
}

HttpReader::~HttpReader() = default;

void HttpReader::expectNoBody()
{
    m_state->finalAnswerHasNoBody = true;
}

void HttpReader::pause()
{
    m_state->pauseIsWanted = true;
}

Result<qsizetype> HttpReader::feed(QByteArrayView bytes)
{
    State &state = *m_state;
    if (state.error)
        return std::unexpected(*state.error);
    state.resumeParser();
    const char *begin = bytes.isEmpty() ? "" : bytes.data();
    const llhttp_errno_t ended = llhttp_execute(&state.parser, begin, static_cast<size_t>(bytes.size()));
    const bool isStopped = ended == HPE_PAUSED || ended == HPE_PAUSED_UPGRADE;
    if (ended != HPE_OK && !isStopped) {
        const char *reason = llhttp_get_error_reason(&state.parser);
        state.error = state.malformed(QString::fromLatin1(reason != nullptr ? reason : llhttp_errno_name(ended)));
        return std::unexpected(*state.error);
    }
    if (state.phase != State::Phase::Body) {
        state.fedBytes += bytes.size();
        // The last piece may hold the end of an earlier message, hence once the limit more than the limit.
        if (state.fedBytes > state.limits.head.value() + bytes.size()) {
            state.error = state.malformed(QStringLiteral("the head is too long"));
            return std::unexpected(*state.error);
        }
    }
    if (!isStopped)
        return bytes.size();
    const char *stoppedAt = llhttp_get_error_pos(&state.parser);
    return stoppedAt == nullptr ? bytes.size() : static_cast<qsizetype>(std::clamp<std::ptrdiff_t>(stoppedAt - begin, 0, bytes.size()));
}

Result<void> HttpReader::feedEnd()
{
    State &state = *m_state;
    if (const auto rest = feed({}); !rest)
        return std::unexpected(rest.error());
    const llhttp_errno_t finished = llhttp_get_errno(&state.parser) == HPE_OK ? llhttp_finish(&state.parser) : HPE_OK;
    // HPE_PAUSED: onMessageEnd asked for a pause, and there is nothing left to hold back.
    const bool isWhole = finished == HPE_OK || finished == HPE_PAUSED;
    if (!isWhole || state.phase != State::Phase::Idle) {
        state.error = state.malformed(QStringLiteral("the connection was closed before its end"));
        return std::unexpected(*state.error);
    }
    return {};
}

}  // namespace packmule
