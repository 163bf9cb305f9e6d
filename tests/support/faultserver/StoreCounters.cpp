#include "tests/support/faultserver/StoreCounters.h"

#include "tests/support/faultserver/FaultScript.h"

#include <QJsonValue>

#include <numeric>

namespace packmule {

namespace {

using Act = LocalStoreFault::Act;

bool losesAnswer(Act act)
{
    switch (act) {
    case Act::AnswerAfter:
    case Act::CloseAfterDoing:
    case Act::TruncateAnswerAt:
    case Act::RawAnswerAfter:
        return true;
    case Act::None:
    case Act::AnswerEarly:
    case Act::AnswerInstead:
    case Act::CloseAfterRequest:
    case Act::ResetAt:
    case Act::StopReadingAt:
    case Act::DelayAnswer:
    case Act::RawAnswer:
    case Act::WhitespaceThen:
        return false;
    }
    Q_UNREACHABLE_RETURN(false);
}

bool isSuccess(int status)
{
    return status >= 200 && status < 300;
}

}  // namespace

void StoreCounters::countCall(const LocalStoreCall &call, const LocalStoreFault &fault)
{
    ++m_requests[call.operation];
    OfKey &ofKey = m_ofKey[call.key];
    ++ofKey.requests;
    ++ofKey.byOperation[operationName(call.operation)];
    countAttempt(call);
    if (call.operation == LocalStoreCall::Operation::UploadPart && losesAnswer(fault.act))
        ++m_faultedParts[{call.uploadId, call.partNumber}];
}

/// Each attempt of the engine has an id of its own, so the second request with the same one was made below it. Other
/// people's clients give all attempts of a call one id.
void StoreCounters::countAttempt(const LocalStoreCall &call)
{
    const QByteArray id = call.head.headers.value("amz-sdk-invocation-id");
    if (id.isEmpty() || !call.head.headers.value("User-Agent").startsWith("packmule"))
        return;
    if (m_attempts.contains(id)) {
        ++m_repeatedAttempts;
        ++m_repeats[operationName(call.operation)];
    }
    m_attempts.insert(id);
}

void StoreCounters::countPerformed(const LocalStoreCall &call, int status)
{
    if (!isSuccess(status))
        return;
    ++m_succeeded[call.operation];
    if (call.operation != LocalStoreCall::Operation::UploadPart)
        return;
    const PartName part{call.uploadId, call.partNumber};
    const auto earlier = m_takenParts.constFind(part);
    if (earlier != m_takenParts.constEnd()) {
        ++m_duplicates;
        m_unexcused += *earlier ? 1 : 0;
    }
    m_takenParts.insert(part, false);
}

void StoreCounters::countServed(const LocalStoreCall &call, int status, qint64 bodyBytes)
{
    ++m_statuses[status];
    m_bodyBytes += bodyBytes;
    m_ofKey[call.key].bodyBytes += bodyBytes;
    const PartName part{call.uploadId, call.partNumber};
    const auto faulted = m_faultedParts.find(part);
    if (faulted != m_faultedParts.end() && *faulted > 0) {
        --*faulted;
        return;
    }
    const auto taken = m_takenParts.find(part);
    if (taken != m_takenParts.end() && isSuccess(status) && call.operation == LocalStoreCall::Operation::UploadPart)
        *taken = true;
}

qint64 StoreCounters::requests() const
{
    return std::accumulate(m_requests.begin(), m_requests.end(), qint64(0));
}

QJsonObject StoreCounters::toJson() const
{
    QJsonObject requestsJson;
    for (auto at = m_requests.begin(); at != m_requests.end(); ++at)
        requestsJson.insert(QString::fromLatin1(operationName(at.key())), at.value());
    QJsonObject succeededJson;
    for (auto at = m_succeeded.begin(); at != m_succeeded.end(); ++at)
        succeededJson.insert(QString::fromLatin1(operationName(at.key())), at.value());
    QJsonObject repeats;
    for (auto at = m_repeats.begin(); at != m_repeats.end(); ++at)
        repeats.insert(QString::fromLatin1(at.key()), at.value());
    QJsonObject statuses;
    for (auto at = m_statuses.begin(); at != m_statuses.end(); ++at)
        statuses.insert(QString::number(at.key()), at.value());
    QJsonObject keys;
    for (auto at = m_ofKey.begin(); at != m_ofKey.end(); ++at) {
        QJsonObject operations;
        for (auto operation = at->byOperation.begin(); operation != at->byOperation.end(); ++operation)
            operations.insert(QString::fromLatin1(operation.key()), operation.value());
        keys.insert(QString::fromUtf8(at.key()), QJsonObject{{QStringLiteral("requests"), at->requests},
                                                             {QStringLiteral("bodyBytes"), at->bodyBytes},
                                                             {QStringLiteral("operations"), operations}});
    }
    return {{QStringLiteral("requests"), requestsJson},
            {QStringLiteral("succeeded"), succeededJson},
            {QStringLiteral("statuses"), statuses},
            {QStringLiteral("keys"), keys},
            {QStringLiteral("bodyBytes"), m_bodyBytes},
            {QStringLiteral("repeatedAttempts"), repeats},
            {QStringLiteral("duplicateParts"), m_duplicates},
            {QStringLiteral("unexcusedDuplicateParts"), m_unexcused}};
}

}  // namespace packmule
