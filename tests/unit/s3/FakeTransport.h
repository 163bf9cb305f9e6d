#pragma once

#include "core/net/HttpTransport.h"

#include <QList>
#include <QTimer>

#include <deque>
#include <memory>
#include <utility>

namespace packmule {

/// One request as it reached the transport, its body read to the end.
struct SentRequest {
    QByteArray method;
    HttpOrigin origin;
    QByteArray target;
    HttpHeaders headers;
    QByteArray body;
    bool hasBodyDevice = false;
    HttpLimits limits;
};

/// A transport that remembers requests and gives the answers laid ready for them, in order, each from the event loop.
/// A request without an answer hangs. Thread: the test's.
class FakeTransport final : public HttpTransport
{
public:
    QList<SentRequest> sent;
    QByteArray refusedPart;  ///< targets that contain it are refused
    HttpAbilities able;      ///< none, as stock QNetworkAccessManager
    int cancelled = 0;

    void answer(int status, const QByteArray &body = {}, const QList<std::pair<QByteArray, QByteArray>> &headers = {})
    {
        HttpResponse response{.status = status, .headers = {}, .body = body};
        for (const auto &[name, value] : headers)
            response.headers.append(name, value);
        m_answers.emplace_back(std::move(response));
    }
    void breakOff(ErrorKind kind, qint64 bodySent)
    {
        m_answers.emplace_back(std::unexpected(HttpFailure{Error::make(kind, QStringLiteral("broken")), ByteCount(bodySent)}));
    }
    std::size_t answersLeft() const { return m_answers.size(); }

    CallHandle send(HttpRequest request, Progress progress, DoneExchange done) override
    {
        SentRequest record{request.method, request.origin, request.target, request.headers, {},
                           request.body != nullptr, request.limits};
        if (request.body)
            record.body = request.body->read(request.bodySize.value());
        sent.append(record);
        auto exchange = std::make_shared<QTimer>();
        exchange->setSingleShot(true);
        if (!m_answers.empty()) {
            auto answer = std::move(m_answers.front());
            m_answers.pop_front();
            const bool feedsSink = request.sink && answer && answer->status / 100 == 2;
            QObject::connect(exchange.get(), &QTimer::timeout, exchange.get(),
                             [answer, feedsSink, sink = request.sink, size = request.bodySize, progress, done]() mutable {
                                 const auto tell = done;
                                 if (progress && answer)
                                     progress(size, size);
                                 if (feedsSink)
                                     sink(std::exchange(answer->body, {}));
                                 tell(answer);
                             });
            exchange->start(0);
        }
        return CallHandle([this, exchange] {
            cancelled += exchange->isActive() ? 1 : 0;
            exchange->stop();
            // The call may be dropped from inside its own answer.
            QTimer::singleShot(0, exchange.get(), [exchange] {});
        });
    }
    void dropIdleConnections() override {}
    HttpAbilities abilities() const override { return able; }
    std::optional<QString> refusalOfTarget(const QByteArray &target) const override
    {
        if (!refusedPart.isEmpty() && target.contains(refusedPart))
            return QStringLiteral("the transport cannot send this");
        return std::nullopt;
    }

private:
    std::deque<std::expected<HttpResponse, HttpFailure>> m_answers;
};

}  // namespace packmule
