#pragma once

#include "core/base/Scheduler.h"
#include "core/files/FolderScanner.h"
#include "core/transfer/PathFilter.h"
#include "core/transfer/PutCommand.h"

#include <QHash>
#include <QSet>

#include <functional>
#include <memory>

namespace packmule {

using FolderScannerFactory = std::function<std::unique_ptr<FolderScanner>()>;

/// A file that one run is to upload, found on the disk and with its key decided.
struct PlannedFile {
    QByteArray sourcePath;
    QByteArray key;
    SourceIdentity identity;
};

/// One walk over the sources of a put: which files there are now, which keys they get, which are refused before anything
/// is sent, and which an earlier attempt of the same run has completed already. Knows no journal and starts nothing.
/// Comes in batches with back-pressure: after each onFiles it rests until proceed(). Thread: the engine's.
class PutRun
{
public:
    static constexpr int kBatchSize = 256;

    struct Observer {
        std::function<void(QList<PlannedFile>)> onFiles;
        std::function<void(const PlannedFile &, TransferId)> onAlreadyCompleted;
        std::function<void(const QByteArray &sourcePath, const QByteArray &key, const Error &)> onRefused;
        std::function<void(const QByteArray &sourcePath, const QString &)> onNotice;
        std::function<void()> onWalked;   ///< last; the run may be destroyed in it
    };

    PutRun(PutCommand command, FolderScannerFactory makeScanner, Scheduler &scheduler, Observer observer);

    /// A usage error that stops the whole command: no source, a destination that is no prefix, folders without -r.
    static std::optional<Error> refusalOf(const PutCommand &command);

    /// A finished row of the same run, told before start(). The latest row of a key counts.
    void noteFinished(const TransferRecord &record);
    void start();
    void proceed();
    /// Do the patterns let this file of the run through?
    bool admits(const QByteArray &sourcePath) const;

private:
    struct Finished { TransferId transfer = 0; SourceIdentity identity; size_t sourceHash = 0; };

    void nextSource();
    void takeFile(const QByteArray &path);
    void scanFolder(const QByteArray &path);
    void takeBatch(const Result<ScanBatch> &batch);
    void takeScanned(const ScannedFile &file);
    void takeProblem(const ScanProblem &problem);
    void plan(const QByteArray &path, const QByteArray &key, const SourceIdentity &identity);
    void flush();
    void later(void (PutRun::*step)());

    PutCommand m_command;
    FolderScannerFactory m_makeScanner;
    Scheduler &m_scheduler;
    Observer m_observer;
    PathFilter m_filter;
    bool m_mayCollide = false;         ///< two sources share a last name, so keys must be remembered
    QSet<QByteArray> m_takenKeys;
    QHash<QByteArray, Finished> m_finished;   ///< by key
    qsizetype m_source = 0;
    QByteArray m_folder, m_prefix;     ///< the folder being walked
    bool m_isFolderDone = true;
    QList<PlannedFile> m_batch;
    std::unique_ptr<FolderScanner> m_scanner;
    CallHandle m_scan, m_step;
};

}  // namespace packmule
