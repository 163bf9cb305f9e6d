#include "core/s3/S3Answers.h"
#include "core/s3/S3ErrorMapping.h"
#include "core/s3/S3Listings.h"
#include "core/s3/S3Xml.h"

#include "tests/fuzz/Promise.h"

#include <cstddef>
#include <cstdint>

using namespace packmule;

// Everything that reads XML from a store, over any bytes. Beyond "no crash": pages that are understood lead forward, and what
// xmlEscaped writes is read back.

namespace {

void readAsEveryAnswer(const QByteArray &body)
{
    HttpResponse response;
    response.status = 200;
    response.headers.append("ETag", "\"e\"");
    response.body = body;
    const ProviderProfile profile;
    static_cast<void>(createdUpload(response, ChecksumAlgorithm::Crc64Nvme, WallTime{}));
    static_cast<void>(completedObject(response, {}));
    static_cast<void>(bucketList(response));
    static_cast<void>(uploadPage(response, "bucket", "key", "id"));
    static_cast<void>(objectPage(response, "token", profile));
    constexpr int marker = 7;
    if (const auto page = partPage(response, marker)) {
        PACKMULE_PROMISE(!page->nextMarker || *page->nextMarker > marker);
        for (const StoredPart &part : page->parts) {
            PACKMULE_PROMISE(part.partNumber.value() >= 1 && part.partNumber.value() <= PartNumber::kMax);
            PACKMULE_PROMISE(part.size >= ByteCount(0));
        }
    }
    S3ErrorAnswer refusal;
    refusal.operation = S3Operation::CompleteMultipartUpload;
    refusal.bucket = "bucket";
    refusal.key = "key";
    refusal.status = 400;
    refusal.body = body;
    static_cast<void>(errorFromAnswer(refusal));
}

void writeAndReadBack(const QByteArray &text)
{
    if (!text.isValidUtf8())
        return;
    const QByteArray document = "<a>" + xmlEscaped(text) + "</a>";
    const auto read = readXml(document);
    if (!read)
        return;  // characters such as U+FFFE, which XML 1.0 has no way to write
    QByteArray expected;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n' || c == '\r')
            expected += c;
    }
    PACKMULE_PROMISE(read->text == expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    if (const auto root = readXml(bytes))
        PACKMULE_PROMISE(!root->name.isEmpty());
    readAsEveryAnswer(bytes);
    writeAndReadBack(bytes);
    return 0;
}
