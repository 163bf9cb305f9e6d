#pragma once

#include "core/base/ByteCount.h"
#include "core/s3/Types.h"

#include <QByteArray>

#include <memory>

namespace packmule {

/// Incremental digests: SHA-256, SHA-1 and MD5 by QCA's OpenSSL provider, CRCs by ISA-L (facts s3.md, findings 10 and 11).
/// Thread: any one.
class Digest
{
public:
    virtual ~Digest() = default;
    virtual void add(QByteArrayView bytes) = 0;
    /// Raw bytes, big-endian for CRCs. Once.
    virtual QByteArray result() = 0;
};

/// @param algorithm anything but None.
std::unique_ptr<Digest> makeDigest(ChecksumAlgorithm algorithm);

/// Raw bytes of a digest; 0 for None.
qsizetype digestSize(ChecksumAlgorithm algorithm);

QByteArray sha256(QByteArrayView bytes);       ///< 32 raw bytes
QByteArray md5(QByteArrayView bytes);          ///< 16 raw bytes
QByteArray hmacSha256(const QByteArray &key, QByteArrayView message);
QByteArray hmacSha1(const QByteArray &key, QByteArrayView message);
/// From the system's generator (QCA / getrandom).
QByteArray randomBytes(int count);

/// The CRC of A followed by B, from their CRCs and B's length: how a resumed upload needs no second reading.
/// @param algorithm Crc64Nvme, Crc32c or Crc32. Raw bytes in and out.
QByteArray combineCrc(ChecksumAlgorithm algorithm, const QByteArray &crcOfA, const QByteArray &crcOfB, ByteCount lengthOfB);

/// Must live in main() for the program's whole life before any of the above is used (QCA::Initializer).
class CryptoLibrary
{
public:
    CryptoLibrary();
    ~CryptoLibrary();
    /// Empty if every algorithm is there, else what to install ("libqca-qt6-plugins").
    QString missingProvider() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace packmule
