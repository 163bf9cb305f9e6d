#include "core/s3/S3Headers.h"

#include "core/base/Redaction.h"
#include "core/integrity/Digest.h"
#include "core/s3/UriEncoding.h"

#include <algorithm>
#include <array>

namespace packmule {

namespace {

constexpr qsizetype kMostMetadata = 2048;  // S3 user guide, "Working with object metadata"
constexpr qsizetype kLongestEncodedWord = 75;  // RFC 2047, section 2
constexpr QByteArrayView kWordStart = "=?UTF-8?B?";
constexpr QByteArrayView kWordEnd = "?=";

constexpr std::array kWireAlgorithms = {ChecksumAlgorithm::Crc64Nvme, ChecksumAlgorithm::Crc32c,
                                        ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Sha256, ChecksumAlgorithm::Sha1};

bool isAscii(const QByteArray &value)
{
    return std::ranges::none_of(value, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

std::unexpected<Error> refused(const QString &setting, const QString &why)
{
    return failure(ErrorKind::InvalidRequest, QStringLiteral("%1 cannot be sent: %2.").arg(setting, why));
}

std::optional<Error> objectionToValue(const QString &setting, const QByteArray &value)
{
    if (!isHeaderValue(value))
        return refused(setting, QStringLiteral("it contains a line break or another control character")).error();
    return std::nullopt;
}

/// One plain header, left out where the value is empty.
std::optional<Error> appendPlain(HttpHeaders &headers, const QByteArray &name, const QByteArray &value)
{
    if (value.isEmpty())
        return std::nullopt;
    const QString setting = QString::fromLatin1(name);
    if (auto objection = objectionToValue(setting, value))
        return objection;
    if (!isAscii(value))
        return refused(setting, QStringLiteral("it contains characters that are not ASCII")).error();
    headers.append(name, value);
    return std::nullopt;
}

std::optional<Error> appendMetadata(HttpHeaders &headers, const ObjectSettings &settings)
{
    qsizetype total = 0;
    for (const auto &[name, value] : settings.metadata) {
        const QString setting = QStringLiteral("The metadata \"%1\"").arg(displayName(name));
        if (!isHeaderName(name))
            return refused(setting, QStringLiteral("its name may only have letters, digits and hyphens")).error();
        if (auto objection = objectionToValue(setting, value))
            return objection;
        if (!value.isValidUtf8())
            return refused(setting, QStringLiteral("its value is not UTF-8")).error();
        total += name.size() + value.size();
        headers.append("x-amz-meta-" + name.toLower(), encodedMetadataValue(value));
    }
    if (total > kMostMetadata)
        return refused(QStringLiteral("The metadata"), QStringLiteral("names and values together exceed 2 KB")).error();
    return std::nullopt;
}

QByteArray decodedWord(const QByteArray &word)
{
    // =?charset?encoding?text?=
    const QList<QByteArray> pieces = word.sliced(2, word.size() - 4).split('?');
    if (pieces.size() != 3 || pieces[0].compare("utf-8", Qt::CaseInsensitive) != 0)
        return word;
    if (pieces[1].compare("b", Qt::CaseInsensitive) == 0) {
        const auto decoded = QByteArray::fromBase64Encoding(pieces[2], QByteArray::AbortOnBase64DecodingErrors);
        return decoded ? decoded.decoded : word;
    }
    if (pieces[1].compare("q", Qt::CaseInsensitive) == 0) {
        const auto decoded = uriDecoded(QByteArray(pieces[2]).replace("%", "%25").replace('_', ' ').replace('=', '%'));
        return decoded ? *decoded : word;
    }
    return word;
}

bool isEncodedWord(const QByteArray &text)
{
    return text.size() > 6 && text.startsWith("=?") && text.endsWith("?=");
}

}  // namespace

QByteArray encodedMetadataValue(const QByteArray &value)
{
    if (isAscii(value))
        return value;
    // Whole characters only in each word: 45 bytes of text make 60 of base64, 72 with the frame.
    constexpr qsizetype kBytesPerWord = (kLongestEncodedWord - 12) / 4 * 3;
    QByteArray out;
    for (qsizetype at = 0; at < value.size();) {
        qsizetype end = std::min(at + kBytesPerWord, value.size());
        while (end < value.size() && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80)
            --end;
        if (!out.isEmpty())
            out += ' ';
        out += kWordStart + value.sliced(at, end - at).toBase64() + kWordEnd;
        at = end;
    }
    return out;
}

QByteArray decodedMetadataValue(const QByteArray &value)
{
    if (!value.contains("=?"))
        return value;
    QByteArray out;
    bool wasEncoded = false;
    for (const QByteArray &word : value.split(' ')) {
        const bool isEncoded = isEncodedWord(word);
        // The space between two encoded words belongs to the encoding (RFC 2047, 6.2).
        if (!out.isEmpty() && !(wasEncoded && isEncoded))
            out += ' ';
        out += isEncoded ? decodedWord(word) : word;
        wasEncoded = isEncoded;
    }
    return out;
}

Result<HttpHeaders> settingsHeaders(const ObjectSettings &settings)
{
    HttpHeaders headers;
    const QByteArray type = settings.contentType.isEmpty() ? QByteArray("application/octet-stream") : settings.contentType;
    QByteArray tagging;
    for (const auto &[name, value] : settings.tags) {
        tagging += tagging.isEmpty() ? "" : "&";
        tagging += uriEncoded(name, SlashEncoding::Encode) + '=' + uriEncoded(value, SlashEncoding::Encode);
    }
    const std::pair<QByteArray, QByteArray> plain[] = {
        {"Content-Type", type},
        {"Cache-Control", settings.cacheControl},
        {"Content-Disposition", settings.contentDisposition},
        {"Content-Encoding", settings.contentEncoding},
        {"x-amz-acl", settings.acl},
        {"x-amz-storage-class", settings.storageClass},
        {"x-amz-server-side-encryption", settings.serverSideEncryption},
        {"x-amz-server-side-encryption-aws-kms-key-id", settings.kmsKeyId},
        {"x-amz-tagging", tagging},
    };
    for (const auto &[name, value] : plain) {
        if (auto objection = appendPlain(headers, name, value))
            return std::unexpected(*objection);
    }
    if (auto objection = appendMetadata(headers, settings))
        return std::unexpected(*objection);
    return headers;
}

QByteArray checksumHeaderName(ChecksumAlgorithm algorithm)
{
    if (algorithm == ChecksumAlgorithm::None || algorithm == ChecksumAlgorithm::Md5)
        return {};
    return "x-amz-checksum-" + checksumAlgorithmName(algorithm).toLower();
}

void appendChecksum(HttpHeaders &headers, const Checksum &checksum)
{
    if (checksum.isEmpty())
        return;
    const bool isMd5 = checksum.algorithm == ChecksumAlgorithm::Md5;
    headers.append(isMd5 ? QByteArray("Content-MD5") : checksumHeaderName(checksum.algorithm),
                   checksum.rawBytes.toBase64());
}

Checksum checksumFromText(ChecksumAlgorithm algorithm, const QByteArray &text)
{
    const qsizetype hyphen = text.indexOf('-');
    const QByteArray raw = QByteArray::fromBase64(text.left(hyphen < 0 ? text.size() : hyphen));
    if (raw.size() != digestSize(algorithm) || raw.isEmpty())
        return {};
    return {.algorithm = algorithm, .rawBytes = raw, .isComposite = hyphen >= 0};
}

Checksum checksumInHeaders(const HttpHeaders &headers)
{
    for (const ChecksumAlgorithm algorithm : kWireAlgorithms) {
        Checksum checksum = checksumFromText(algorithm, headers.value(checksumHeaderName(algorithm)));
        if (checksum.isEmpty())
            continue;
        checksum.isComposite = checksum.isComposite || headers.value("x-amz-checksum-type") == "COMPOSITE";
        return checksum;
    }
    return {};
}

QByteArray bareETag(const QByteArray &eTag)
{
    QByteArray bare = eTag.trimmed();
    if (bare.startsWith("W/"))
        bare = bare.sliced(2);
    if (bare.size() >= 2 && bare.startsWith('"') && bare.endsWith('"'))
        bare = bare.sliced(1, bare.size() - 2);
    return bare;
}

}  // namespace packmule
