#pragma once

#include <QByteArrayView>

#include <functional>
#include <memory>

namespace packmule {

/// A piece of a file in memory, for reading once without copying: half the cost of pread on a disk's file system.
/// A page that cannot be read (the file was cut, the disk or file server fails) would end the process by SIGBUS. While
/// pass() runs, a handler puts zeros under the rest of the window instead and pass() answers false, so whatever was made
/// of the bytes is to be thrown away. The handler is installed at the first mapping, hands signals that are not its own
/// to the one before it, and never jumps: what was interrupted goes on. Linux only; elsewhere nothing is ever mapped.
/// Not seen: a file that was cut within its last page reads as zeros there, so look at its size after pass().
/// Thread: any one.
class MappedWindow
{
public:
    /// @param offset need not be a page's. @return null if it cannot be mapped: read it then.
    static std::unique_ptr<MappedWindow> of(int descriptor, qint64 offset, qint64 size);
    ~MappedWindow();
    MappedWindow(const MappedWindow &) = delete;
    MappedWindow &operator=(const MappedWindow &) = delete;

    /// Hands the bytes to `use` in one view. @return false if some of them were not the file's.
    bool pass(const std::function<void(QByteArrayView)> &use);

private:
    MappedWindow(char *begin, size_t mappedBytes, qsizetype padding, qsizetype size)
        : m_begin(begin), m_mappedBytes(mappedBytes), m_padding(padding), m_size(size)
    {
    }

    char *const m_begin;
    const size_t m_mappedBytes;
    const qsizetype m_padding;  // from the page's begin to the window's
    const qsizetype m_size;
};

}  // namespace packmule
