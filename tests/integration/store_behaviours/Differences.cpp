#include "tests/integration/store_behaviours/BehaviourReport.h"

namespace packmule {

namespace {

// Sources: what was seen of the versions of Debian 13, and where the store's own people or source say why.
constexpr QByteArrayView kCephChecksums = "Ceph 18.2.7: knows no x-amz-checksum-*, and says nothing of it";
constexpr QByteArrayView kCephPartList = "Ceph 18.2.7: sorts the list by part number first";
constexpr QByteArrayView kCephSize = "Ceph 18.2.7: x-amz-mp-object-size is ignored";
constexpr QByteArrayView kCephCondition = "Ceph 18.2.7: looks at If-None-Match in PutObject only (ceph/s3-tests issue 583)";
constexpr QByteArrayView kCephListParts = "Ceph 18.2.7: ListParts calls the missing upload a key, as DigitalOcean Spaces does";
constexpr QByteArrayView kCephUnknown = "Ceph 18.2.7: 500 for an upload it does not know (tracker 75534, mended by ceph/ceph pull 68186)";
constexpr QByteArrayView kCephAgain = "Ceph 18.2.7: a repeated Complete is answered without an ETag";
constexpr QByteArrayView kCephKey = "Ceph 18.2.7: another code for the same";
constexpr QByteArrayView kMotoChecksums = "moto 5.1.1: looks at a checksum only where x-amz-sdk-checksum-algorithm names it (_get_checksum)";
constexpr QByteArrayView kMotoDigests = "moto 5.1.1: never compares Content-MD5 or the signed hash with the body";
constexpr QByteArrayView kMotoSecret = "moto 5.1.1: checks no signature";
constexpr QByteArrayView kMotoPartList = "moto 5.1.1: takes the list as it stands (FakeMultipart.complete)";
constexpr QByteArrayView kMotoSize = "moto 5.1.1: x-amz-mp-object-size is ignored";
constexpr QByteArrayView kMotoUnknown = "moto 5.1.1: an upload it does not know is a KeyError (upload_part, complete_multipart_upload)";
constexpr QByteArrayView kMotoOtherKey = "moto 5.1.1: finds uploads by their id only";
constexpr QByteArrayView kMotoCondition = "moto 5.1.1: ignored over an object that was itself made of parts (mended by getmoto/moto pull 9209)";
constexpr QByteArrayView kMotoParts = "moto 5.1.1: takes the marker for an index into its list (FakeMultipart.list_parts)";
constexpr QByteArrayView kMotoUploads = "moto 5.1.1: neither pages nor order (list_multipart_uploads)";
constexpr QByteArrayView kMotoLines = "moto 5.1.1: its routes match no line breaks";
constexpr QByteArrayView kMotoKey = "moto 5.1.1: knows no longest key";

// The local store has no row: it does all of it as S3 does. Keep it so.
constexpr StoreDifference kDifferences[] = {
    {"ceph", "put with CRC64NVME: told by PutObject, by HeadObject", "none, none", kCephChecksums},
    {"ceph", "put with CRC32C: told by PutObject, by HeadObject", "none, none", kCephChecksums},
    {"ceph", "put with CRC32: told by PutObject, by HeadObject", "none, none", kCephChecksums},
    {"ceph", "put with SHA256: told by PutObject, by HeadObject", "none, none", kCephChecksums},
    {"ceph", "put with a wrong CRC64NVME", "ok, an object there", kCephChecksums},
    {"ceph", "put with a wrong CRC32C", "ok, an object there", kCephChecksums},
    {"ceph", "put with a wrong CRC32", "ok, an object there", kCephChecksums},
    {"ceph", "put with a wrong SHA256", "ok, an object there", kCephChecksums},
    {"ceph", "multipart with CRC64NVME: told by", "nothing", kCephChecksums},
    {"ceph", "multipart with CRC32C: told by", "nothing", kCephChecksums},
    {"ceph", "multipart with CRC32: told by", "nothing", kCephChecksums},
    {"ceph", "multipart with SHA256: told by", "nothing", kCephChecksums},
    {"ceph", "multipart with a part's wrong CRC64NVME", "ok, a part there", kCephChecksums},
    {"ceph", "multipart with a part's wrong CRC32C", "ok, a part there", kCephChecksums},
    {"ceph", "multipart with a part's wrong CRC32", "ok, a part there", kCephChecksums},
    {"ceph", "multipart with a part's wrong SHA256", "ok, a part there", kCephChecksums},
    {"ceph", "complete with a wrong CRC64NVME", "ok, an object there", kCephChecksums},
    {"ceph", "complete with a wrong CRC32C", "ok, an object there", kCephChecksums},
    {"ceph", "complete with a wrong CRC32", "ok, an object there", kCephChecksums},
    {"ceph", "complete with a wrong SHA256", "ok, an object there", kCephChecksums},
    {"ceph", "complete: wrong order", "ok, an object there", kCephPartList},
    {"ceph", "complete: part named twice", "ok, an object there", kCephPartList},
    {"ceph", "complete: wrong object size", "ok, an object there", kCephSize},
    {"ceph", "complete again: ETag", "empty", kCephAgain},
    {"ceph", "after complete: list parts", "noSuchUpload 404 NoSuchKey", kCephListParts},
    {"ceph", "after abort: list parts", "noSuchUpload 404 NoSuchKey", kCephListParts},
    {"ceph", "after abort: complete", "serverFault 500 InternalError", kCephUnknown},
    {"ceph", "unknown upload: list parts", "noSuchUpload 404 NoSuchKey", kCephListParts},
    {"ceph", "unknown upload: complete", "serverFault 500 InternalError", kCephUnknown},
    {"ceph", "another key's upload: list parts", "noSuchUpload 404 NoSuchKey", kCephListParts},
    {"ceph", "another key's upload: complete", "serverFault 500 InternalError", kCephUnknown},
    {"ceph", "complete If-None-Match: an object there", "ok", kCephCondition},
    {"ceph", "complete If-None-Match: what is there", "something else", kCephCondition},
    {"ceph", "key: 1,025 bytes", "serviceRefused 400 InvalidObjectName", kCephKey},

    {"moto", "put with CRC64NVME: told by PutObject, by HeadObject", "none, none", kMotoChecksums},
    {"moto", "put with CRC32C: told by PutObject, by HeadObject", "none, none", kMotoChecksums},
    {"moto", "put with CRC32: told by PutObject, by HeadObject", "none, none", kMotoChecksums},
    {"moto", "put with SHA256: told by PutObject, by HeadObject", "none, none", kMotoChecksums},
    {"moto", "put with a wrong CRC64NVME", "ok, an object there", kMotoChecksums},
    {"moto", "put with a wrong CRC32C", "ok, an object there", kMotoChecksums},
    {"moto", "put with a wrong CRC32", "ok, an object there", kMotoChecksums},
    {"moto", "put with a wrong SHA256", "ok, an object there", kMotoChecksums},
    {"moto", "put with a wrong Content-MD5", "ok, an object there", kMotoDigests},
    {"moto", "put with a wrong signed hash", "ok, an object there", kMotoDigests},
    {"moto", "wrong secret", "ok, an object there", kMotoSecret},
    {"moto", "multipart with CRC64NVME: told by", "nothing", kMotoChecksums},
    {"moto", "multipart with CRC32C: told by", "nothing", kMotoChecksums},
    {"moto", "multipart with CRC32: told by", "nothing", kMotoChecksums},
    {"moto", "multipart with SHA256: told by", "nothing", kMotoChecksums},
    {"moto", "multipart with a part's wrong CRC64NVME", "ok, a part there", kMotoChecksums},
    {"moto", "multipart with a part's wrong CRC32C", "ok, a part there", kMotoChecksums},
    {"moto", "multipart with a part's wrong CRC32", "ok, a part there", kMotoChecksums},
    {"moto", "multipart with a part's wrong SHA256", "ok, a part there", kMotoChecksums},
    {"moto", "complete with a wrong CRC64NVME", "ok, an object there", kMotoChecksums},
    {"moto", "complete with a wrong CRC32C", "ok, an object there", kMotoChecksums},
    {"moto", "complete with a wrong CRC32", "ok, an object there", kMotoChecksums},
    {"moto", "complete with a wrong SHA256", "ok, an object there", kMotoChecksums},
    {"moto", "complete: wrong order", "ok, an object there", kMotoPartList},
    {"moto", "complete: wrong order: then the object", "two one", kMotoPartList},
    {"moto", "complete: part named twice", "ok, an object there", kMotoPartList},
    {"moto", "complete: part named twice: then the object", "one one two", kMotoPartList},
    {"moto", "complete: wrong object size", "ok, an object there", kMotoSize},
    {"moto", "after complete: part", "serverFault 500", kMotoUnknown},
    {"moto", "after abort: part", "serverFault 500", kMotoUnknown},
    {"moto", "after abort: complete", "serverFault 500", kMotoUnknown},
    {"moto", "unknown upload: part", "serverFault 500", kMotoUnknown},
    {"moto", "unknown upload: complete", "serverFault 500", kMotoUnknown},
    {"moto", "another key's upload: list parts", "ok", kMotoOtherKey},
    {"moto", "another key's upload: complete", "ok", kMotoOtherKey},
    {"moto", "complete If-None-Match: an object there", "ok", kMotoCondition},
    {"moto", "complete If-None-Match: what is there", "something else", kMotoCondition},
    {"moto", "list parts: what the pages hold", "1 2, 5 9", kMotoParts},
    {"moto", "list uploads: pages of two", "edcba", kMotoUploads},
    {"moto", "key: newline", "object: put serviceRefused 404; upload: create serviceRefused 404", kMotoLines},
    {"moto", "key: carriage return and tab", "object: put serviceRefused 404; upload: create serviceRefused 404", kMotoLines},
    {"moto", "key: 1,025 bytes", "ok", kMotoKey},
};

}  // namespace

QList<StoreDifference> differencesOf(QByteArrayView store)
{
    QList<StoreDifference> rows;
    for (const StoreDifference &row : kDifferences) {
        if (row.store == store)
            rows.append(row);
    }
    return rows;
}

}  // namespace packmule
