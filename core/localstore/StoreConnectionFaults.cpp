// The part of StoreConnection that acts out faults; the product never has any.
#include "core/localstore/StoreConnection.h"

#include "core/localstore/SignatureCheck.h"
#include "core/localstore/StoreTime.h"

#include <algorithm>

#include <sys/socket.h>

namespace packmule {

namespace {

using Act = LocalStoreFault::Act;
using namespace std::chrono_literals;

/// The code S3 would send with a status, for faults that name none.
QByteArray usualCode(int status)
{
    switch (status) {
    case 301: return "PermanentRedirect";
    case 307: return "TemporaryRedirect";
    case 403: return "AccessDenied";
    case 404: return "NoSuchKey";
    case 408: return "RequestTimeout";
    case 409: return "OperationAborted";
    case 412: return "PreconditionFailed";
    case 503: return "SlowDown";
    default: return status >= 500 ? "InternalError" : "InvalidRequest";
    }
}

QByteArray chunked(const QByteArray &bytes)
{
    return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n";
}

}  // namespace

bool StoreConnection::reachesFaultOffset()
{
    return m_request && m_faultOffset >= 0 && m_bodyBytes >= m_faultOffset;
}

void StoreConnection::actAtOffset()
{
    m_faultOffset = -1;
    if (m_fault.act == Act::ResetAt) {
        reset();
        return;
    }
    m_stage = Stage::Waiting;
    m_socket->setReadBufferSize(1);  // so that Qt does not read on behind our back
    m_afterDelay = [this] {
        m_socket->setReadBufferSize(m_buffer.size());
        m_stage = Stage::Reading;
        m_readerWaits = true;
        if (std::exchange(m_messageEnded, false))
            actAtEnd();
        readOn();
    };
    m_delay.start(m_fault.delay);
}

void StoreConnection::performThen(const std::function<void(const StoreAnswer &)> &next)
{
    const StoreAnswer done = m_refusal ? errorAnswer(*m_request, *m_refusal) : m_service.operations.perform(*m_request, m_receiver->finish());
    m_receiver.reset();
    Q_EMIT performed(m_request->call, done.status, m_bodyBytes);
    next(done);
}

void StoreConnection::actAtEnd()
{
    const auto waitThen = [this](const std::function<void()> &next) {
        m_stage = Stage::Waiting;
        m_afterDelay = next;
        m_delay.start(m_fault.delay);
    };
    switch (m_fault.act) {
    case Act::None:
    case Act::ResetAt:
    case Act::StopReadingAt:
    case Act::AnswerEarly:
        performThen([this](const StoreAnswer &done) { answer(done, AfterAnswer::NextRequest); });
        return;
    case Act::AnswerInstead:
        answer(madeUpAnswer(), AfterAnswer::NextRequest);
        return;
    case Act::AnswerAfter:
        performThen([this](const StoreAnswer &) { answer(madeUpAnswer(), AfterAnswer::NextRequest); });
        return;
    case Act::CloseAfterRequest:
        closeGently();
        return;
    case Act::CloseAfterDoing:
        performThen([this](const StoreAnswer &) { closeGently(); });
        return;
    case Act::TruncateAnswerAt:
        performThen([this](const StoreAnswer &done) { answer(done, AfterAnswer::Close, m_fault.offset); });
        return;
    case Act::DelayAnswer:
        performThen([this, &waitThen](const StoreAnswer &done) { waitThen([this, done] { answer(done, AfterAnswer::NextRequest); }); });
        return;
    case Act::RawAnswer:
        sendRaw(m_fault.body);
        return;
    case Act::RawAnswerAfter:
        performThen([this](const StoreAnswer &) { sendRaw(m_fault.body); });
        return;
    case Act::WhitespaceThen:
        if (!m_fault.body.isEmpty() || !m_fault.code.isEmpty())
            sendBlanksThen(madeUpAnswer().body);
        else
            performThen([this](const StoreAnswer &done) { sendBlanksThen(done.body); });
        return;
    }
}

StoreAnswer StoreConnection::madeUpAnswer() const
{
    StoreAnswer made;
    const QByteArray code = m_fault.code.isEmpty() ? usualCode(m_fault.status) : m_fault.code;
    const bool hasBody = m_fault.status >= 300 || !m_fault.code.isEmpty();
    if (!m_fault.body.isEmpty())
        made = StoreAnswer::xml(m_fault.body);
    else if (hasBody)
        made = StoreAnswer::xml(errorXml(*m_request, {code, "This answer was made up by a test.", {}}));
    made.status = m_fault.status;
    for (const auto &[name, value] : m_fault.headers)
        made.headers.set(name, value);
    return made;
}

/// As S3 does for a long CompleteMultipartUpload (facts A7.2): the head at once, a blank every second, the document last.
void StoreConnection::sendBlanksThen(const QByteArray &document)
{
    m_stage = Stage::Waiting;
    m_socket->write(answerHead(StoreAnswer::xml({}), m_request->requestId, httpTime(m_service.clock.wallNow()),
                               {.closes = !m_request->call.head.keepsAlive, .isChunked = true}));
    m_socket->flush();
    // Shorter steps for delays of a few seconds, so that quick tests see several blanks too.
    const Milliseconds step = std::max<Milliseconds>(1ms, m_fault.delay >= 5s ? Milliseconds(1s) : m_fault.delay / 5);
    sendBlank(document, step, static_cast<int>(m_fault.delay / step));
}

void StoreConnection::sendBlank(const QByteArray &document, Milliseconds step, int left)
{
    if (left <= 0) {
        m_socket->write(chunked(document) + "0\r\n\r\n");
        m_status = 200;
        m_afterAnswer = m_request->call.head.keepsAlive ? AfterAnswer::NextRequest : AfterAnswer::Close;
        m_writer.begin({}, {});
        m_stage = Stage::Answering;
        writeOn();
        return;
    }
    m_socket->write(chunked(" "));
    m_socket->flush();
    m_afterDelay = [this, document, step, left] { sendBlank(document, step, left - 1); };
    m_delay.start(step);
}

void StoreConnection::sendRaw(const QByteArray &bytes)
{
    m_stage = Stage::Waiting;
    m_status = 0;
    m_socket->write(bytes);
    m_socket->flush();
    m_afterDelay = [this] { closeGently(); };
    m_delay.start(m_fault.delay);
}

void StoreConnection::reset()
{
    m_stage = Stage::Closing;
    reportServed(0);
    const linger atOnce{.l_onoff = 1, .l_linger = 0};  // closing then sends RST and drops what is unsent
    ::setsockopt(static_cast<int>(m_socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    m_socket->abort();
}

}  // namespace packmule
