#pragma once

#include "core/base/Result.h"
#include "core/http/HttpHeaders.h"
#include "core/localstore/StoreFiles.h"
#include "core/s3/Types.h"

#include <QByteArray>
#include <QSet>

#include <map>

namespace packmule {

/// One part as it lies in its upload's folder. Its file name tells all but size and time: "part.7.MD5.CHECKSUM".
struct PartFile {
    int number = 0;
    qint64 size = 0;
    QByteArray md5;       ///< 16 raw bytes
    QByteArray checksum;  ///< raw, of the upload's algorithm; empty if there is none
    WallTime modified{};
    QByteArray name;      ///< empty if bodies are discarded
};

struct StoredUpload {
    QByteArray uploadId, bucket, key;
    WallTime initiated{};
    HttpHeaders headers;  ///< for the object to be
    ChecksumAlgorithm algorithm = ChecksumAlgorithm::None;
    bool isComposite = false;
    std::map<int, PartFile> parts;
};

/// The unfinished multipart uploads, a folder each, which stays in its place as the object's body once the upload is
/// completed: no byte is copied. Thread: the store's.
class MultipartFolder
{
public:
    MultipartFolder(const QByteArray &root, bool discardsBodies);

    /// Reads what is there. Folders of `completed` uploads belong to objects; folders without a record are removed.
    void load(const QSet<QByteArray> &completed);

    const std::map<QByteArray, StoredUpload> &uploads() const { return m_uploads; }
    /// null unless the upload is unfinished and for this very object.
    const StoredUpload *find(const QByteArray &bucket, const QByteArray &key, const QByteArray &uploadId) const;
    Result<void> create(const StoredUpload &upload, const QByteArray &temporaryPath);
    /// A free absolute path in the upload's folder.
    QByteArray incomingPath(const QByteArray &uploadId, const QByteArray &id) const;
    /// Puts or replaces the part. @param part without its name.
    Result<void> addPart(const QByteArray &uploadId, PartFile part, IncomingFile file);
    /// The upload is now an object: forget it, and remove the parts that are not among `kept`.
    void release(const QByteArray &uploadId, const QSet<QByteArray> &kept);
    /// @param trashPath where the folder goes at once; it is removed from there.
    void abort(const QByteArray &uploadId, const QByteArray &trashPath);

    /// Relative to the root.
    static QByteArray folderOf(const QByteArray &uploadId) { return "multipart/" + uploadId; }

private:
    QByteArray pathOf(const QByteArray &uploadId) const { return m_root + '/' + folderOf(uploadId); }
    void loadUpload(const QByteArray &uploadId);
    void loadPart(StoredUpload &upload, const QByteArray &name) const;

    const QByteArray m_root;
    const bool m_discardsBodies;
    std::map<QByteArray, StoredUpload> m_uploads;
};

}  // namespace packmule
