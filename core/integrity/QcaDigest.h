#pragma once

#include "core/integrity/Digest.h"

#include <QString>
#include <QtCrypto>

namespace packmule {

/// The only provider we ask for: QCA's own default is slow and has no SHA-256, and others may be installed beside it.
inline const QString kQcaProvider = QStringLiteral("qca-ossl");

/// SHA-256, SHA-1 or MD5 by OpenSSL, through QCA. Needs a living CryptoLibrary. Thread: any one.
class QcaDigest final : public Digest
{
public:
    /// @param qcaType "sha256", "sha1" or "md5".
    explicit QcaDigest(const QString &qcaType);

    void add(QByteArrayView bytes) override;
    QByteArray result() override;

private:
    QCA::Hash m_hash;
};

}  // namespace packmule
