#include "core/localstore/BucketFolder.h"

#include "core/base/LogCategories.h"
#include "core/integrity/Digest.h"
#include "core/localstore/StoreFiles.h"

#include <QSet>

namespace packmule {

namespace {

ObjectEntry entryOf(const ObjectRecord &record)
{
    ObjectEntry entry;
    entry.size = record.size;
    entry.eTag = record.eTag;
    entry.storageClass = record.headers.value("x-amz-storage-class");
    entry.modified = record.modified;
    entry.bodyPath = record.bodyPath;
    if (record.isDiscarded)
        entry.record = std::make_shared<const ObjectRecord>(record);
    return entry;
}

}  // namespace

BucketFolder::BucketFolder(const QByteArray &root, const QByteArray &name, WallTime created)
    : m_root(root), m_path(root + "/buckets/" + name), m_bodyFolder("buckets/" + name + "/bodies"), m_created(created)
{
}

void BucketFolder::load()
{
    const QByteArray records = m_path + "/records";
    const QByteArrayList shards = folderEntries(records);
    for (const QByteArray &shard : shards) {
        const QByteArrayList names = folderEntries(records + '/' + shard);
        for (const QByteArray &name : names)
            loadRecord(QByteArray(records + '/' + shard + '/' + name));
    }
    removeOrphans();
}

void BucketFolder::loadRecord(const QByteArray &path)
{
    const auto content = fileContent(path);
    const auto stored = content ? recordFromBytes(*content) : std::nullopt;
    if (!stored) {
        qCWarning(lcLocalStore) << "an object's record cannot be read and is left aside:" << path;
        return;
    }
    m_entries.insert_or_assign(stored->record.key, entryOf(stored->record));
}

void BucketFolder::removeOrphans() const
{
    QSet<QByteArray> named;
    for (const auto &[key, entry] : m_entries)
        named.insert(entry.bodyPath);
    const QByteArrayList shards = folderEntries(m_root + '/' + m_bodyFolder);
    for (const QByteArray &shard : shards) {
        const QByteArray folder = m_bodyFolder + '/' + shard;
        const QByteArrayList names = folderEntries(m_root + '/' + folder);
        for (const QByteArray &name : names) {
            if (!named.contains(QByteArray(folder + '/' + name)))
                removeFile(m_root + '/' + folder + '/' + name);
        }
    }
}

const ObjectEntry *BucketFolder::find(const QByteArray &key) const
{
    const auto found = m_entries.find(key);
    return found == m_entries.end() ? nullptr : &found->second;
}

Result<BucketFolder::Found> BucketFolder::record(const QByteArray &key) const
{
    const ObjectEntry *entry = find(key);
    if (entry == nullptr)
        return failure(ErrorKind::NoSuchKey, QStringLiteral("no such object"));
    if (entry->record)
        return Found{*entry->record, {}, 0};
    const QByteArray path = recordPath(key);
    const auto content = fileContent(path);
    if (!content)
        return std::unexpected(content.error());
    const auto stored = recordFromBytes(*content);
    if (!stored)
        return failure(ErrorKind::LocalIo, QStringLiteral("The object's record is damaged."));
    return Found{stored->record, path, stored->bodyOffset};
}

QByteArray BucketFolder::newBodyPath(const QByteArray &id) const
{
    return m_bodyFolder + '/' + id.right(2) + '/' + id;
}

Result<void> BucketFolder::store(const ObjectRecord &record, QByteArrayView inlineBody, const QByteArray &temporaryPath)
{
    if (!record.isDiscarded) {
        QByteArray bytes = recordBytes(record);
        bytes += inlineBody;
        if (const auto written = replaceFile(recordPath(record.key), temporaryPath, bytes); !written)
            return written;
    }
    m_entries.insert_or_assign(record.key, entryOf(record));
    return {};
}

void BucketFolder::remove(const QByteArray &key)
{
    removeFile(recordPath(key));
    m_entries.erase(key);
}

QByteArray BucketFolder::recordPath(const QByteArray &key) const
{
    const QByteArray hash = sha256(key).toHex();
    return m_path + "/records/" + hash.left(2) + '/' + hash;
}

}  // namespace packmule
