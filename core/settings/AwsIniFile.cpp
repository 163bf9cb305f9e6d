#include "core/settings/AwsIniFile.h"

#include <QFile>

#include <cerrno>

namespace packmule {

namespace {

/// These files hold a few profiles; more than this is not one of them.
constexpr qint64 kMaxFileBytes = 4 * 1024 * 1024;

std::unexpected<Error> failureAt(const QString &fileName, int line, const QString &what)
{
    return failure(ErrorKind::InvalidRequest, QStringLiteral("%1, line %2: %3").arg(fileName, QString::number(line), what));
}

bool isIndented(const QByteArray &line)
{
    return !line.isEmpty() && (line.front() == ' ' || line.front() == '\t');
}

/// "key = value" or "key: value", at the first of the two signs; empty key if there is neither.
std::pair<QByteArray, QByteArray> keyAndValue(const QByteArray &line)
{
    const qsizetype equals = line.indexOf('=');
    const qsizetype colon = line.indexOf(':');
    const qsizetype at = equals < 0 ? colon : colon < 0 ? equals : std::min(equals, colon);
    if (at <= 0)
        return {};
    return {line.left(at).trimmed().toLower(), line.mid(at + 1).trimmed()};
}

}  // namespace

Result<AwsIniFile> AwsIniFile::parse(const QByteArray &text, const QString &fileName)
{
    AwsIniFile file;
    file.m_fileName = fileName;
    Section *section = nullptr;
    Value *value = nullptr;
    int lineNumber = 0;
    const QByteArray body = text.startsWith("\xEF\xBB\xBF") ? text.mid(3) : text;
    for (QByteArray line : body.split('\n')) {
        ++lineNumber;
        if (line.endsWith('\r'))
            line.chop(1);
        const QByteArray trimmed = line.trimmed();
        if (trimmed.isEmpty() || trimmed.front() == '#' || trimmed.front() == ';')
            continue;
        if (isIndented(line) && value) {
            const auto [key, nested] = keyAndValue(trimmed);
            if (value->text.isEmpty() && !key.isEmpty())
                value->nested.insert(key, nested);
            else if (value->text.isEmpty())
                return failureAt(fileName, lineNumber, QStringLiteral("a nested setting needs the form \"name = value\""));
            else
                value->text += '\n' + trimmed;
            continue;
        }
        if (trimmed.front() == '[') {
            const qsizetype end = trimmed.indexOf(']');
            if (end < 2)
                return failureAt(fileName, lineNumber, QStringLiteral("the section's name does not end with \"]\""));
            section = &file.m_sections[trimmed.mid(1, end - 1).trimmed()];
            value = nullptr;
            continue;
        }
        const auto [key, text2] = keyAndValue(trimmed);
        if (key.isEmpty())
            return failureAt(fileName, lineNumber, QStringLiteral("expected \"name = value\" or \"[section]\""));
        if (!section)
            return failureAt(fileName, lineNumber, QStringLiteral("a setting stands before the first [section]"));
        value = &(*section)[key];
        *value = Value{text2, {}, lineNumber};
    }
    return file;
}

Result<AwsIniFile> AwsIniFile::read(const QString &fileName)
{
    QFile device(fileName);
    if (!device.exists()) {
        AwsIniFile empty;
        empty.m_fileName = fileName;
        return empty;
    }
    if (!device.open(QIODevice::ReadOnly)) {
        return std::unexpected(Error{.kind = ErrorKind::LocalIo, .detail = QStringLiteral("%1 cannot be read: %2").arg(fileName, device.errorString()),
                                     .httpStatus = {}, .s3Code = {}, .requestId = {}, .retryAfter = {}, .osError = errno});
    }
    if (device.size() > kMaxFileBytes)
        return failure(ErrorKind::InvalidRequest, QStringLiteral("%1 is too large to be an AWS settings file.").arg(fileName));
    return parse(device.readAll(), fileName);
}

}  // namespace packmule
