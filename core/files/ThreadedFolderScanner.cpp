#include "core/files/ThreadedFolderScanner.h"

#include "core/files/FolderWalk.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace packmule {

/// What the owner's and the walk's thread share.
struct ThreadedFolderScanner::Walk {
    std::atomic<bool> isDropped = false;
    std::mutex mutex;  // guards mayContinue
    std::condition_variable wake;
    bool mayContinue = false;
    std::function<void(Result<ScanBatch>)> batch;  // the owner's thread only; null once ended

    void allowNext()
    {
        const std::lock_guard lock(mutex);
        mayContinue = true;
        wake.notify_one();
    }
    void drop()
    {
        batch = nullptr;
        const std::lock_guard lock(mutex);
        isDropped = true;
        wake.notify_one();
    }
    /// @return false if the walk is to end.
    bool waitForNext()
    {
        std::unique_lock lock(mutex);
        wake.wait(lock, [this] { return mayContinue || isDropped; });
        mayContinue = false;
        return !isDropped;
    }
};

std::unique_ptr<FolderScanner> makeThreadedFolderScanner()
{
    return std::make_unique<ThreadedFolderScanner>();
}

ThreadedFolderScanner::ThreadedFolderScanner() = default;

ThreadedFolderScanner::~ThreadedFolderScanner()
{
    endWalk();
}

CallHandle ThreadedFolderScanner::scan(const QByteArray &folder, bool followSymlinks, int batchSize,
                                       std::function<void(Result<ScanBatch>)> batch)
{
    endWalk();
    m_walk = std::make_shared<Walk>();
    m_walk->batch = std::move(batch);
    m_thread = std::jthread([this, walk = m_walk, folder, followSymlinks, batchSize] {
        walkOver(walk, folder, followSymlinks, batchSize);
    });
    return CallHandle([walk = std::weak_ptr(m_walk)] {
        if (const auto dropped = walk.lock())
            dropped->drop();
    });
}

void ThreadedFolderScanner::resume()
{
    if (m_walk)
        m_walk->allowNext();
}

void ThreadedFolderScanner::endWalk()
{
    if (m_walk)
        m_walk->drop();
    if (m_thread.joinable())
        m_thread.join();
}

void ThreadedFolderScanner::walkOver(const std::shared_ptr<Walk> &walk, const QByteArray &folder, bool followSymlinks, int batchSize)
{
    const auto deliver = [this, &walk](ScanBatch batch) {
        const bool isLast = batch.isLast;
        post(walk, std::move(batch));
        return !isLast && walk->waitForNext();
    };
    FolderWalk folderWalk(folder, followSymlinks, batchSize, deliver, [&walk] { return walk->isDropped.load(); });
    if (auto walked = folderWalk.run(); !walked)
        post(walk, std::unexpected(walked.error()));
}

void ThreadedFolderScanner::post(const std::shared_ptr<Walk> &walk, Result<ScanBatch> batch)
{
    m_mailbox.post([walk, batch = std::move(batch)] {
        if (!walk->batch)
            return;
        const bool isEnd = !batch || batch->isLast;
        // A copy runs, because it may drop its own handle.
        const auto tell = isEnd ? std::exchange(walk->batch, nullptr) : walk->batch;
        tell(batch);
    });
}

}  // namespace packmule
