#pragma once

#include "core/transfer/TransferListClient.h"

#include <QHash>
#include <QObject>

#include <functional>

namespace packmule {

/// Which multipart uploads the unfinished transfers of our list still need: those are not to be aborted unasked. Reads the
/// list filter by filter and row by row, a thousand at a time, and keeps only what has an upload.
/// To be read after the store's list, so that an upload begun in between is in no list of what is to be aborted.
/// Thread: GUI. The client outlives it.
class UploadOwners : public QObject
{
    Q_OBJECT

public:
    explicit UploadOwners(TransferListClient &transfers, QObject *parent = nullptr) : QObject(parent), m_transfers(transfers) {}

    /// Reads anew; what was read stays until then. `done` runs once, later, unless another read() comes before.
    void read(std::function<void(Result<void>)> done);
    /// The transfer that needs this upload, or 0.
    TransferId neededBy(const ObjectAddress &object, const QByteArray &uploadId) const;

private:
    void readFilter(qsizetype filter);
    void takeOrder(qsizetype filter, const ListOrder &order);
    void readRuns(qsizetype filter);
    void readRows(qsizetype filter);
    void end(const Result<void> &result);

    using Uploads = QHash<std::pair<QByteArray, QByteArray>, QList<std::pair<QByteArray, TransferId>>>;

    TransferListClient &m_transfers;
    std::function<void(Result<void>)> m_done;
    CallHandle m_call;
    QList<RunId> m_runs;             ///< whose transfers are to be asked for
    QList<TransferId> m_waiting;     ///< whose rows are
    Uploads m_found, m_byObject;     ///< upload id "": not yet known
};

}  // namespace packmule
