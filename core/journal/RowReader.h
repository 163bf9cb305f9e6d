#pragma once

#include "core/base/ByteCount.h"
#include "core/base/Clock.h"
#include "core/base/Error.h"
#include "core/journal/Records.h"
#include "core/journal/SqliteDatabase.h"

#include <optional>

namespace packmule {

/// Reads one row's columns from left to right and remembers the first thing that cannot be: a wrong type, an unknown
/// code, a negative size. So one damaged row is found without stopping the others.
class RowReader
{
public:
    explicit RowReader(const SqliteStatement &row) : m_row(row) {}

    qint64 integer();
    qint64 nonNegative();
    bool flag() { return integer() != 0; }
    std::optional<qint64> integerIfSet();
    QByteArray bytes();          ///< NULL reads as empty
    QByteArray requiredBytes();  ///< NULL or empty is damage
    QString text();
    WallTime wallTime() { return WallTime(Milliseconds(integer())); }
    std::optional<WallTime> wallTimeIfSet();
    ChecksumAlgorithm algorithm();
    Checksum checksum();         ///< three columns
    std::optional<Error> error();///< seven columns

    void refuse(const QString &why);
    bool isSound() const { return m_fault.isEmpty(); }
    const QString &fault() const { return m_fault; }

private:
    QVariant next() { return m_row.value(m_column++); }

    const SqliteStatement &m_row;
    int m_column = 0;
    QString m_fault;
};

}  // namespace packmule
