#pragma once

#include "app/cli/Command.h"
#include "core/base/CallHandle.h"
#include "core/journal/Journal.h"
#include "core/s3/Types.h"

#include <QHash>
#include <QObject>

#include <memory>

namespace packmule {

class RemoteEngine;
struct TransferSnapshot;

/// The multipart uploads on the server that unfinished transfers of the journal still need: read from the journal when it
/// is free, else asked of the process that owns it. To be read after the server's list, so that an upload begun in
/// between is in no list of what is to be aborted.
///
/// | state | on | then |
/// |---|---|---|
/// | opening | no journal yet, or --no-journal | done: nothing is needed |
/// | opening | the journal is ours | reading its list, closing it, done |
/// | opening | somebody owns it | asking that process's engine, done |
/// | asking | the owner ends | opening again |
///
/// Thread: main.
class NeededUploads final : public QObject
{
    Q_OBJECT

public:
    explicit NeededUploads(const CommandContext &context);
    ~NeededUploads() override;

    /// `done` runs later. Errors: JournalUnavailable (names file or pid), DiskFull.
    void read(std::function<void(Result<void>)> done);
    /// The transfer that needs this upload, or 0.
    TransferId neededBy(const ObjectAddress &object, const QByteArray &uploadId) const;
    /// The process that works on them; 0: nobody does at present.
    qint64 ownerPid() const { return m_ownerPid; }

private:
    void open();
    void askOwner();
    void openAgain();
    void readPage(int offset);
    void askPage(int offset);
    void take(const TransferRecord &record);
    void conclude(const Result<void> &result);

    CommandContext m_context;
    QString m_path;
    std::function<void(Result<void>)> m_done;
    std::unique_ptr<Journal> m_journal;
    std::unique_ptr<RemoteEngine> m_remote;
    CallHandle m_next, m_call;
    qint64 m_ownerPid = 0;
    int m_attempts = 0;
    QHash<std::pair<QByteArray, QByteArray>, QList<std::pair<QByteArray, TransferId>>> m_byObject;  ///< upload id "": not yet known
};

}  // namespace packmule
