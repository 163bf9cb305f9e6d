#include "core/net/direct/ResponseReader.h"

#include <utility>

namespace packmule {

namespace {

Error malformed(const QString &what)
{
    return Error::make(ErrorKind::MalformedAnswer, QLatin1String("The HTTP answer is malformed: ") + what);
}

}  // namespace

ResponseReader::ResponseReader(Callbacks callbacks)
    : m_callbacks(std::move(callbacks)),
      m_reader(HttpReader::Side::Responses, HttpHeadLimits{},
               {.onHead = [this](const HttpHead &head) { onHead(head); },
                .onBody =
                    [this](const QByteArray &piece) {
                        if (!m_isStopped)
                            m_callbacks.onBody(piece);
                    },
                .onMessageEnd = [this] { onEnd(); }})
{
}

void ResponseReader::expectAnswer(bool isForHead)
{
    m_interimAnswers = 0;
    m_isInterim = m_hasBegun = m_hasEnded = false;
    if (isForHead)
        m_reader.expectNoBody();
}

Result<qsizetype> ResponseReader::feed(QByteArrayView bytes)
{
    if (m_refusal)
        return std::unexpected(*m_refusal);
    if (m_isStopped || m_hasEnded)
        return 0;
    m_hasBegun = m_hasBegun || !bytes.isEmpty();
    const auto taken = m_reader.feed(bytes);
    if (m_refusal)  // by a callback of ours; llhttp saw nothing wrong
        return std::unexpected(*m_refusal);
    if (!taken)
        m_refusal = taken.error();
    return taken;
}

Result<void> ResponseReader::feedEnd()
{
    if (m_refusal)
        return std::unexpected(*m_refusal);
    if (m_isStopped || m_hasEnded)
        return {};
    if (const auto ended = m_reader.feedEnd(); !ended)
        return ended;
    // Between two messages the end is in order for the parser; not for us, who wait for an answer.
    if (!m_hasEnded)
        return std::unexpected(malformed(QStringLiteral("the connection was closed before its end")));
    return {};
}

void ResponseReader::stop()
{
    m_isStopped = true;
    m_reader.pause();
}

void ResponseReader::onHead(const HttpHead &head)
{
    if (m_isStopped || m_refusal)
        return;
    m_isInterim = head.status < 200;
    if (!m_isInterim) {
        m_callbacks.onHead(head);
        return;
    }
    if (head.status < 100)
        m_refusal = malformed(QStringLiteral("its status is no status"));
    else if (head.isUpgrade)
        m_refusal = malformed(QStringLiteral("the server changed the protocol unasked"));
    else if (++m_interimAnswers > kMaxInterimAnswers)
        m_refusal = malformed(QStringLiteral("there are too many interim answers"));
    else if (head.status == 100)
        m_callbacks.onContinue();
    if (m_refusal)
        m_reader.pause();
}

void ResponseReader::onEnd()
{
    if (m_isInterim || m_isStopped || m_refusal)
        return;
    m_hasEnded = true;
    m_reader.pause();
}

bool isLengthKnown(const HttpHead &head)
{
    return head.contentLength || head.isChunked || head.status == 204 || head.status == 304;
}

}  // namespace packmule
