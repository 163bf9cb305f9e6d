#pragma once

#include "core/base/Result.h"
#include "core/http/HttpHeaders.h"
#include "core/localstore/StoreFiles.h"
#include "core/s3/Types.h"

#include <QByteArray>

#include <memory>

namespace packmule {

class AwsChunkedReader;
class Digest;

/// Where a request's body goes, and which digests of it are wanted.
struct BodyPlan {
    enum class Keep { Nothing, Memory, File };
    Keep keep = Keep::Nothing;
    QByteArray filePath;  ///< for File: must not exist yet
    bool needsMd5 = false;
    bool needsSha256 = false;
    ChecksumAlgorithm algorithm = ChecksumAlgorithm::None;
    bool isAwsChunked = false;  ///< on the wire; all the rest is of the bytes within
};

/// A body that has arrived whole.
struct ReceivedBody {
    qint64 size = 0;
    QByteArray bytes;     ///< Keep::Memory
    IncomingFile file;    ///< Keep::File; removed with this value unless it is kept
    QByteArray md5, sha256;  ///< raw, where they were wanted
    Checksum checksum;
    HttpHeaders trailers;    ///< of an aws-chunked body
    std::optional<Error> error;  ///< the disk failed, or the form is broken; the rest of the body was read and dropped
};

/// Takes a body piece by piece, to memory or disk, and digests it on the way. Thread: the connection's.
class BodyReceiver
{
public:
    explicit BodyReceiver(const BodyPlan &plan);
    ~BodyReceiver();

    void add(const QByteArray &piece);
    /// Once, when the body has ended.
    ReceivedBody finish();

private:
    struct WantedDigest {
        std::unique_ptr<Digest> digest;
        QByteArray ReceivedBody::*target;
    };

    void addBytes(const QByteArray &piece);

    BodyPlan m_plan;
    ReceivedBody m_body;
    OpenFile m_file;
    std::vector<WantedDigest> m_digests;
    std::unique_ptr<Digest> m_checksum;
    std::unique_ptr<AwsChunkedReader> m_chunks;
};

}  // namespace packmule
