#pragma once

#include "core/localstore/LocalStore.h"

#include <QByteArray>
#include <QJsonObject>
#include <QMap>
#include <QSet>

namespace packmule {

/// What a store was asked and what it took: the numbers behind the invariants I1 to I4 of facts/faults.md.
class StoreCounters
{
public:
    /// The head of a request has been read, and this is what will be done to it.
    void countCall(const LocalStoreCall &call, const LocalStoreFault &fault);
    /// The operation was carried out or refused with this status.
    void countPerformed(const LocalStoreCall &call, int status);
    /// Answered (0: not).
    void countServed(const LocalStoreCall &call, int status, qint64 bodyBytes);

    qint64 requests() const;
    qint64 requests(LocalStoreCall::Operation operation) const { return m_requests.value(operation); }
    /// Those the operation itself ended with 2xx, whatever became of the answer.
    qint64 succeeded(LocalStoreCall::Operation operation) const { return m_succeeded.value(operation); }
    qint64 bodyBytes() const { return m_bodyBytes; }
    qint64 requestsForKey(const QByteArray &key) const { return m_ofKey.value(key).requests; }
    qint64 bodyBytesForKey(const QByteArray &key) const { return m_ofKey.value(key).bodyBytes; }
    /// Parts taken again although the answer to their first taking went out: never right (I3).
    int unexcusedDuplicateParts() const { return m_unexcused; }
    /// Requests of ours with the id of an earlier one: the transport sent them again by itself.
    int repeatedAttempts() const { return m_repeatedAttempts; }
    /// Parts taken again, whatever the reason.
    int duplicateParts() const { return m_duplicates; }

    QJsonObject toJson() const;

private:
    void countAttempt(const LocalStoreCall &call);
    struct OfKey {
        qint64 requests = 0;
        qint64 bodyBytes = 0;
        QMap<QByteArray, qint64> byOperation;
    };
    using PartName = std::pair<QByteArray, int>;  ///< upload id, part number

    QMap<LocalStoreCall::Operation, qint64> m_requests, m_succeeded;
    QMap<int, qint64> m_statuses;
    QMap<QByteArray, OfKey> m_ofKey;
    QMap<PartName, bool> m_takenParts;   ///< value: the answer went out
    QMap<PartName, int> m_faultedParts;  ///< calls whose answer a fault takes away
    qint64 m_bodyBytes = 0;
    QSet<QByteArray> m_attempts;
    QMap<QByteArray, int> m_repeats;     ///< by operation
    int m_duplicates = 0, m_unexcused = 0, m_repeatedAttempts = 0;
};

}  // namespace packmule
