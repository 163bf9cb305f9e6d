// The part of ServerConnection that answers plainly.
#include "core/stream/ServerConnection.h"

#include "core/base/Redaction.h"
#include "core/stream/StreamIndex.h"

#include <QSslSocket>
#include <QTcpSocket>

#include <array>

namespace packmule {

namespace {

constexpr qint64 kPendingLimit = 256 * 1024;
constexpr qint64 kPieceSize = 64 * 1024;
constexpr qint64 kSniffedBytes = 512;

QByteArray reasonPhrase(int status)
{
    switch (status) {
    case 200: return "OK";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 410: return "Gone";
    case 416: return "Range Not Satisfiable";
    case 426: return "Upgrade Required";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 507: return "Insufficient Storage";
    default: return "Answer";
    }
}

bool isText(const QByteArray &bytes)
{
    return std::none_of(bytes.begin(), bytes.end(), [](char byte) {
        const auto code = static_cast<uchar>(byte);
        return code < 0x20 && code != '\t' && code != '\n' && code != '\r' && code != 0x1b;
    });
}

/// Text is shown, anything else saved; together with nosniff no browser runs what somebody appended.
void appendContentFields(HttpHeaders &fields, const QByteArray &firstBytes)
{
    const bool isShown = isText(firstBytes);
    fields.append("Content-Type", isShown ? "text/plain; charset=utf-8" : "application/octet-stream");
    fields.append("Content-Disposition", isShown ? "inline" : "attachment");
}

/// What was done, in httpfstream's words; a plain request by its method.
QByteArray verbForLog(const StreamRequest &request)
{
    if (request.verb == StreamRequest::Verb::Append)
        return "APPEND";
    return request.webSocketKey ? QByteArray("FOLLOW") : request.head.method;
}

}  // namespace

void ServerConnection::answerText(int status, const QByteArray &text, const HttpHeaders &fields)
{
    HttpHeaders all = fields;
    all.append("Content-Type", "text/plain; charset=utf-8");
    answer(status, std::move(all), text + '\n');
}

void ServerConnection::answerElsewhere()
{
    const auto found = m_service.options.otherPaths ? m_service.options.otherPaths(m_request.head) : std::nullopt;
    if (found)
        answer(found->status, found->headers, found->body);
    else
        answerText(404, "404 page not found");
}

void ServerConnection::answerFolder()
{
    const StreamPath &path = m_request.path.path;
    if (!path.isFolder && !path.names.isEmpty()) {
        HttpHeaders fields;
        fields.append("Location", path.names.last().toPercentEncoding() + '/');
        answerText(301, "Moved Permanently", fields);
        return;
    }
    const auto entries = m_service.root.entries(path);
    if (!entries) {
        answerText(404, "404 page not found");
        return;
    }
    QList<StreamIndexRow> rows;
    for (const StreamEntry &entry : *entries) {
        StreamPath below = path;
        below.names.append(entry.name);
        below.isFolder = false;
        const auto record = entry.isFolder ? std::nullopt : m_service.root.record(below);
        rows.append({.entry = entry, .state = record ? streamStateName(record->state) : QByteArray()});
    }
    HttpHeaders fields;
    fields.append("Content-Type", m_request.wantsJson ? "application/json" : "text/html; charset=utf-8");
    fields.append("Content-Security-Policy", "default-src 'none'");
    answer(200, fields, m_request.wantsJson ? indexJson(rows) : indexHtml(displayName(path.text()).toUtf8(), rows));
}

QByteArray ServerConnection::endingOf(const StreamPath &path, qint64 size) const
{
    if (m_service.hub.live(path))
        return "open";
    const auto record = m_service.root.record(path);
    if (!record || record->length != size)
        return "ended " + QByteArray::number(size);
    return streamStateName(record->state) + ' ' + QByteArray::number(size) + (record->crc64Nvme.isEmpty() ? QByteArray() : QByteArray(' ' + record->crc64Nvme.toHex()));
}

void ServerConnection::answerFile()
{
    const StreamPath &path = m_request.path.path;
    auto file = path.isFolder ? Result<StreamFile>(failure(ErrorKind::NoSuchKey, {})) : m_service.root.openToRead(path);
    const auto size = file ? file->size() : Result<qint64>(std::unexpected(file.error()));
    const auto modified = file ? file->modifiedSeconds() : Result<qint64>(0);
    if (!size || !modified) {
        const bool isHidden = file.has_value() || file.error().kind == ErrorKind::LocalIo;
        answerText(isHidden ? 500 : 404, isHidden ? "failed to open file" : "404 page not found");
        return;
    }
    HttpHeaders fields;
    fields.append("Accept-Ranges", "bytes");
    fields.append("Last-Modified", httpDate(*modified));
    if (m_request.isOurs) {
        fields.append(StreamFields::kStream, "1");
        fields.append(StreamFields::kEnd, endingOf(path, *size));
    }
    const auto since = secondsFromHttpDate(m_request.head.headers.value("If-Modified-Since"));
    if (since && *modified <= *since) {
        answer(304, fields, {});
        return;
    }
    const AskedRange range = askedRange(m_request.head.headers.value("Range"), *size);
    if (range.kind == AskedRange::Kind::Unsatisfiable) {
        fields.append("Content-Range", "bytes */" + QByteArray::number(*size));
        answerText(416, "the stream is shorter", fields);
        return;
    }
    appendContentFields(fields, file->read(0, std::min(kSniffedBytes, *size)).value_or(QByteArray()));
    const bool isPart = range.kind == AskedRange::Kind::Part;
    PlainBody body{.file = std::move(*file), .stream = {}, .position = isPart ? range.first : 0, .end = isPart ? range.last + 1 : *size};
    if (isPart)
        fields.append("Content-Range", "bytes " + QByteArray::number(range.first) + '-' + QByteArray::number(range.last) + '/' + QByteArray::number(*size));
    fields.append("Content-Length", QByteArray::number(body.end - body.position));
    answer(isPart ? 206 : 200, fields, {}, std::move(body));
}

void ServerConnection::answerLive(const std::shared_ptr<LiveStream> &stream)
{
    HttpHeaders fields;
    const qint64 offset = m_request.offset.value_or(0);
    if (offset > stream->length()) {
        fields.append("Content-Range", "bytes */" + QByteArray::number(stream->length()));
        answerText(416, "the stream is shorter", fields);
        return;
    }
    appendContentFields(fields, stream->file().read(0, kSniffedBytes).value_or(QByteArray()));
    fields.append("Transfer-Encoding", "chunked");
    connect(stream.get(), &LiveStream::grown, this, &ServerConnection::writeOn);
    connect(stream.get(), &LiveStream::over, this, &ServerConnection::writeOn);
    answer(200, fields, {}, PlainBody{.file = {}, .stream = stream, .position = offset, .end = 0});
}

void ServerConnection::answer(int status, HttpHeaders fields, const QByteArray &body, PlainBody file)
{
    m_stage = Stage::Answering;
    m_lastMoved = m_service.clock.now();
    m_status = status;
    m_bodyBytes = 0;
    const bool hasOwnLength = fields.contains("Content-Length") || fields.contains("Transfer-Encoding");
    if (!hasOwnLength && status != 304)
        fields.append("Content-Length", QByteArray::number(body.size()));
    fields.append("X-Content-Type-Options", "nosniff");
    fields.append("Date", httpDate(std::chrono::duration_cast<std::chrono::seconds>(m_service.clock.wallNow().time_since_epoch()).count()));
    if (m_closesAfter)
        fields.append("Connection", "close");
    QByteArray head = "HTTP/1.1 " + QByteArray::number(status) + ' ' + reasonPhrase(status) + "\r\n";
    for (const auto &[name, value] : fields.fields())
        head += name + ": " + value + "\r\n";
    head += "\r\n";
    const bool hasBody = m_request.head.method != "HEAD" && status != 304;
    m_socket->write(hasBody ? QByteArray(head + body) : head);
    m_body = hasBody ? std::move(file) : PlainBody{};
    writeOn();
}

void ServerConnection::writeOn()
{
    while (m_stage == Stage::Answering && pendingBytes() < kPendingLimit) {
        if (!writePiece())
            return;
    }
}

/// @return false if there is nothing to write now, or nothing more at all.
bool ServerConnection::writePiece()
{
    const LiveStream *live = m_body.stream.get();
    const qint64 end = live != nullptr ? live->length() : m_body.end;
    const qint64 wanted = std::min(kPieceSize, end - m_body.position);
    if (wanted <= 0) {
        if (live != nullptr && !live->isOver())
            return false;
        const bool isWhole = live == nullptr || live->state() == StreamState::Finished || live->state() == StreamState::Ended;
        if (live != nullptr && isWhole)
            m_socket->write("0\r\n\r\n");
        m_closesAfter = m_closesAfter || !isWhole;  // without the last chunk a client knows that something is missing
        finishAnswer();
        return false;
    }
    std::array<char, kPieceSize> buffer;
    const StreamFile &file = live != nullptr ? live->file() : m_body.file;
    if (file.readInto(buffer.data(), m_body.position, wanted).value_or(0) != wanted) {
        m_socket->abort();  // the file was truncated meanwhile: an answer cut short says so
        return false;
    }
    if (live != nullptr)
        m_socket->write(QByteArray::number(wanted, 16) + "\r\n");
    m_socket->write(buffer.data(), wanted);
    if (live != nullptr)
        m_socket->write("\r\n");
    m_body.position += wanted;
    m_bodyBytes += wanted;
    return true;
}

void ServerConnection::finishAnswer()
{
    if (m_body.stream)
        m_body.stream->disconnect(this);
    m_body = {};
    report({});
    if (m_closesAfter) {
        closeGently();
        return;
    }
    m_stage = Stage::Head;
    m_headTimer = m_service.scheduler.after(m_service.options.idleTimeout, [this] { m_socket->abort(); });
    QMetaObject::invokeMethod(this, &ServerConnection::readOn, Qt::QueuedConnection);
}

void ServerConnection::closeGently()
{
    m_stage = Stage::Closing;
    m_socket->disconnectFromHost();
}

void ServerConnection::onDisconnected()
{
    if (m_stage == Stage::Answering)
        report("lost");
    m_stage = Stage::Closing;
    m_body = {};
    m_headTimer.cancel();
    Q_EMIT ended();
}

void ServerConnection::report(const QByteArray &how)
{
    if (!m_service.options.log)
        return;
    const HttpHead &head = m_request.head;
    m_service.options.log({.peer = m_peer.toString().toLatin1(), .method = head.method, .verb = verbForLog(m_request),
                           .path = head.target.split('?').first(), .status = m_status, .bytes = m_bodyBytes,
                           .took = m_service.clock.now() - m_since, .how = how});
}

qint64 ServerConnection::pendingBytes() const
{
    const auto *tls = qobject_cast<const QSslSocket *>(m_socket);
    return m_socket->bytesToWrite() + (tls == nullptr ? 0 : tls->encryptedBytesToWrite());
}

}  // namespace packmule
