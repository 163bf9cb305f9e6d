#pragma once

#include "core/base/Mailbox.h"
#include "core/files/PartHasher.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace packmule {

/// The hash pool: `threadCount` threads take slices from one queue, oldest first.
/// Thread: the one that made it. Its destruction drops what waits and joins the threads, which end within one window
/// (a MiB) of reading; only a file server that no longer answers can hold that up.
class PooledPartHasher final : public PartHasher
{
public:
    explicit PooledPartHasher(int threadCount);
    ~PooledPartHasher() override;

    CallHandle hash(std::shared_ptr<SourceFile> file, qint64 offset, ByteCount size, const IntegrityPlan &integrity,
                    std::function<void(Result<BodyDigests>)> done) override;

private:
    struct Slice;

    void hashSlices();
    std::shared_ptr<Slice> nextSlice();

    Mailbox m_mailbox;
    std::mutex m_mutex;  // guards m_slices
    std::condition_variable m_wake;
    std::deque<std::shared_ptr<Slice>> m_slices;
    std::atomic<bool> m_isEnding = false;
    std::vector<std::jthread> m_threads;
};

}  // namespace packmule
