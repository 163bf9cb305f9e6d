#pragma once

#include "core/base/Result.h"
#include "core/localstore/ObjectRecord.h"

#include <QByteArray>

#include <map>
#include <memory>

namespace packmule {

/// What listings tell of an object, held in memory; the whole record is read when it is asked for.
struct ObjectEntry {
    qint64 size = 0;
    QByteArray eTag, storageClass;
    WallTime modified{};
    QByteArray bodyPath;  ///< relative to the root, empty if inline: what goes when the object goes
    std::shared_ptr<const ObjectRecord> record;  ///< only where bodies are discarded: nothing is on disk then
};

/// The objects of one bucket: an index in memory over one record file an object, named by the hash of its key, so that
/// a key never becomes a path. A record is written beside and renamed into place: kill -9 leaves the old or the new object.
/// Thread: the store's.
class BucketFolder
{
public:
    /// @param root the store's root; the bucket is root/buckets/name.
    BucketFolder(const QByteArray &root, const QByteArray &name, WallTime created);

    /// Reads all records; removes body files that no record names (what a kill left).
    void load();

    WallTime created() const { return m_created; }
    const std::map<QByteArray, ObjectEntry> &entries() const { return m_entries; }
    const ObjectEntry *find(const QByteArray &key) const;
    struct Found {
        ObjectRecord record;
        QByteArray recordPath;   ///< where an inline body is
        qint64 bodyOffset = 0;
    };
    Result<Found> record(const QByteArray &key) const;
    /// A place for a body that comes, relative to the root.
    QByteArray newBodyPath(const QByteArray &id) const;
    /// Puts or replaces. @param temporaryPath a free name on the same file system.
    Result<void> store(const ObjectRecord &record, QByteArrayView inlineBody, const QByteArray &temporaryPath);
    void remove(const QByteArray &key);

private:
    QByteArray recordPath(const QByteArray &key) const;
    void loadRecord(const QByteArray &path);
    void removeOrphans() const;

    const QByteArray m_root, m_path, m_bodyFolder;
    const WallTime m_created;
    std::map<QByteArray, ObjectEntry> m_entries;
};

}  // namespace packmule
