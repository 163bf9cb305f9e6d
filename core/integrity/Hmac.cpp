#include "core/integrity/Digest.h"
#include "core/integrity/QcaDigest.h"

namespace packmule {

namespace {

QByteArray hmacOf(const QString &qcaType, const QByteArray &key, QByteArrayView message)
{
    // OpenSSL takes an empty key for "the key of before". HMAC fills keys up with zeros, so one zero is the same key.
    const QCA::SymmetricKey padded(key.isEmpty() ? QByteArray(1, '\0') : key);
    QCA::MessageAuthenticationCode code(qcaType, padded, kQcaProvider);
    Q_ASSERT_X(code.context() != nullptr, "hmac", "no CryptoLibrary in main(), or no qca-ossl plugin");
    code.update(QCA::MemoryRegion(QByteArray::fromRawData(message.data(), message.size())));
    return code.final().toByteArray();
}

}  // namespace

QByteArray hmacSha256(const QByteArray &key, QByteArrayView message)
{
    return hmacOf(QStringLiteral("hmac(sha256)"), key, message);
}

QByteArray hmacSha1(const QByteArray &key, QByteArrayView message)
{
    return hmacOf(QStringLiteral("hmac(sha1)"), key, message);
}

}  // namespace packmule
