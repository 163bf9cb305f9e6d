#pragma once

#include "core/net/HttpTransport.h"

#include <QNetworkReply>
#include <QObject>

#include <functional>

namespace packmule {

/// One request of DirectTransport: reads its reply, bounded or into the sink, and tells the end once.
/// Thread: that of the transport, which owns it until it has ended; then it deletes itself.
class DirectExchange final : public QObject
{
public:
    DirectExchange(HttpRequest request, HttpTransport::Progress progress, HttpTransport::DoneExchange done,
                   std::function<void(DirectExchange *)> onEnded);
    ~DirectExchange() override;

    /// @param begin gives the request with this body to the manager, which owns the reply and outlives this exchange.
    void start(const std::function<QNetworkReply *(QIODevice *body)> &begin);
    /// Ends with `error` on a later turn of the event loop, without having been sent.
    void failLater(const Error &error);
    /// Ends without a word.
    void cancel();
    const HttpRequest &request() const { return m_request; }

private:
    void onHead();
    void onBytes();
    void onFinished();
    bool hasSink() const { return m_request.sink && m_response.status / 100 == 2; }
    void end(std::expected<HttpResponse, Error> outcome);
    void silence();

    HttpRequest m_request;
    HttpTransport::Progress m_progress;
    HttpTransport::DoneExchange m_done;
    std::function<void(DirectExchange *)> m_onEnded;
    QNetworkReply *m_reply = nullptr;
    HttpResponse m_response;
    qint64 m_handedOver = 0;
    bool m_hasEnded = false;
};

}  // namespace packmule
