#include "core/localstore/StoreRoot.h"

#include "core/integrity/Digest.h"
#include "core/localstore/CborForms.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace packmule {

namespace {

constexpr char kBucketRecordName[] = "bucket";

}  // namespace

Result<std::unique_ptr<StoreRoot>> StoreRoot::open(const QByteArray &path, bool discardsBodies)
{
    for (const char *folder : {"", "/buckets", "/multipart", "/temporary"}) {
        if (const auto made = makeFolder(path + folder); !made)
            return std::unexpected(made.error());
    }
    const QByteArray lockPath = path + "/lock";
    const int descriptor = ::open(lockPath.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return failure(ErrorKind::LocalIo, QStringLiteral("Cannot write in %1.").arg(QString::fromUtf8(path)));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor);
        return failure(ErrorKind::LocalIo, QStringLiteral("Another store is running on %1.").arg(QString::fromUtf8(path)));
    }
    std::unique_ptr<StoreRoot> root(new StoreRoot(path, discardsBodies, descriptor));
    root->load();
    return root;
}

StoreRoot::StoreRoot(const QByteArray &path, bool discardsBodies, int lockDescriptor)
    : m_path(path)
    , m_discardsBodies(discardsBodies)
    , m_lockDescriptor(lockDescriptor)
    , m_session(randomBytes(6).toHex())
    , m_multipart(path, discardsBodies)
{
}

StoreRoot::~StoreRoot()
{
    ::close(m_lockDescriptor);
}

void StoreRoot::load()
{
    const QByteArrayList leftovers = folderEntries(m_path + "/temporary");
    for (const QByteArray &name : leftovers)
        removeTree(m_path + "/temporary/" + name);

    QSet<QByteArray> completed;
    const QByteArrayList names = folderEntries(m_path + "/buckets");
    for (const QByteArray &name : names) {
        const auto content = fileContent(m_path + "/buckets/" + name + '/' + kBucketRecordName);
        const QCborMap map = content ? mapFromFrame(*content).map : QCborMap();
        if (map.isEmpty())
            continue;
        auto bucket = std::make_unique<BucketFolder>(m_path, name, timeFromCbor(map.value(QStringLiteral("created"))));
        bucket->load();
        for (const auto &[key, entry] : bucket->entries()) {
            if (!entry.bodyPath.startsWith("multipart/"))
                continue;
            const QByteArray uploadId = entry.bodyPath.mid(entry.bodyPath.indexOf('/') + 1);
            completed.insert(uploadId);
            m_completed.insert(uploadId, {name, key});
        }
        m_buckets.emplace(name, std::move(bucket));
    }
    m_multipart.load(completed);
}

BucketFolder *StoreRoot::bucket(const QByteArray &name) const
{
    const auto found = m_buckets.find(name);
    return found == m_buckets.end() ? nullptr : found->second.get();
}

Result<void> StoreRoot::createBucket(const QByteArray &name, WallTime created)
{
    QCborMap map;
    map.insert(QStringLiteral("created"), cborFromTime(created));
    const QByteArray path = m_path + "/buckets/" + name + '/' + kBucketRecordName;
    if (const auto written = replaceFile(path, temporaryPath(), framedCbor(map)); !written)
        return written;
    m_buckets.emplace(name, std::make_unique<BucketFolder>(m_path, name, created));
    return {};
}

void StoreRoot::removeBucket(const QByteArray &name)
{
    QByteArrayList uploadIds;
    for (const auto &[uploadId, upload] : m_multipart.uploads()) {
        if (upload.bucket == name)
            uploadIds.append(uploadId);
    }
    for (const QByteArray &uploadId : std::as_const(uploadIds))
        m_multipart.abort(uploadId, temporaryPath());
    m_buckets.erase(name);
    const QByteArray trash = temporaryPath();
    if (renamePath(m_path + "/buckets/" + name, trash))
        removeTree(trash);
}

QByteArray StoreRoot::newId()
{
    return m_session + '-' + QByteArray::number(++m_idCount, 16).rightJustified(8, '0');
}

Result<void> StoreRoot::storeObject(const QByteArray &bucketName, const ObjectRecord &record, QByteArrayView inlineBody)
{
    BucketFolder *folder = bucket(bucketName);
    if (folder == nullptr)
        return failure(ErrorKind::NoSuchBucket, QStringLiteral("no such bucket"));
    const ObjectEntry *earlier = folder->find(record.key);
    const QByteArray displaced = earlier == nullptr ? QByteArray() : earlier->bodyPath;
    if (const auto stored = folder->store(record, inlineBody, temporaryPath()); !stored)
        return stored;
    removeBody(displaced);
    if (!record.uploadId.isEmpty())
        m_completed.insert(record.uploadId, {bucketName, record.key});
    return {};
}

void StoreRoot::removeObject(const QByteArray &bucketName, const QByteArray &key)
{
    BucketFolder *folder = bucket(bucketName);
    const ObjectEntry *entry = folder == nullptr ? nullptr : folder->find(key);
    if (entry == nullptr)
        return;
    const QByteArray bodyPath = entry->bodyPath;
    folder->remove(key);
    removeBody(bodyPath);
}

QByteArray StoreRoot::completedKey(const QByteArray &bucketName, const QByteArray &uploadId) const
{
    const auto found = m_completed.constFind(uploadId);
    return found == m_completed.constEnd() || found->first != bucketName ? QByteArray() : found->second;
}

void StoreRoot::removeBody(const QByteArray &bodyPath)
{
    if (bodyPath.isEmpty())
        return;
    m_completed.remove(bodyPath.mid(bodyPath.lastIndexOf('/') + 1));
    if (!m_discardsBodies)
        removeTree(m_path + '/' + bodyPath);
}

}  // namespace packmule
