#include "core/transfer/EngineClient.h"

#include <memory>

namespace packmule {

namespace {

template<typename T>
CallHandle refuse(EngineClient &client, std::function<void(Result<T>)> done)
{
    const auto isSilent = std::make_shared<bool>(false);
    QMetaObject::invokeMethod(&client, [isSilent, done = std::move(done)] {
        if (!*isSilent)
            done(failure(ErrorKind::InvalidRequest, QStringLiteral("this is for the process that holds the journal to do")));
    }, Qt::QueuedConnection);
    return CallHandle([isSilent] { *isSilent = true; });
}

}  // namespace

CallHandle EngineClient::setLimits(const EngineLimits &, std::function<void(Result<void>)> done)
{
    return refuse<void>(*this, std::move(done));
}

CallHandle EngineClient::move(QueueMove, const QList<TransferId> &, std::function<void(Result<int>)> done)
{
    return refuse<int>(*this, std::move(done));
}

}  // namespace packmule
