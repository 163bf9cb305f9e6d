#include "core/integrity/QcaDigest.h"

#include <algorithm>

namespace packmule {

namespace {

// QCA copies what it is given before it hashes it. Pieces that stay in the processor's cache make that copy nearly free,
// and keep its sizes inside QCA's int. Measured: 16 KiB to 1 MiB differ by less than 5 %.
constexpr qsizetype kPieceBytes = 64 * 1024;

}  // namespace

QcaDigest::QcaDigest(const QString &qcaType) : m_hash(qcaType, kQcaProvider)
{
    Q_ASSERT_X(m_hash.context() != nullptr, "QcaDigest", "no CryptoLibrary in main(), or no qca-ossl plugin");
}

void QcaDigest::add(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const qsizetype size = std::min(bytes.size(), kPieceBytes);
        m_hash.update(bytes.data(), static_cast<int>(size));
        bytes = bytes.sliced(size);
    }
}

QByteArray QcaDigest::result()
{
    return m_hash.final().toByteArray();
}

}  // namespace packmule
