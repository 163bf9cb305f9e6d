#include "core/files/MappedWindow.h"

#ifdef Q_OS_LINUX
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#endif

namespace packmule {

#ifdef Q_OS_LINUX

namespace {

/// What the present thread is reading. A SIGBUS of a read comes on the very thread that reads.
struct GuardedRange {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;  // a page's begin
    volatile std::sig_atomic_t isBroken = 0;
};

constinit thread_local GuardedRange *guarded = nullptr;
struct sigaction earlierAction;  // written once, before the handler can run

std::uintptr_t pageBytes()
{
    static const auto bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    return bytes;
}

/// mmap is not on POSIX's list of what a handler may call; on Linux it is a bare system call.
bool layZeros(GuardedRange &range, std::uintptr_t at)
{
    const std::uintptr_t page = at - at % pageBytes();
    const int interrupted = errno;
    void *laid = ::mmap(reinterpret_cast<void *>(page), range.end - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    errno = interrupted;
    return laid != MAP_FAILED;
}

void onBusError(int number, siginfo_t *about, void *context)
{
    GuardedRange *range = guarded;
    const auto at = reinterpret_cast<std::uintptr_t>(about->si_addr);
    if (range && at >= range->begin && at < range->end && layZeros(*range, at)) {
        range->isBroken = 1;
        return;
    }
    if ((earlierAction.sa_flags & SA_SIGINFO) != 0)
        earlierAction.sa_sigaction(number, about, context);
    else if (earlierAction.sa_handler != SIG_DFL && earlierAction.sa_handler != SIG_IGN)
        earlierAction.sa_handler(number);
    else
        ::sigaction(number, &earlierAction, nullptr);  // the read is tried again, and ends as it would have without us
}

bool installHandler()
{
    (void)pageBytes();
    struct sigaction action{};
    action.sa_sigaction = onBusError;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    return ::sigaction(SIGBUS, nullptr, &earlierAction) == 0 && ::sigaction(SIGBUS, &action, nullptr) == 0;
}

}  // namespace

std::unique_ptr<MappedWindow> MappedWindow::of(int descriptor, qint64 offset, qint64 size)
{
    static const bool isGuarded = installHandler();
    if (!isGuarded || size <= 0)
        return nullptr;
    const auto page = static_cast<qint64>(pageBytes());
    const qint64 padding = offset % page;
    const auto bytes = static_cast<size_t>((padding + size + page - 1) / page * page);
    void *mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor, offset - padding);
    if (mapped == MAP_FAILED)
        return nullptr;
    ::madvise(mapped, bytes, MADV_SEQUENTIAL);
    return std::unique_ptr<MappedWindow>(new MappedWindow(static_cast<char *>(mapped), bytes, padding, size));
}

MappedWindow::~MappedWindow()
{
    ::munmap(m_begin, m_mappedBytes);
}

bool MappedWindow::pass(const std::function<void(QByteArrayView)> &use)
{
    GuardedRange range{.begin = reinterpret_cast<std::uintptr_t>(m_begin), .end = reinterpret_cast<std::uintptr_t>(m_begin) + m_mappedBytes};
    guarded = &range;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    use(QByteArrayView(m_begin + m_padding, m_size));
    std::atomic_signal_fence(std::memory_order_seq_cst);
    guarded = nullptr;
    return range.isBroken == 0;
}

#else

std::unique_ptr<MappedWindow> MappedWindow::of(int, qint64, qint64)
{
    return nullptr;
}

MappedWindow::~MappedWindow() = default;

bool MappedWindow::pass(const std::function<void(QByteArrayView)> &)
{
    return false;
}

#endif

}  // namespace packmule
