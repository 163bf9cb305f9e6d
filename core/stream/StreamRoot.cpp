#include "core/stream/StreamRoot.h"

#include "core/base/Redaction.h"
#include "core/integrity/Digest.h"

#include <algorithm>
#include <cerrno>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace packmule {

namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr int kDeepest = 64;  ///< of the walk that adds up sizes
constexpr char kTemporaryRecord[] = "incoming";

std::unexpected<Error> osFailure(const char *what)
{
    return std::unexpected(streamFileError(what, errno));
}

int openFolder(int parent, const QByteArray &name)
{
    return ::openat(parent, name.constData(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/// Calls `visit` with each name but "." and "..". The descriptor is duplicated, so the caller's stays as it was.
template<typename Visit>
bool visitNames(int folder, Visit visit)
{
    const int own = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *const listing = own < 0 ? nullptr : ::fdopendir(own);
    if (listing == nullptr)
        return false;
    while (const dirent *entry = ::readdir(listing)) {
        const QByteArray name(entry->d_name);
        if (name != "." && name != "..")
            visit(name);
    }
    ::closedir(listing);
    return true;
}

qint64 bytesBelow(int folder, int depth)
{
    qint64 sum = 0;
    visitNames(folder, [&](const QByteArray &name) {
        struct stat status{};
        if (::fstatat(folder, name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return;
        if (S_ISREG(status.st_mode))
            sum += status.st_size;
        if (!S_ISDIR(status.st_mode) || depth >= kDeepest || name == kRecordFolder)
            return;
        if (const int below = openFolder(folder, name); below >= 0) {
            sum += bytesBelow(below, depth + 1);
            ::close(below);
        }
    });
    return sum;
}

QByteArray wholeFile(int folder, const QByteArray &name)
{
    constexpr qint64 kMostBytes = 64 * 1024;
    const StreamFile file(::openat(folder, name.constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    return file.isOpen() ? file.read(0, kMostBytes).value_or(QByteArray()) : QByteArray();
}

}  // namespace

Result<std::unique_ptr<StreamRoot>> StreamRoot::open(const QByteArray &folder)
{
    // Only whoever starts the server reads this; what its clients are told names no path.
    const auto rootFailure = [&folder](const char *what) {
        Error error = streamFileError(what, errno);
        error.detail = QStringLiteral("%1: %2").arg(displayName(folder), error.detail);
        return std::unexpected(error);
    };
    if (::mkdir(folder.constData(), kFolderMode) != 0 && errno != EEXIST)
        return rootFailure("the root folder cannot be made");
    const int descriptor = ::open(folder.constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return rootFailure("the root folder cannot be opened");
    std::unique_ptr<StreamRoot> root(new StreamRoot(descriptor));
    if (const auto prepared = root->prepare(); !prepared)
        return std::unexpected(prepared.error());
    return root;
}

StreamRoot::~StreamRoot()
{
    for (const int descriptor : {m_records, m_lock, m_root}) {
        if (descriptor >= 0)
            ::close(descriptor);
    }
}

Result<void> StreamRoot::prepare()
{
    for (const QByteArray &folder : {QByteArray(".packmule"), QByteArray(".packmule/streams")}) {
        if (::mkdirat(m_root, folder.constData(), kFolderMode) != 0 && errno != EEXIST)
            return osFailure("the folder of records cannot be made");
    }
    m_lock = ::openat(m_root, ".packmule/lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kFileMode);
    if (m_lock < 0)
        return osFailure("the lock of the root cannot be made");
    if (::flock(m_lock, LOCK_EX | LOCK_NB) != 0)
        return failure(ErrorKind::Conflict, QStringLiteral("another server has this root"));
    m_records = ::openat(m_root, ".packmule/streams", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (m_records < 0)
        return osFailure("the folder of records cannot be opened");
    return {};
}

Result<int> StreamRoot::openParent(const StreamPath &path, bool makesFolders) const
{
    int folder = ::fcntl(m_root, F_DUPFD_CLOEXEC, 0);
    for (qsizetype i = 0; folder >= 0 && i + 1 < path.names.size(); ++i) {
        const QByteArray &name = path.names.at(i);
        int below = openFolder(folder, name);
        if (below < 0 && errno == ENOENT && makesFolders && (::mkdirat(folder, name.constData(), kFolderMode) == 0 || errno == EEXIST))
            below = openFolder(folder, name);
        const int code = errno;
        ::close(folder);
        errno = code;
        folder = below;
    }
    if (folder < 0)
        return osFailure(makesFolders ? "failed to create dir" : "the folder cannot be opened");
    return folder;
}

StreamRoot::Place StreamRoot::place(const StreamPath &path) const
{
    if (path.names.isEmpty())
        return Place::Folder;
    const auto parent = openParent(path, false);
    if (!parent)
        return parent.error().kind == ErrorKind::NoSuchKey || parent.error().osError == ENOTDIR ? Place::Nothing : Place::Other;
    struct stat status{};
    const bool isThere = ::fstatat(*parent, path.names.last().constData(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    ::close(*parent);
    if (!isThere)
        return Place::Nothing;
    if (S_ISDIR(status.st_mode))
        return Place::Folder;
    return S_ISREG(status.st_mode) ? Place::Stream : Place::Other;
}

Result<StreamFile> StreamRoot::openToRead(const StreamPath &path) const
{
    if (place(path) == Place::Nothing)
        return failure(ErrorKind::NoSuchKey, QStringLiteral("no such stream"));
    if (place(path) != Place::Stream)
        return failure(ErrorKind::SourceUnreadable, QStringLiteral("this is no stream"));
    const auto parent = openParent(path, false);
    if (!parent)
        return std::unexpected(parent.error());
    // Not to hang at a pipe that took the file's place since.
    const int descriptor = ::openat(*parent, path.names.last().constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    const int code = errno;
    ::close(*parent);
    if (descriptor < 0)
        return std::unexpected(streamFileError("failed to open file", code));
    return StreamFile(descriptor);
}

Result<StreamFile> StreamRoot::openToAppend(const StreamPath &path, bool isDurable)
{
    const Place found = place(path);
    if (found == Place::Folder || found == Place::Other)
        return failure(ErrorKind::SourceUnreadable, QStringLiteral("failed to open destination file for writing"));
    const auto parent = openParent(path, true);
    if (!parent)
        return std::unexpected(parent.error());
    const int descriptor = ::openat(*parent, path.names.last().constData(), O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, kFileMode);
    const int code = errno;
    if (isDurable && descriptor >= 0 && found == Place::Nothing)
        ::fsync(*parent);
    ::close(*parent);
    if (descriptor < 0)
        return std::unexpected(streamFileError("failed to open destination file for writing", code));
    return StreamFile(descriptor);
}

Result<QList<StreamEntry>> StreamRoot::entries(const StreamPath &folder) const
{
    StreamPath inside = folder;
    inside.names.append(QByteArray("."));  // so that the folder itself is the parent that is opened
    const auto descriptor = openParent(inside, false);
    if (!descriptor)
        return std::unexpected(descriptor.error());
    QList<StreamEntry> list;
    const bool isRoot = folder.names.isEmpty();
    visitNames(*descriptor, [&](const QByteArray &name) {
        struct stat status{};
        if ((isRoot && name == kRecordFolder) || ::fstatat(*descriptor, name.constData(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            return;
        if (S_ISDIR(status.st_mode) || S_ISREG(status.st_mode))
            list.append({.name = name, .isFolder = S_ISDIR(status.st_mode), .size = S_ISDIR(status.st_mode) ? 0 : status.st_size,
                         .modifiedSeconds = status.st_mtim.tv_sec});
    });
    ::close(*descriptor);
    std::ranges::sort(list, {}, &StreamEntry::name);
    return list;
}

qint64 StreamRoot::storedBytes() const
{
    return bytesBelow(m_root, 0);
}

QByteArray StreamRoot::recordName(const QByteArray &pathText)
{
    return sha256(pathText).toHex();
}

std::optional<StreamRecord> StreamRoot::record(const StreamPath &path) const
{
    const QByteArray text = path.text();
    auto found = recordFromJson(wholeFile(m_records, recordName(text)));
    if (!found || found->path != text)
        return std::nullopt;
    return found;
}

Result<void> StreamRoot::writeRecord(const StreamRecord &record, bool isDurable)
{
    StreamFile file(::openat(m_records, kTemporaryRecord, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, kFileMode));
    const QByteArray json = recordJson(record);
    if (!file.isOpen())
        return osFailure("the stream's record cannot be written");
    const auto written = file.append(json);
    if (!written || *written != json.size())
        return written ? failure(ErrorKind::DiskFull, QStringLiteral("the stream's record cannot be written")) : std::unexpected(written.error());
    if (isDurable) {
        if (const auto synced = file.sync(); !synced)
            return synced;
    }
    if (::renameat(m_records, kTemporaryRecord, m_records, recordName(record.path).constData()) != 0)
        return osFailure("the stream's record cannot be put in place");
    if (isDurable && ::fsync(m_records) != 0)
        return osFailure("the stream's record cannot be made durable");
    return {};
}

void StreamRoot::removeRecord(const StreamPath &path)
{
    ::unlinkat(m_records, recordName(path.text()).constData(), 0);
}

QList<StreamRecord> StreamRoot::openRecords() const
{
    QList<StreamRecord> list;
    visitNames(m_records, [&](const QByteArray &name) {
        const auto found = name == kTemporaryRecord ? std::nullopt : recordFromJson(wholeFile(m_records, name));
        if (found && found->state == StreamState::Open && recordName(found->path) == name)
            list.append(*found);
    });
    std::ranges::sort(list, {}, &StreamRecord::path);
    return list;
}

}  // namespace packmule
