#pragma once

#include <QString>
#include <QtTypes>

#include <compare>
#include <optional>

namespace packmule {

/// A number of bytes; 0 or more except as the result of a subtraction.
class ByteCount
{
public:
    constexpr ByteCount() = default;
    constexpr explicit ByteCount(qint64 bytes) : m_bytes(bytes) {}

    constexpr qint64 value() const { return m_bytes; }
    constexpr auto operator<=>(const ByteCount &) const = default;
    constexpr ByteCount operator+(ByteCount other) const { return ByteCount(m_bytes + other.m_bytes); }
    constexpr ByteCount operator-(ByteCount other) const { return ByteCount(m_bytes - other.m_bytes); }
    constexpr ByteCount operator*(qint64 factor) const { return ByteCount(m_bytes * factor); }
    constexpr ByteCount &operator+=(ByteCount other) { m_bytes += other.m_bytes; return *this; }
    constexpr ByteCount &operator-=(ByteCount other) { m_bytes -= other.m_bytes; return *this; }

private:
    qint64 m_bytes = 0;
};

namespace literals {
constexpr ByteCount operator""_B(unsigned long long n) { return ByteCount(static_cast<qint64>(n)); }
constexpr ByteCount operator""_KiB(unsigned long long n) { return ByteCount(static_cast<qint64>(n) << 10); }
constexpr ByteCount operator""_MiB(unsigned long long n) { return ByteCount(static_cast<qint64>(n) << 20); }
constexpr ByteCount operator""_GiB(unsigned long long n) { return ByteCount(static_cast<qint64>(n) << 30); }
constexpr ByteCount operator""_TiB(unsigned long long n) { return ByteCount(static_cast<qint64>(n) << 40); }
}  // namespace literals

/// Reads "8388608", "8M", "8MiB", "8 MiB", "1.5GiB" (binary units, as `aws s3`); nullopt for anything else or on overflow.
std::optional<ByteCount> byteCountFromText(const QString &text);
/// "16.0 MiB"; whole bytes below 1 KiB ("17 B").
QString byteCountText(ByteCount count);

}  // namespace packmule
