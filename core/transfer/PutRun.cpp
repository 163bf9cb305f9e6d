#include "core/transfer/PutRun.h"

#include "core/base/Redaction.h"
#include "core/files/FileStatus.h"
#include "core/transfer/KeyNaming.h"

#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <utility>

namespace packmule {

namespace {

Error statError(const QByteArray &path, int osError)
{
    const bool isMissing = osError == ENOENT || osError == ENOTDIR;
    Error error = Error::make(isMissing ? ErrorKind::SourceMissing : ErrorKind::SourceUnreadable,
                              isMissing ? QStringLiteral("%1 does not exist").arg(displayName(path))
                                        : QStringLiteral("%1 cannot be read: %2")
                                              .arg(displayName(path), QString::fromLocal8Bit(std::strerror(osError))));
    error.osError = osError;
    return error;
}

bool isFolder(const QByteArray &path)
{
    struct stat status {};
    return ::stat(path.constData(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool shareLastName(const QList<QByteArray> &sources)
{
    if (sources.size() < 2)
        return false;
    QSet<QByteArray> names;
    for (const QByteArray &source : sources)
        names.insert(lastNameOf(source));
    // An empty last name is the root folder, whose contents may meet any other source.
    return names.size() < sources.size() || names.contains(QByteArray());
}

}  // namespace

PutRun::PutRun(PutCommand command, FolderScannerFactory makeScanner, Scheduler &scheduler, Observer observer)
    : m_command(std::move(command)), m_makeScanner(std::move(makeScanner)), m_scheduler(scheduler),
      m_observer(std::move(observer)), m_filter(m_command.options.filters),
      m_mayCollide(shareLastName(m_command.sources))
{
}

std::optional<Error> PutRun::refusalOf(const PutCommand &command)
{
    if (const auto refusal = refusalOfDestination(command))
        return refusal;
    if (command.options.recursive)
        return std::nullopt;
    QStringList folders;
    for (const QByteArray &source : command.sources) {
        if (isFolder(source))
            folders.append(displayName(source));
    }
    if (folders.isEmpty())
        return std::nullopt;
    return Error::make(ErrorKind::InvalidRequest,
                       folders.size() == 1 ? QStringLiteral("%1 is a folder; give -r to upload what is in it").arg(folders.first())
                                           : QStringLiteral("these are folders; give -r to upload what is in them: %1")
                                                 .arg(folders.join(QLatin1String(", "))));
}

void PutRun::noteFinished(const TransferRecord &record)
{
    if (record.state == TransferState::Done)
        m_finished.insert(record.object.key, {record.id, record.source, qHash(record.sourcePath)});
    else
        m_finished.remove(record.object.key);  // skipped by a rule or removed since: decided anew
}

bool PutRun::admits(const QByteArray &sourcePath) const
{
    for (const QByteArray &source : m_command.sources) {
        if (sourcePath == source)
            return m_filter.admits(lastNameOf(source));
        const QByteArray root = source.endsWith('/') ? source : source + '/';
        if (sourcePath.startsWith(root))
            return m_filter.admits(sourcePath.sliced(root.size()));
    }
    return true;
}

void PutRun::start()
{
    later(&PutRun::nextSource);
}

void PutRun::proceed()
{
    if (m_isFolderDone)
        later(&PutRun::nextSource);
    else
        m_scanner->resume();
}

void PutRun::nextSource()
{
    m_scan.cancel();
    while (m_source < m_command.sources.size() && m_batch.size() < kBatchSize) {
        const QByteArray path = m_command.sources.at(m_source++);
        if (m_command.options.recursive && isFolder(path)) {
            scanFolder(path);
            return;
        }
        takeFile(path);
    }
    if (!m_batch.isEmpty()) {
        flush();
        return;
    }
    if (m_source < m_command.sources.size()) {
        later(&PutRun::nextSource);
        return;
    }
    const auto walked = m_observer.onWalked;  // a copy, because this may be destroyed in it
    walked();
}

void PutRun::takeFile(const QByteArray &path)
{
    const QByteArray name = lastNameOf(path);
    if (!m_filter.admits(name))
        return;
    const QByteArray key = keyOfFile(m_command, path);
    struct stat status {};
    // A link that was named is meant; only those met inside folders are left alone.
    if (::stat(path.constData(), &status) != 0) {
        m_observer.onRefused(path, key, statError(path, errno));
        return;
    }
    if (const QString complaint = complaintAboutType(status); !complaint.isEmpty()) {
        m_observer.onRefused(path, key, Error::make(ErrorKind::SourceUnreadable, displayName(path) % QLatin1Char(' ') % complaint));
        return;
    }
    if (const auto refusal = refusalOfName(path, isValidUtf8(key), m_command.options.rawNames)) {
        m_observer.onRefused(path, key, *refusal);
        return;
    }
    plan(path, key, identityOf(status));
}

void PutRun::scanFolder(const QByteArray &path)
{
    m_folder = path;
    m_prefix = prefixOfFolder(m_command, path);
    m_isFolderDone = false;
    if (!m_scanner)
        m_scanner = m_makeScanner();
    m_scan = m_scanner->scan(path, m_command.options.followSymlinks, kBatchSize,
                             [this](const Result<ScanBatch> &batch) { takeBatch(batch); });
}

void PutRun::takeBatch(const Result<ScanBatch> &batch)
{
    if (!batch) {
        m_isFolderDone = true;
        m_observer.onRefused(m_folder, m_prefix, batch.error());
    } else {
        m_isFolderDone = batch->isLast;
        for (const ScanProblem &problem : batch->problems)
            takeProblem(problem);
        for (const ScannedFile &file : batch->files)
            takeScanned(file);
    }
    if (!m_batch.isEmpty())
        flush();
    else
        proceed();
}

void PutRun::takeScanned(const ScannedFile &file)
{
    if (!m_filter.admits(file.relativePath))
        return;
    const QByteArray key = m_prefix + file.relativePath;
    if (const auto refusal = refusalOfName(file.path, file.isUtf8, m_command.options.rawNames))
        m_observer.onRefused(file.path, key, *refusal);
    else
        plan(file.path, key, file.identity);
}

void PutRun::takeProblem(const ScanProblem &problem)
{
    QByteArray relative = problem.path;
    const QByteArray root = m_folder.endsWith('/') ? m_folder : m_folder + '/';
    if (relative.startsWith(root))
        relative.remove(0, root.size());
    if (!m_filter.admits(relative))
        return;
    if (problem.obstacle == ScanObstacle::SymlinkNotFollowed)
        m_observer.onNotice(problem.path, QStringLiteral("a symbolic link, left out (--follow-symlinks takes it)"));
    else
        m_observer.onRefused(problem.path, m_prefix + relative, problem.error);
}

void PutRun::plan(const QByteArray &path, const QByteArray &key, const SourceIdentity &identity)
{
    if (const auto refusal = refusalOfKey(key)) {
        m_observer.onRefused(path, key, *refusal);
        return;
    }
    if (m_mayCollide) {
        if (m_takenKeys.contains(key)) {
            m_observer.onRefused(path, key, Error::make(ErrorKind::InvalidRequest,
                                                        QStringLiteral("%1 would get the key %2, which another source of this command has")
                                                            .arg(displayName(path), displayName(key))));
            return;
        }
        m_takenKeys.insert(key);
    }
    const PlannedFile file{path, key, identity};
    if (const auto before = m_finished.constFind(key); before != m_finished.cend()
        && before->sourceHash == qHash(path) && before->identity.isSameFile(identity)) {
        m_observer.onAlreadyCompleted(file, before->transfer);
        return;
    }
    m_batch.append(file);
}

void PutRun::flush()
{
    m_observer.onFiles(std::exchange(m_batch, {}));
}

void PutRun::later(void (PutRun::*step)())
{
    m_step = m_scheduler.after(Milliseconds{0}, [this, step] { (this->*step)(); });
}

}  // namespace packmule
