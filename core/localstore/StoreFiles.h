#pragma once

#include "core/base/Result.h"

#include <QByteArray>
#include <QByteArrayList>

#include <utility>

namespace packmule {

// The store's few file operations, on raw byte paths. Nothing is synced: kill -9 loses nothing, a power cut may.

/// Owns a file descriptor. Thread: any one.
class OpenFile
{
public:
    OpenFile() = default;
    explicit OpenFile(int descriptor) : m_descriptor(descriptor) {}
    OpenFile(OpenFile &&other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}
    OpenFile &operator=(OpenFile &&other) noexcept
    {
        std::swap(m_descriptor, other.m_descriptor);
        return *this;
    }
    OpenFile(const OpenFile &) = delete;
    OpenFile &operator=(const OpenFile &) = delete;
    ~OpenFile() { close(); }

    bool isOpen() const { return m_descriptor >= 0; }
    void close();
    /// Errors: DiskFull, LocalIo.
    Result<void> append(QByteArrayView bytes);
    /// @return what was read, at most `length` bytes; shorter only at the end of the file.
    Result<QByteArray> read(qint64 offset, qint64 length) const;

    static Result<OpenFile> openToRead(const QByteArray &path);
    /// A new file, 0600; its folder is made if that is missing. An existing file is an error.
    static Result<OpenFile> create(const QByteArray &path);

private:
    int m_descriptor = -1;
};

/// Removes its file when it goes, unless the file has found its place.
class IncomingFile
{
public:
    IncomingFile() = default;
    explicit IncomingFile(QByteArray path) : m_path(std::move(path)) {}
    IncomingFile(IncomingFile &&other) noexcept : m_path(std::exchange(other.m_path, {})) {}
    IncomingFile &operator=(IncomingFile &&other) noexcept
    {
        std::swap(m_path, other.m_path);
        return *this;
    }
    IncomingFile(const IncomingFile &) = delete;
    IncomingFile &operator=(const IncomingFile &) = delete;
    ~IncomingFile();

    const QByteArray &path() const { return m_path; }
    /// The file stays where it is.
    QByteArray keep() { return std::exchange(m_path, {}); }

private:
    QByteArray m_path;
};

Result<void> makeFolder(const QByteArray &path);
Result<void> renamePath(const QByteArray &from, const QByteArray &to);
/// Writes `bytes` to `temporaryPath` and renames it to `path`, whose folder is made if it is missing.
Result<void> replaceFile(const QByteArray &path, const QByteArray &temporaryPath, QByteArrayView bytes);
Result<QByteArray> fileContent(const QByteArray &path);
/// Names of the entries, without "." and ".."; empty if there is no such folder.
QByteArrayList folderEntries(const QByteArray &path);
void removeFile(const QByteArray &path);
/// A folder with all that is in it, or a file. Symbolic links are removed, not followed.
void removeTree(const QByteArray &path);
bool pathExists(const QByteArray &path);

}  // namespace packmule
