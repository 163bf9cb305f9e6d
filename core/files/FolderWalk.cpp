#include "core/files/FolderWalk.h"

#include "core/files/FileErrors.h"
#include "core/files/FileStatus.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace packmule {

namespace {

using namespace std::chrono_literals;

// So that the first of 100,000 files starts at once (issue 3, "Figures"); later, fewer and fuller batches are cheaper.
constexpr int kFirstBatchSize = 64;
constexpr auto kFirstBatchAge = 50ms;
constexpr auto kBatchAge = 500ms;

QByteArray joined(const QByteArray &folder, const QByteArray &name)
{
    if (folder.isEmpty())
        return name;
    return folder.endsWith('/') ? QByteArray(folder + name) : QByteArray(folder + '/' + name);
}

ScanObstacle obstacleOf(int osError, bool isLink)
{
    if (osError == ELOOP)
        return ScanObstacle::Loop;
    return isLink && (osError == ENOENT || osError == ENOTDIR) ? ScanObstacle::BrokenLink : ScanObstacle::Unreadable;
}

}  // namespace

struct FolderWalk::Name {
    QByteArray bytes;
    unsigned char type = DT_UNKNOWN;  // as readdir says it; a hint, DT_UNKNOWN on some file systems
};

struct FolderWalk::Folder {
    QByteArray path;
    QByteArray relativePath;
    dev_t device = 0;
    ino_t inode = 0;
    std::vector<Name> subfolders;
    std::size_t next = 0;
};

FolderWalk::FolderWalk(const QByteArray &folder, bool followSymlinks, int batchSize, Deliver deliver, IsDropped isDropped)
    : m_root(folder), m_followSymlinks(followSymlinks), m_batchSize(batchSize), m_deliver(std::move(deliver)),
      m_isDropped(std::move(isDropped)), m_batchBegan(std::chrono::steady_clock::now())
{
    Q_ASSERT(batchSize >= 1);
}

FolderWalk::~FolderWalk() = default;

Result<void> FolderWalk::run()
{
    if (auto entered = enter(m_root, QByteArray(), true); !entered)
        return entered;
    while (!m_folders.empty() && !hasEnded()) {
        Folder &folder = m_folders.back();
        if (folder.next == folder.subfolders.size()) {
            m_folders.pop_back();
            continue;
        }
        const Name name = std::exchange(folder.subfolders[folder.next++], {});
        const bool isLink = name.type == DT_LNK;
        const QByteArray path = joined(folder.path, name.bytes);
        const QByteArray relativePath = joined(folder.relativePath, name.bytes);
        // `folder` may move from here on: enter() appends.
        if (auto entered = enter(path, relativePath, isLink); !entered) {
            const Error &error = entered.error();
            tellProblem(path, error.osError == 0 ? ScanObstacle::Loop : obstacleOf(error.osError, isLink), error);
            deliverIfDue();
        }
    }
    if (!hasEnded())
        deliver(true);
    return {};
}

Result<void> FolderWalk::enter(const QByteArray &path, const QByteArray &relativePath, bool isLink)
{
    const QString cannotRead = QStringLiteral("cannot read the folder");
    // O_NOFOLLOW: what was a folder when its name was read must not have become a link out of the tree.
    const int flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC | (isLink ? 0 : O_NOFOLLOW);
    const int descriptor = ::open(path.constData(), flags);
    if (descriptor < 0) {
        Error error = fileError(errno, cannotRead, path);
        if (error.osError == ENOTDIR)
            error.kind = ErrorKind::SourceUnreadable;  // it is there, and no folder
        return std::unexpected(error);
    }
    const Open directory(::fdopendir(descriptor), &::closedir);
    if (!directory) {
        const int osError = errno;
        ::close(descriptor);
        return std::unexpected(fileError(osError, cannotRead, path));
    }
    struct stat status{};
    if (::fstat(descriptor, &status) != 0)
        return std::unexpected(fileError(errno, cannotRead, path));
    if (auto allowed = refuseLoop(path, status); !allowed)
        return allowed;

    Folder folder{.path = path, .relativePath = relativePath, .device = status.st_dev, .inode = status.st_ino, .subfolders = {}};
    tellContents(folder, directory);
    m_folders.push_back(std::move(folder));
    return {};
}

