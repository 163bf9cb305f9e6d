#include "core/s3/S3Documents.h"

#include "core/base/Redaction.h"
#include "core/s3/S3Headers.h"

namespace packmule {

std::unexpected<Error> lacking(const QString &operation, const QString &field)
{
    return failure(ErrorKind::MalformedAnswer, QStringLiteral("The answer to %1 has no %2.").arg(operation, field));
}

Result<XmlElement> document(const HttpResponse &response, QByteArrayView root)
{
    auto read = readXml(response.body);
    if (!read)
        return read;
    if (read->name != root)
        return failure(ErrorKind::MalformedAnswer, QStringLiteral("The answer is not the %1 it should be but \"%2\".")
                                                       .arg(QString::fromLatin1(root), displayName(read->name.left(60))));
    return read;
}

Checksum listedChecksum(const XmlElement &element)
{
    for (const ChecksumAlgorithm algorithm :
         {ChecksumAlgorithm::Crc64Nvme, ChecksumAlgorithm::Crc32c, ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Sha256,
          ChecksumAlgorithm::Sha1}) {
        Checksum checksum = checksumFromText(algorithm, element.childText(QByteArray("Checksum" + checksumAlgorithmName(algorithm))));
        if (checksum.isEmpty())
            continue;
        checksum.isComposite = checksum.isComposite || element.childText("ChecksumType") == "COMPOSITE";
        return checksum;
    }
    return {};
}

}  // namespace packmule
