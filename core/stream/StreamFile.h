#pragma once

#include "core/base/Result.h"

#include <QByteArray>

#include <utility>

namespace packmule {

/// One open file of a stream root. Owns its descriptor. Thread: any one.
class StreamFile
{
public:
    StreamFile() = default;
    explicit StreamFile(int descriptor) : m_descriptor(descriptor) {}
    StreamFile(StreamFile &&other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}
    StreamFile &operator=(StreamFile &&other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        return *this;
    }
    StreamFile(const StreamFile &) = delete;
    StreamFile &operator=(const StreamFile &) = delete;
    ~StreamFile();

    bool isOpen() const { return m_descriptor >= 0; }
    /// Bytes, and seconds since 1970 of the last change. Errors: LocalIo.
    Result<qint64> size() const;
    Result<qint64> modifiedSeconds() const;
    /// @return how many bytes were appended; fewer than given only beside an error of the disk, which the next call tells.
    /// Errors: DiskFull, LocalIo.
    Result<qint64> append(QByteArrayView bytes);
    /// Reads into `place`. @return fewer bytes than asked for only at the end of the file.
    Result<qint64> readInto(char *place, qint64 offset, qint64 length) const;
    Result<QByteArray> read(qint64 offset, qint64 length) const;
    /// What was appended survives a power cut once this has returned well.
    Result<void> sync();

private:
    int m_descriptor = -1;
};

/// The Error for the errno that a call left behind. DiskFull for ENOSPC and EDQUOT, NoSuchKey for ENOENT, SourceUnreadable
/// for what is no regular file or may not be touched, else LocalIo. The server's own paths stay out of the text.
Error streamFileError(const char *what, int code);

}  // namespace packmule
