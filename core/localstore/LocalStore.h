#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/http/HttpHead.h"
#include "core/s3/Types.h"

#include <QByteArray>
#include <QHostAddress>
#include <QList>
#include <QObject>
#include <QSslConfiguration>

#include <functional>
#include <memory>
#include <optional>

class QTcpSocket;

namespace packmule {

struct LocalStoreOptions {
    QByteArray root;                       ///< folder, raw bytes; created 0700 if absent
    QHostAddress address = QHostAddress(QHostAddress::LocalHost);  ///< loopback only, anything else is refused
    quint16 port = 0;                      ///< 0 = any free one
    QByteArray accessKeyId, secretAccessKey;
    QByteArray region = "us-east-1";
    bool knowsChecksums = true;            ///< false behaves as a store without additional checksums
    bool allowAnonymous = false;
    bool discardBodies = false;            ///< benchmarks: part and object bodies are counted and digested, not stored
    bool checkDigests = true;
    std::optional<QSslConfiguration> tls;  ///< https if set
    const Clock *clock = nullptr;          ///< null = system
    qint64 bytesPerSecond = 0;             ///< what all connections together read at most; 0 = no limit
};

/// One S3 operation as the store understood it; what tests script faults by and count.
struct LocalStoreCall {
    enum class Operation { ListBuckets, CreateBucket, DeleteBucket, HeadBucket, GetBucketConfiguration, ListObjects,
                           ListMultipartUploads, PutObject, GetObject, HeadObject, DeleteObject, CreateMultipartUpload,
                           UploadPart, ListParts, CompleteMultipartUpload, AbortMultipartUpload, Unknown };
    Operation operation = Operation::Unknown;
    QByteArray bucket, key, uploadId;
    int partNumber = 0;
    HttpHead head;
};

/// An object as it lies in the store, for tests and tools on the same thread.
struct LocalStoreObject {
    QByteArray bucket, key, eTag;
    ByteCount size;
    WallTime modified{};
    HttpHeaders headers;  ///< Content-Type, x-amz-meta-…, as HeadObject tells them
    Checksum checksum;
};

/// What a hook wants done instead of, or to, the normal answer. Offsets count body bytes.
struct LocalStoreFault {
    enum class Act {
        None,
        AnswerEarly,        ///< send `status`/`body` at once without reading the request body, then close (RST if it has one)
        AnswerInstead,      ///< read the whole body, change nothing, answer `status`/`body`
        AnswerAfter,        ///< do the operation, then answer `status`/`body` in its place
        CloseAfterRequest,  ///< read the whole request, do nothing, close without an answer
        CloseAfterDoing,    ///< do the operation, then close without an answer
        ResetAt,            ///< RST when `offset` body bytes have been read (at the end of a shorter body)
        StopReadingAt,      ///< read `offset` bytes, then neither read nor answer for `delay`, then as if nothing were
        TruncateAnswerAt,   ///< do it, send `offset` bytes of the whole answer, close
        DelayAnswer,        ///< do it, wait `delay`, answer
        RawAnswer,          ///< read the body, do nothing, write `body` as the raw bytes of the answer, close after `delay`
        RawAnswerAfter,     ///< do it, write `body` as the raw bytes of the answer, close after `delay`
        WhitespaceThen,     ///< 200 head at once, a blank every second (a fifth of a `delay` below 5 s) for `delay`, then
                            ///< the result; with `body` or `code`: that, and nothing is done
    };
    Act act = Act::None;
    int status = 500;
    QByteArray body{};                     ///< XML; empty = a plain S3 error for `status`/`code`
    QByteArray code{};                     ///< S3 error code for a made-up body
    QList<std::pair<QByteArray, QByteArray>> headers{};
    qint64 offset = 0;
    Milliseconds delay{0};
};

/// An S3 service on a folder: SigV4 checked, path style, buckets, objects with ranges, multipart, ListParts,
/// ListMultipartUploads, listing v2, conditional writes, checksums (facts A5). Never on anything but loopback.
/// Bodies stream to disk; memory does not grow with them. Thread: the one that made it; its sockets live there.
class LocalStore : public QObject
{
    Q_OBJECT

public:
    explicit LocalStore(LocalStoreOptions options, QObject *parent = nullptr);
    ~LocalStore() override;

    /// Errors: InvalidRequest (not loopback), LocalIo (root or port).
    Result<void> listen();
    quint16 port() const;

    /// Asked once per request, when the head has been read. For tests only; unset in the product.
    std::function<LocalStoreFault(const LocalStoreCall &)> faultHook;

    /// As the operation of that name, without a request. After listen(). Nothing happens if the bucket is there.
    Result<void> createBucket(const QByteArray &name);
    /// Everything that is there, in order of bucket and key.
    QList<LocalStoreObject> objects() const;
    /// Live multipart uploads, in the order they began.
    QList<UnfinishedUpload> unfinishedUploads() const;
    /// Reads the whole body: for tests. 32 raw bytes. Errors: NoSuchKey, LocalIo (also: bodies are discarded).
    Result<QByteArray> objectSha256(const ObjectAddress &address) const;

Q_SIGNALS:
    /// After an operation was carried out or refused, before its answer: what the answer says, even if a fault then loses it.
    void performed(const packmule::LocalStoreCall &call, int status, qint64 bodyBytes);
    /// After every answer (status 0: none was sent). For logs and counters. bodyBytes: request body bytes read.
    void served(const packmule::LocalStoreCall &call, int status, qint64 bodyBytes);

private:
    void accept(QTcpSocket *socket);

    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace packmule
