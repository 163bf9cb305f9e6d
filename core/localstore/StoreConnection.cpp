#include "core/localstore/StoreConnection.h"

#include "core/localstore/ReadBudget.h"
#include "core/localstore/SignatureCheck.h"
#include "core/localstore/StoreTime.h"

#include <QSslSocket>

namespace packmule {

namespace {

using namespace std::chrono_literals;
constexpr qsizetype kBufferSize = 64 * 1024;
constexpr qint64 kSocketBuffer = 256 * 1024;
constexpr Milliseconds kLongestPause = 2min;      // in the midst of a request or an answer
constexpr Milliseconds kLongestIdleTime = 5min;   // between requests

QByteArray requestIdOf(quint64 count)
{
    return QByteArray::number(count, 16).toUpper().rightJustified(16, '0');
}

}  // namespace

StoreConnection::StoreConnection(QTcpSocket *socket, StoreService &service, QObject *parent)
    : QObject(parent)
    , m_socket(socket)
    , m_service(service)
    , m_reader(HttpReader::Side::Requests, {},
               {.onHead =
                    [this](HttpHead head) {
                        m_arrivedHead = std::move(head);
                        m_reader.pause();
                        m_readerWaits = true;
                    },
                .onBody =
                    [this](const QByteArray &piece) {
                        m_bodyBytes += piece.size();
                        if (m_receiver)
                            m_receiver->add(piece);
                    },
                .onMessageEnd =
                    [this] {
                        m_messageEnded = true;
                        m_reader.pause();
                        m_readerWaits = true;
                    }})
    , m_writer(*socket)
    , m_buffer(kBufferSize, Qt::Uninitialized)
    , m_lastMoved(service.clock.now())
{
    m_socket->setParent(this);
    m_socket->setReadBufferSize(service.budget == nullptr ? kSocketBuffer : kBufferSize);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_delay.setSingleShot(true);
    m_delay.setTimerType(Qt::PreciseTimer);  // a coarse one may come 5 % early
    connect(&m_delay, &QTimer::timeout, this, [this] {
        if (const auto next = std::exchange(m_afterDelay, nullptr))
            next();
    });
    const auto *tls = qobject_cast<QSslSocket *>(m_socket);
    // QSslSocket tells from inside its encrypting; flushing there, for a client that has just gone, frees what it is using.
    const Qt::ConnectionType turn = tls == nullptr ? Qt::AutoConnection : Qt::QueuedConnection;
    connect(m_socket, &QTcpSocket::readyRead, this, &StoreConnection::readOn, turn);
    connect(m_socket, &QTcpSocket::bytesWritten, this, &StoreConnection::writeOn, turn);
    connect(m_socket, &QTcpSocket::disconnected, this, &StoreConnection::onDisconnected);
    if (tls != nullptr)
        connect(tls, &QSslSocket::encryptedBytesWritten, this, &StoreConnection::writeOn, turn);
    if (service.budget != nullptr)
        connect(service.budget, &ReadBudget::refilled, this, &StoreConnection::readOn);
    QMetaObject::invokeMethod(this, &StoreConnection::readOn, Qt::QueuedConnection);  // what came before we listened
}

StoreConnection::~StoreConnection() = default;

void StoreConnection::readOn()
{
    if (m_isReading)
        return;
    m_isReading = true;
    while (m_stage == Stage::Reading) {
        if (m_begin == m_end && !m_readerWaits && !fillBuffer())
            break;
        if (!feedReader())
            break;
    }
    m_isReading = false;
}

bool StoreConnection::fillBuffer()
{
    const qint64 available = std::min<qint64>(m_socket->bytesAvailable(), m_buffer.size());
    if (available <= 0)
        return false;
    const qint64 allowed = m_service.budget == nullptr ? available : m_service.budget->take(available);
    if (allowed <= 0)
        return false;
    m_begin = 0;
    m_end = std::max<qint64>(0, m_socket->read(m_buffer.data(), allowed));
    m_lastMoved = m_service.clock.now();
    return m_end > 0;
}

/// @return false if the connection is done for.
bool StoreConnection::feedReader()
{
    qsizetype size = m_end - m_begin;
    if (m_request && m_faultOffset > m_bodyBytes)
        size = std::min<qsizetype>(size, m_faultOffset - m_bodyBytes);  // so that the fault strikes at the very byte
    m_readerWaits = false;
    const auto taken = m_reader.feed(QByteArrayView(m_buffer).sliced(m_begin, size));
    if (!taken) {
        refuseMalformed();
        return false;
    }
    m_begin += *taken;
    if (m_arrivedHead)
        beginRequest();
    else if (reachesFaultOffset())
        actAtOffset();
    else if (std::exchange(m_messageEnded, false))
        endRequest();
    return true;
}

void StoreConnection::beginRequest()
{
    m_request = routedRequest(*std::exchange(m_arrivedHead, std::nullopt), requestIdOf(++m_service.requestCount));
    m_bodyBytes = 0;
    m_refusal.reset();
    m_receiver.reset();
    m_messageEnded = false;
    m_fault = m_service.faultHook ? m_service.faultHook(m_request->call) : LocalStoreFault();
    const bool hasOffset = m_fault.act == LocalStoreFault::Act::ResetAt || m_fault.act == LocalStoreFault::Act::StopReadingAt;
    m_faultOffset = hasOffset ? m_fault.offset : -1;
    if (m_fault.act == LocalStoreFault::Act::AnswerEarly) {
        const bool hasUnread = m_request->call.head.isChunked || m_request->call.head.contentLength.value_or(ByteCount(0)) > ByteCount(0);
        answer(madeUpAnswer(), hasUnread ? AfterAnswer::Reset : AfterAnswer::Close);
        return;
    }
    if (const auto judged = m_service.signatures.judge(*m_request); !judged)
        m_refusal = judged.error();
    const auto plan = m_refusal ? S3Outcome<BodyPlan>(std::unexpected(*m_refusal)) : m_service.operations.planBody(*m_request);
    if (!plan)
        m_refusal = plan.error();
    m_receiver = std::make_unique<BodyReceiver>(plan.value_or(BodyPlan()));
    if (reachesFaultOffset()) {
        actAtOffset();
        return;
    }
    const bool waitsForUs = m_request->call.head.wantsContinue && m_bodyBytes == 0;
    if (waitsForUs && m_refusal && m_fault.act == LocalStoreFault::Act::None) {
        answer(errorAnswer(*m_request, *m_refusal), AfterAnswer::Close);  // the body will not come, or would be drained for nothing
        return;
    }
    if (waitsForUs) {
        m_socket->write("HTTP/1.1 100 Continue\r\n\r\n");
        m_socket->flush();
    }
}

void StoreConnection::refuseMalformed()
{
    StoreRequest unknown;
    unknown.requestId = requestIdOf(++m_service.requestCount);
    m_request = unknown;
    m_fault = {};
    answer(errorAnswer(unknown, {"BadRequest", "An error occurred when parsing the HTTP request.", {}}), AfterAnswer::Close);
}

void StoreConnection::endRequest()
{
    if (m_faultOffset < 0) {
        actAtEnd();
        return;
    }
    m_messageEnded = true;  // the body was shorter than the offset: it strikes at the end
    actAtOffset();
}

void StoreConnection::answer(const StoreAnswer &given, AfterAnswer after, qint64 limit)
{
    const HttpHead &head = m_request->call.head;
    const bool closes = after != AfterAnswer::NextRequest || (!head.method.isEmpty() && !head.keepsAlive);
    m_afterAnswer = closes && after == AfterAnswer::NextRequest ? AfterAnswer::Close : after;
    m_stage = Stage::Answering;
    m_status = given.status;
    const bool hasBody = head.method != "HEAD";
    QByteArray bytes = answerHead(given, m_request->requestId, httpTime(m_service.clock.wallNow()),
                                  {.closes = closes, .isHttp10 = head.isHttp10});
    if (hasBody)
        bytes += given.body;
    m_writer.begin(bytes, hasBody ? given.slices : QList<FileSlice>(), limit);
    writeOn();
}

void StoreConnection::writeOn()
{
    m_lastMoved = m_service.clock.now();
    if (m_stage != Stage::Answering)
        return;
    switch (m_writer.writeOn()) {
    case AnswerWriter::Progress::Going:
        return;
    case AnswerWriter::Progress::Broken:
        m_status = 0;
        reset();
        return;
    case AnswerWriter::Progress::Finished:
        if (m_afterAnswer == AfterAnswer::Reset && m_writer.pendingBytes() > 0)
            return;  // a reset would take what is not sent with it
        finishAnswer();
        return;
    }
}

void StoreConnection::finishAnswer()
{
    reportServed(m_status);
    switch (m_afterAnswer) {
    case AfterAnswer::NextRequest:
        m_stage = Stage::Reading;
        readOn();
        return;
    case AfterAnswer::Close:
        closeGently();
        return;
    case AfterAnswer::Reset:
        reset();
        return;
    }
}

void StoreConnection::reportServed(int status)
{
    if (!m_request)
        return;
    const LocalStoreCall call = m_request->call;
    m_request.reset();
    m_receiver.reset();
    m_faultOffset = -1;
    Q_EMIT served(call, status, m_bodyBytes);
}

void StoreConnection::closeGently()
{
    m_stage = Stage::Closing;
    reportServed(0);
    m_socket->disconnectFromHost();
}

void StoreConnection::closeIfStale(MonotonicTime now)
{
    const bool isBusy = m_stage == Stage::Waiting;
    const Milliseconds limit = m_request ? kLongestPause : kLongestIdleTime;
    if (!isBusy && now - m_lastMoved > limit)
        reset();
}

void StoreConnection::onDisconnected()
{
    m_stage = Stage::Closing;
    m_delay.stop();
    m_afterDelay = nullptr;
    reportServed(0);
    Q_EMIT ended();
    deleteLater();
}

}  // namespace packmule
