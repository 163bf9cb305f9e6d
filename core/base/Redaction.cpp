#include "core/base/Redaction.h"

#include <QRegularExpression>
#include <QStringDecoder>

namespace packmule {

namespace {

bool isUnsafeForDisplay(char32_t c)
{
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
    const bool bidi = c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    const bool invisible = c == 0x2028 || c == 0x2029 || c == 0xFEFF || (c >= 0x200B && c <= 0x200D);
    return control || bidi || invisible;
}

void appendEscapedBytes(QString &out, const QByteArray &bytes)
{
    for (const char byte : bytes)
        out += QStringLiteral("\\x%1").arg(static_cast<uchar>(byte), 2, 16, QLatin1Char('0')).toUpper().replace(QLatin1Char('X'), QLatin1Char('x'));
}

/// The length of the valid UTF-8 character at `at`, 0 if there is none.
qsizetype utf8CharacterLength(const QByteArray &bytes, qsizetype at)
{
    const auto lead = static_cast<uchar>(bytes.at(at));
    const qsizetype length = lead < 0x80 ? 1 : (lead >> 5) == 6 ? 2 : (lead >> 4) == 14 ? 3 : (lead >> 3) == 30 ? 4 : 0;
    if (length == 0 || at + length > bytes.size())
        return 0;
    return QByteArrayView(bytes).sliced(at, length).isValidUtf8() ? length : 0;
}

}  // namespace

QString redacted(const QString &text)
{
    static const QRegularExpression header(
        QStringLiteral(R"((?i)\b(authorization|proxy-authorization|cookie|set-cookie|x-amz-security-token)(\s*[:=]\s*)[^\r\n]*)"));
    static const QRegularExpression parameter(
        QStringLiteral(R"((?i)\b((?:x-amz-(?:signature|credential|security-token)|awsaccesskeyid|signature|secret|password|token)=)[^&\s"']*)"));
    static const QRegularExpression userInfo(QStringLiteral(R"((?i)(https?://)[^/\s@]+@)"));
    static const QRegularExpression presigned(QStringLiteral(R"((?i)(https?://[^\s?]+)\?[^\s]*x-amz-[^\s]*)"));
    QString out = text;
    out.replace(presigned, QStringLiteral("\\1?[redacted]"));
    out.replace(header, QStringLiteral("\\1\\2[redacted]"));
    out.replace(parameter, QStringLiteral("\\1[redacted]"));
    out.replace(userInfo, QStringLiteral("\\1[redacted]@"));
    return out;
}

QString displayName(const QByteArray &rawBytes)
{
    QString out;
    for (qsizetype at = 0; at < rawBytes.size();) {
        const qsizetype length = utf8CharacterLength(rawBytes, at);
        if (length == 0) {
            appendEscapedBytes(out, rawBytes.sliced(at, 1));
            ++at;
            continue;
        }
        const QString character = QString::fromUtf8(rawBytes.sliced(at, length));
        const char32_t code = character.toUcs4().value(0);
        if (!isUnsafeForDisplay(code))
            out += character;
        else if (code < 0x100)
            appendEscapedBytes(out, QByteArray(1, static_cast<char>(code)));
        else
            out += QStringLiteral("\\u{%1}").arg(static_cast<uint>(code), 4, 16, QLatin1Char('0'));
        at += length;
    }
    return out;
}

}  // namespace packmule
