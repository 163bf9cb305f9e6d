#include "core/stream/LengthProbe.h"

#include "core/stream/StreamEnding.h"

namespace packmule {

LengthProbe::LengthProbe(const StreamExchangeContext &context, const StreamAddress &address, HttpHeaders fields, Done done)
    : m_done(std::move(done))
{
    StreamExchangeUser &self = *this;
    m_exchange = std::make_unique<StreamExchange>(context, self);
    fields.set("Range", "bytes=0-0");
    m_exchange->start(address, StreamExchange::Wish::PlainAnswer, fields);
}

LengthProbe::~LengthProbe()
{
    StreamExchange::retire(std::move(m_exchange));
}

void LengthProbe::exchangeAnswered(const HttpHead &answer)
{
    const auto range = contentRange(answer.headers);
    if ((answer.status == 206 || answer.status == 416) && range)
        finish(range->total);
    else if (answer.status == 200 && answer.contentLength)
        finish(answer.contentLength->value());
    else if (answer.status == 404)
        finish(qint64(0));
    else
        finish(failure(ErrorKind::ServiceRefused, QStringLiteral("The length cannot be asked for: HTTP status %1").arg(answer.status)));
}

void LengthProbe::finish(const Result<qint64> &length)
{
    StreamExchange::retire(std::move(m_exchange));
    if (const auto done = std::exchange(m_done, nullptr))
        done(length);
}

}  // namespace packmule
