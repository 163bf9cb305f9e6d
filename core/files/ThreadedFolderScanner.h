#pragma once

#include "core/base/Mailbox.h"
#include "core/files/FolderScanner.h"

#include <thread>

namespace packmule {

/// Runs a FolderWalk on a thread of its own. The walk sleeps between a batch and its resume().
/// Thread: the one that made it. Its destruction ends the walk and joins the thread, which ends at the next name; only
/// a file server that no longer answers can hold that up.
class ThreadedFolderScanner final : public FolderScanner
{
public:
    ThreadedFolderScanner();
    ~ThreadedFolderScanner() override;

    CallHandle scan(const QByteArray &folder, bool followSymlinks, int batchSize,
                    std::function<void(Result<ScanBatch>)> batch) override;
    void resume() override;

private:
    struct Walk;

    void endWalk();
    void walkOver(const std::shared_ptr<Walk> &walk, const QByteArray &folder, bool followSymlinks, int batchSize);
    void post(const std::shared_ptr<Walk> &walk, Result<ScanBatch> batch);

    Mailbox m_mailbox;
    std::shared_ptr<Walk> m_walk;
    std::jthread m_thread;
};

}  // namespace packmule
