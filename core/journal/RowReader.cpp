#include "core/journal/RowReader.h"

#include "core/journal/RecordCodes.h"

namespace packmule {

namespace {

bool isInteger(const QVariant &value)
{
    return value.typeId() == QMetaType::LongLong || value.typeId() == QMetaType::Int;
}

}  // namespace

void RowReader::refuse(const QString &why)
{
    if (m_fault.isEmpty())
        m_fault = why + QStringLiteral(" (column %1)").arg(m_column);
}

qint64 RowReader::integer()
{
    const QVariant value = next();
    if (!isInteger(value))
        refuse(QStringLiteral("not a number"));
    return value.toLongLong();
}

qint64 RowReader::nonNegative()
{
    const qint64 number = integer();
    if (number < 0)
        refuse(QStringLiteral("negative"));
    return number;
}

std::optional<qint64> RowReader::integerIfSet()
{
    const QVariant value = next();
    if (value.isNull())
        return std::nullopt;
    if (!isInteger(value))
        refuse(QStringLiteral("not a number"));
    return value.toLongLong();
}

QByteArray RowReader::bytes()
{
    const QVariant value = next();
    if (!value.isNull() && value.typeId() != QMetaType::QByteArray)
        refuse(QStringLiteral("not bytes"));
    return value.isNull() ? QByteArray() : value.toByteArray();
}

QByteArray RowReader::requiredBytes()
{
    const QByteArray result = bytes();
    if (result.isEmpty())
        refuse(QStringLiteral("empty"));
    return result;
}

QString RowReader::text()
{
    const QVariant value = next();
    if (!value.isNull() && value.typeId() != QMetaType::QString)
        refuse(QStringLiteral("not text"));
    return value.toString();
}

std::optional<WallTime> RowReader::wallTimeIfSet()
{
    return integerIfSet().transform([](qint64 ms) { return WallTime(Milliseconds(ms)); });
}

ChecksumAlgorithm RowReader::algorithm()
{
    const std::optional<ChecksumAlgorithm> known = checksumAlgorithmFromCode(integer());
    if (!known)
        refuse(QStringLiteral("unknown checksum algorithm"));
    return known.value_or(ChecksumAlgorithm::None);
}

Checksum RowReader::checksum()
{
    Checksum result;
    result.algorithm = algorithm();
    result.rawBytes = bytes();
    result.isComposite = flag();
    return result;
}

std::optional<Error> RowReader::error()
{
    const QByteArray name = text().toLatin1();
    Error error;
    error.detail = text();
    error.httpStatus = integerIfSet().transform([](qint64 status) { return static_cast<int>(status); });
    error.s3Code = bytes();
    error.requestId = bytes();
    error.retryAfter = integerIfSet().transform([](qint64 ms) { return Milliseconds(ms); });
    error.osError = static_cast<int>(integerIfSet().value_or(0));
    if (name.isEmpty())
        return std::nullopt;
    const std::optional<ErrorKind> kind = errorKindFromName(name);
    if (!kind)
        refuse(QStringLiteral("unknown error kind"));
    error.kind = kind.value_or(ErrorKind::InvalidRequest);
    return error;
}

}  // namespace packmule
