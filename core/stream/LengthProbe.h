#pragma once

#include "core/stream/StreamExchange.h"

namespace packmule {

/// Asks a server how long a resource is now, by a plain GET of its first byte (httpfstream answers no HEAD). 0 if there is
/// none. Thread: the one that made it; dropping it silences it.
class LengthProbe final : private StreamExchangeUser
{
public:
    using Done = std::function<void(Result<qint64>)>;

    LengthProbe(const StreamExchangeContext &context, const StreamAddress &address, HttpHeaders fields, Done done);
    ~LengthProbe();

private:
    void exchangeUpgraded(const HttpHead &) override {}
    void exchangeAnswered(const HttpHead &answer) override;
    void exchangeBody(QByteArrayView) override {}
    void exchangeFinished() override {}
    void exchangeFailed(const Error &error) override { finish(std::unexpected(error)); }
    void webSocketBytes(QByteArrayView) override {}
    void webSocketEnded(const WebSocketEnd &) override {}
    void finish(const Result<qint64> &length);

    Done m_done;
    std::unique_ptr<StreamExchange> m_exchange;
};

}  // namespace packmule
