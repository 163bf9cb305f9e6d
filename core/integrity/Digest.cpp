#include "core/integrity/Digest.h"

#include "core/integrity/CrcDigest.h"
#include "core/integrity/QcaDigest.h"

#include <QList>
#include <QRandomGenerator>

namespace packmule {

namespace {

QByteArray digestOf(const QString &qcaType, QByteArrayView bytes)
{
    QcaDigest digest(qcaType);
    digest.add(bytes);
    return digest.result();
}

}  // namespace

qsizetype digestSize(ChecksumAlgorithm algorithm)
{
    switch (algorithm) {
    case ChecksumAlgorithm::None: return 0;
    case ChecksumAlgorithm::Crc64Nvme: return 8;
    case ChecksumAlgorithm::Crc32c:
    case ChecksumAlgorithm::Crc32: return 4;
    case ChecksumAlgorithm::Sha256: return 32;
    case ChecksumAlgorithm::Sha1: return 20;
    case ChecksumAlgorithm::Md5: return 16;
    }
    Q_UNREACHABLE_RETURN(0);
}

std::unique_ptr<Digest> makeDigest(ChecksumAlgorithm algorithm)
{
    switch (algorithm) {
    case ChecksumAlgorithm::Crc64Nvme:
    case ChecksumAlgorithm::Crc32c:
    case ChecksumAlgorithm::Crc32:
        return std::make_unique<CrcDigest>(algorithm);
    case ChecksumAlgorithm::Sha256:
        return std::make_unique<QcaDigest>(QStringLiteral("sha256"));
    case ChecksumAlgorithm::Sha1:
        return std::make_unique<QcaDigest>(QStringLiteral("sha1"));
    case ChecksumAlgorithm::Md5:
        return std::make_unique<QcaDigest>(QStringLiteral("md5"));
    case ChecksumAlgorithm::None:
        break;
    }
    Q_ASSERT_X(false, "makeDigest", "None has no digest");
    return nullptr;
}

QByteArray sha256(QByteArrayView bytes)
{
    return digestOf(QStringLiteral("sha256"), bytes);
}

QByteArray md5(QByteArrayView bytes)
{
    return digestOf(QStringLiteral("md5"), bytes);
}

QByteArray randomBytes(int count)
{
    Q_ASSERT(count >= 0);
    QList<quint32> words((count + 3) / 4);
    // Qt's system() is the operating system's generator (getrandom, getentropy), fit for keys and tokens.
    QRandomGenerator::system()->fillRange(words.data(), words.size());
    return QByteArray(reinterpret_cast<const char *>(words.constData()), count);
}

}  // namespace packmule
