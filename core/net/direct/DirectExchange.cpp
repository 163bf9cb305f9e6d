#include "core/net/direct/DirectExchange.h"

#include "core/net/AnswerHead.h"
#include "core/net/direct/DirectAttributes.h"

#include <algorithm>
#include <utility>

namespace packmule {

namespace {

constexpr qint64 kPieceBytes = 64 * 1024;

}  // namespace

DirectExchange::DirectExchange(HttpRequest request, HttpTransport::Progress progress, HttpTransport::DoneExchange done,
                               std::function<void(DirectExchange *)> onEnded)
    : m_request(std::move(request)), m_progress(std::move(progress)), m_done(std::move(done)), m_onEnded(std::move(onEnded))
{
}

DirectExchange::~DirectExchange()
{
    // The callbacks die with the members, and may own the very handle that then asks to cancel.
    m_hasEnded = true;
    silence();
}

void DirectExchange::start(const std::function<QNetworkReply *(QIODevice *)> &begin)
{
    m_reply = begin(m_request.body.get());
    connect(m_reply, &QNetworkReply::uploadProgress, this, [this](qint64 sent, qint64 total) {
        if (m_progress)
            m_progress(ByteCount(sent), ByteCount(total));
    });
    connect(m_reply, &QNetworkReply::metaDataChanged, this, &DirectExchange::onHead);
    connect(m_reply, &QNetworkReply::readyRead, this, &DirectExchange::onBytes);
    // Queued: `done` may take the transport and with it the reply away, which must not happen inside its own signal.
    connect(m_reply, &QNetworkReply::finished, this, &DirectExchange::onFinished, Qt::QueuedConnection);
}

void DirectExchange::failLater(const Error &error)
{
    QMetaObject::invokeMethod(
        this,
        [this, error] {
            if (!m_hasEnded)
                end(std::unexpected(error));
        },
        Qt::QueuedConnection);
}

void DirectExchange::cancel()
{
    if (m_hasEnded)
        return;
    m_done = nullptr;
    end(std::unexpected(Error::make(ErrorKind::Cancelled, QString())));
}

void DirectExchange::onHead()
{
    m_response.status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    m_response.hiddenResends = m_reply->attribute(DirectAttribute::WasResent).toBool() ? 1 : 0;
    m_response.headers = answerHeaders(*m_reply);
}

void DirectExchange::onBytes()
{
    while (!m_hasEnded && m_reply->bytesAvailable() > 0) {
        const QByteArray bytes = m_reply->read(kPieceBytes);
        if (hasSink()) {
            m_request.sink(bytes);
            continue;
        }
        m_response.body += bytes;
        if (m_response.body.size() <= m_request.limits.answerBody.value())
            continue;
        Error error = Error::make(ErrorKind::MalformedAnswer, QLatin1String("The answer is larger than ")
                                                                  % byteCountText(m_request.limits.answerBody));
        error.httpStatus = m_response.status;
        end(std::unexpected(error));
    }
}

void DirectExchange::onFinished()
{
    if (m_hasEnded)
        return;
    onBytes();
    if (m_hasEnded)
        return;
    m_handedOver = m_reply->attribute(DirectAttribute::HandedOver).toLongLong();
    const QVariant failure = m_reply->attribute(DirectAttribute::Failure);
    if (failure.isValid())
        end(std::unexpected(failure.value<Error>()));
    else
        end(std::move(m_response));
}

void DirectExchange::end(std::expected<HttpResponse, Error> outcome)
{
    m_hasEnded = true;
    silence();
    deleteLater();
    const auto done = std::exchange(m_done, nullptr);
    const auto onEnded = std::exchange(m_onEnded, nullptr);
    const ByteCount sent(m_handedOver);
    onEnded(this);
    if (!done)
        return;
    // From here on `this` may be gone: `done` may destroy the handle, and the transport too.
    if (outcome)
        done(std::move(*outcome));
    else
        done(std::unexpected(HttpFailure{outcome.error(), sent}));
}

void DirectExchange::silence()
{
    QNetworkReply *reply = std::exchange(m_reply, nullptr);
    if (!reply)
        return;
    disconnect(reply, nullptr, this, nullptr);
    if (reply->isRunning())
        reply->abort();
    m_handedOver = std::max(m_handedOver, reply->attribute(DirectAttribute::HandedOver).toLongLong());
    reply->deleteLater();
}

}  // namespace packmule
