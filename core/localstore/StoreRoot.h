#pragma once

#include "core/localstore/BucketFolder.h"
#include "core/localstore/MultipartFolder.h"

#include <QByteArray>
#include <QHash>

#include <map>
#include <memory>

namespace packmule {

/// The folder of a store: root/{lock,buckets,multipart,temporary}. One process at a time.
/// Thread: the store's.
class StoreRoot
{
public:
    /// Errors: LocalIo (cannot be made or read; another process has it).
    static Result<std::unique_ptr<StoreRoot>> open(const QByteArray &path, bool discardsBodies);
    ~StoreRoot();

    const QByteArray &path() const { return m_path; }
    bool discardsBodies() const { return m_discardsBodies; }
    /// null if there is no such bucket.
    BucketFolder *bucket(const QByteArray &name) const;
    const std::map<QByteArray, std::unique_ptr<BucketFolder>> &buckets() const { return m_buckets; }
    Result<void> createBucket(const QByteArray &name, WallTime created);
    void removeBucket(const QByteArray &name);

    MultipartFolder &multipart() { return m_multipart; }
    const MultipartFolder &multipart() const { return m_multipart; }

    /// Unique in this root: for file names.
    QByteArray newId();
    QByteArray temporaryPath() { return m_path + "/temporary/" + newId(); }

    /// Puts or replaces an object and removes what it displaces.
    Result<void> storeObject(const QByteArray &bucketName, const ObjectRecord &record, QByteArrayView inlineBody);
    void removeObject(const QByteArray &bucketName, const QByteArray &key);
    /// The key whose current object came from this upload; empty if none does.
    QByteArray completedKey(const QByteArray &bucketName, const QByteArray &uploadId) const;

private:
    StoreRoot(const QByteArray &path, bool discardsBodies, int lockDescriptor);
    void load();
    void removeBody(const QByteArray &bodyPath);

    const QByteArray m_path;
    const bool m_discardsBodies;
    const int m_lockDescriptor;
    const QByteArray m_session;  ///< random, so that ids of two runs differ
    quint64 m_idCount = 0;
    std::map<QByteArray, std::unique_ptr<BucketFolder>> m_buckets;
    MultipartFolder m_multipart;
    QHash<QByteArray, std::pair<QByteArray, QByteArray>> m_completed;  ///< upload id → bucket, key
};

}  // namespace packmule