Result<void> FolderWalk::refuseLoop(const QByteArray &path, const struct stat &status) const
{
    const auto isSame = [&](const Folder &above) { return above.device == status.st_dev && above.inode == status.st_ino; };
    const auto above = std::ranges::find_if(m_folders, isSame);
    if (above == m_folders.end())
        return {};
    return std::unexpected(fileComplaint(ErrorKind::SourceUnreadable, path, QStringLiteral("leads back into a folder that contains it")));
}

void FolderWalk::tellContents(Folder &folder, const Open &directory)
{
    const int descriptor = ::dirfd(directory.get());
    for (Name &name : readNames(folder, directory)) {
        if (hasEnded())
            return;
        if (isFolder(name, descriptor))
            folder.subfolders.push_back(std::move(name));
        else
            tellFile(folder, name, descriptor);
        deliverIfDue();
    }
}

/// Sorted by raw bytes.
std::vector<FolderWalk::Name> FolderWalk::readNames(const Folder &folder, const Open &directory)
{
    std::vector<Name> names;
    while (!hasEnded()) {
        errno = 0;
        const dirent *entry = ::readdir(directory.get());
        if (!entry && errno != 0)
            tellProblem(folder.path, ScanObstacle::Unreadable, fileError(errno, QStringLiteral("cannot read all of the folder"), folder.path));
        if (!entry)
            break;
        const QByteArray bytes(entry->d_name);
        if (bytes != "." && bytes != "..")
            names.push_back({.bytes = bytes, .type = entry->d_type});
        deliverIfDue();  // what was found before this folder, should it be a large or slow one
    }
    std::ranges::sort(names, {}, &Name::bytes);
    return names;
}

bool FolderWalk::isFolder(const Name &name, int descriptor) const
{
    if (name.type == DT_DIR)
        return true;
    if (name.type != DT_UNKNOWN && (name.type != DT_LNK || !m_followSymlinks))
        return false;
    struct stat status{};
    return ::fstatat(descriptor, name.bytes.constData(), &status, m_followSymlinks ? 0 : AT_SYMLINK_NOFOLLOW) == 0
        && S_ISDIR(status.st_mode);
}

void FolderWalk::tellFile(const Folder &folder, const Name &name, int descriptor)
{
    const QByteArray path = joined(folder.path, name.bytes);
    struct stat status{};
    if (::fstatat(descriptor, name.bytes.constData(), &status, m_followSymlinks ? 0 : AT_SYMLINK_NOFOLLOW) != 0) {
        const int osError = errno;
        const bool isLink = name.type == DT_LNK;
        const QString what = isLink ? QStringLiteral("cannot follow the link") : QStringLiteral("cannot look at");
        tellProblem(path, obstacleOf(osError, isLink), fileError(osError, what, path));
        return;
    }
    if (const QString complaint = complaintAboutType(status); !complaint.isEmpty()) {
        const auto obstacle = S_ISLNK(status.st_mode) ? ScanObstacle::SymlinkNotFollowed : ScanObstacle::NotAFile;
        tellProblem(path, obstacle, fileComplaint(ErrorKind::SourceUnreadable, path, complaint));
        return;
    }
    const QByteArray relativePath = joined(folder.relativePath, name.bytes);
    m_batch.files.append({.path = path, .relativePath = relativePath, .identity = identityOf(status), .isUtf8 = relativePath.isValidUtf8()});
}

void FolderWalk::tellProblem(const QByteArray &path, ScanObstacle obstacle, const Error &error)
{
    m_batch.problems.append({.path = path, .error = error, .obstacle = obstacle});
}

void FolderWalk::deliverIfDue()
{
    const qsizetype count = m_batch.files.size() + m_batch.problems.size();
    if (count == 0 || hasEnded())
        return;
    const bool isFull = count >= (m_isFirstBatch ? std::min(kFirstBatchSize, m_batchSize) : m_batchSize);
    const auto age = std::chrono::steady_clock::now() - m_batchBegan;
    if (isFull || age >= (m_isFirstBatch ? kFirstBatchAge : kBatchAge))
        deliver(false);
}

void FolderWalk::deliver(bool isLast)
{
    m_batch.isLast = isLast;
    m_isFirstBatch = false;
    if (!m_deliver(std::exchange(m_batch, {})))
        m_hasEnded = true;
    m_batchBegan = std::chrono::steady_clock::now();
}

}  // namespace packmule
