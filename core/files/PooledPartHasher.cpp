#include "core/files/PooledPartHasher.h"

#include "core/files/SliceDigests.h"

#include <atomic>
#include <utility>

namespace packmule {

namespace {

// Small enough for the second-level cache, so that two digests of one buffer read memory once; large enough that the
// system calls cost nothing. Also the distance after which a cancelled slice ends.
constexpr std::size_t kBufferBytes = 256 * 1024;

}  // namespace

struct PooledPartHasher::Slice {
    const std::shared_ptr<SourceFile> file;
    const qint64 offset;
    const ByteCount size;
    const IntegrityPlan integrity;
    std::atomic<bool> isDropped = false;
    std::function<void(Result<BodyDigests>)> done;  // the owner's thread only; null once run or cancelled
};

std::unique_ptr<PartHasher> makePooledPartHasher(int threadCount)
{
    return std::make_unique<PooledPartHasher>(threadCount);
}

PooledPartHasher::PooledPartHasher(int threadCount)
{
    Q_ASSERT(threadCount >= 1);
    for (int i = 0; i < threadCount; ++i)
        m_threads.emplace_back([this] { hashSlices(); });
}

PooledPartHasher::~PooledPartHasher()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isEnding = true;
    }
    m_wake.notify_all();
    m_threads.clear();  // joins, while all that the threads use is still there
}

CallHandle PooledPartHasher::hash(std::shared_ptr<SourceFile> file, qint64 offset, ByteCount size,
                                  const IntegrityPlan &integrity, std::function<void(Result<BodyDigests>)> done)
{
    auto slice = std::make_shared<Slice>(std::move(file), offset, size, integrity, false, std::move(done));
    CallHandle handle([waiting = std::weak_ptr(slice)] {
        if (const auto dropped = waiting.lock()) {
            dropped->isDropped = true;
            dropped->done = nullptr;
        }
    });
    {
        const std::lock_guard lock(m_mutex);
        m_slices.push_back(std::move(slice));
    }
    m_wake.notify_one();
    return handle;
}

/// Null when the pool ends.
std::shared_ptr<PooledPartHasher::Slice> PooledPartHasher::nextSlice()
{
    std::unique_lock lock(m_mutex);
    m_wake.wait(lock, [this] { return m_isEnding || !m_slices.empty(); });
    if (m_isEnding)
        return nullptr;
    auto slice = std::move(m_slices.front());
    m_slices.pop_front();
    return slice;
}

void PooledPartHasher::hashSlices()
{
    const auto buffer = std::make_unique_for_overwrite<char[]>(kBufferBytes);
    while (auto slice = nextSlice()) {
        if (slice->isDropped)
            continue;
        auto digests = digestsOfSlice(*slice->file, slice->offset, slice->size, slice->integrity, {buffer.get(), kBufferBytes},
                                      [&] { return slice->isDropped || m_isEnding; });
        m_mailbox.post([slice, digests = std::move(digests)] {
            if (const auto done = std::exchange(slice->done, nullptr))
                done(digests);
        });
    }
}

}  // namespace packmule
