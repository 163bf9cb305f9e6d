#pragma once

#include "tests/integration/store_behaviours/StoreSession.h"

#include <map>

namespace packmule {

/// One multipart upload as a test tells it: begun with the object, carried on call by call, never ended by itself.
/// Thread: the test's. The session outlives it.
class UploadStory
{
public:
    UploadStory(StoreSession &store, const QByteArray &key, ChecksumAlgorithm algorithm = ChecksumAlgorithm::None,
                const ObjectSettings &settings = {})
        : m_store(store),
          m_key(key),
          m_algorithm(algorithm),
          m_created(store.create(key, settings, {.algorithm = algorithm, .signPayload = true}))
    {
    }

    const Result<CreatedUpload> &created() const { return m_created; }
    QByteArray id() const { return m_created ? m_created->uploadId : QByteArray("never-begun"); }
    QByteArray key() const { return m_key; }

    /// A part that is taken is part of parts() from now on, in place of an earlier one of its number.
    Result<PartReceipt> send(int number, const QByteArray &bytes, bool isChecksumWrong = false)
    {
        const PartNumber partNumber = *PartNumber::from(number);
        const auto receipt = m_store.sendPart({.object = m_store.address(m_key), .uploadId = id(), .partNumber = partNumber}, bytes,
                                              {.algorithm = m_algorithm, .isChecksumWrong = isChecksumWrong});
        if (!receipt)
            return receipt;
        StoredPart part{.partNumber = partNumber, .size = ByteCount(bytes.size()), .eTag = receipt->eTag, .checksum = {}};
        if (m_algorithm != ChecksumAlgorithm::None)
            part.checksum = {.algorithm = m_algorithm, .rawBytes = digestOf(m_algorithm, bytes)};
        m_parts.insert_or_assign(number, part);
        return receipt;
    }
    QList<StoredPart> parts() const
    {
        QList<StoredPart> parts;
        for (const auto &[number, part] : m_parts)
            parts.append(part);
        return parts;
    }

    /// With all that was taken, in order.
    Result<StoredObject> complete(const Checksum &checksum = {}, bool ifNoneMatch = false)
    {
        return completeWith(parts(), checksum, ifNoneMatch);
    }
    Result<StoredObject> completeWith(const QList<StoredPart> &parts, const Checksum &checksum = {}, bool ifNoneMatch = false)
    {
        ByteCount size;
        for (const StoredPart &part : parts)
            size = size + part.size;
        return completeAs({.parts = parts, .objectSize = size, .objectChecksum = checksum, .ifNoneMatch = ifNoneMatch});
    }
    Result<StoredObject> completeAs(const CompleteRequest &request) { return m_store.complete(m_key, id(), request); }

    Result<PartPage> list(int marker = 0, int pageSize = 1000) { return m_store.parts(m_key, id(), marker, pageSize); }
    Result<void> abort() { return m_store.abort(m_key, id()); }

private:
    StoreSession &m_store;
    const QByteArray m_key;
    const ChecksumAlgorithm m_algorithm;
    const Result<CreatedUpload> m_created;
    std::map<int, StoredPart> m_parts;
};

}  // namespace packmule
