#include "core/integrity/Digest.h"

#include <QtEndian>

#include <limits>

namespace packmule {

// A CRC is a remainder of polynomials over GF(2). All three of ours are reflected (bit 0 of the register is the highest
// power of x) and begin and end inverted with all ones; then the inversions cancel out, and
//     crc(AB) = crc(A) * x^(8 * |B|) mod P  xor  crc(B).
// The power is taken by repeated squaring, so the cost is logarithmic in |B|. Sources of the polynomials: the NVM Express
// command set specification (CRC-64/NVME), RFC 3720 (CRC-32C), RFC 1952 (CRC-32).

namespace {

template<typename Word>
constexpr Word kHighestBit = Word(1) << (std::numeric_limits<Word>::digits - 1);  // the polynomial 1

/// left * right mod polynomial, all reflected.
template<typename Word>
constexpr Word product(Word left, Word right, Word polynomial)
{
    Word sum = 0;
    for (Word bit = kHighestBit<Word>; bit != 0; bit >>= 1) {
        if (left & bit)
            sum ^= right;
        right = (right & 1) ? static_cast<Word>((right >> 1) ^ polynomial) : static_cast<Word>(right >> 1);
    }
    return sum;
}

/// x^(8 * byteCount) mod polynomial.
template<typename Word>
constexpr Word powerOfBytes(quint64 byteCount, Word polynomial)
{
    Word factor = kHighestBit<Word> >> 8;  // x^8
    Word power = kHighestBit<Word>;        // x^0
    for (; byteCount != 0; byteCount >>= 1) {
        if (byteCount & 1)
            power = product(power, factor, polynomial);
        factor = product(factor, factor, polynomial);
    }
    return power;
}

template<typename Word>
QByteArray combination(const QByteArray &crcOfA, const QByteArray &crcOfB, ByteCount lengthOfB, Word polynomial)
{
    Q_ASSERT(crcOfA.size() == qsizetype(sizeof(Word)) && crcOfB.size() == qsizetype(sizeof(Word)));
    const Word a = qFromBigEndian<Word>(crcOfA.constData());
    const Word b = qFromBigEndian<Word>(crcOfB.constData());
    const Word shifted = product(a, powerOfBytes(static_cast<quint64>(lengthOfB.value()), polynomial), polynomial);
    QByteArray bytes(sizeof(Word), Qt::Uninitialized);
    qToBigEndian<Word>(shifted ^ b, bytes.data());
    return bytes;
}

}  // namespace

QByteArray combineCrc(ChecksumAlgorithm algorithm, const QByteArray &crcOfA, const QByteArray &crcOfB, ByteCount lengthOfB)
{
    Q_ASSERT(lengthOfB.value() >= 0);
    switch (algorithm) {
    case ChecksumAlgorithm::Crc64Nvme:
        return combination<quint64>(crcOfA, crcOfB, lengthOfB, 0x9A6C9329AC4BC9B5ULL);
    case ChecksumAlgorithm::Crc32c:
        return combination<quint32>(crcOfA, crcOfB, lengthOfB, 0x82F63B78U);
    case ChecksumAlgorithm::Crc32:
        return combination<quint32>(crcOfA, crcOfB, lengthOfB, 0xEDB88320U);
    case ChecksumAlgorithm::None:
    case ChecksumAlgorithm::Sha256:
    case ChecksumAlgorithm::Sha1:
    case ChecksumAlgorithm::Md5:
        break;
    }
    Q_ASSERT_X(false, "combineCrc", "only CRCs combine");
    return {};
}

}  // namespace packmule
