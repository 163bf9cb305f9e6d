#include "core/s3/SignatureV4.h"

#include "core/integrity/Digest.h"
#include "core/s3/UriEncoding.h"

#include <algorithm>
#include <cstdio>

namespace packmule {

namespace {

constexpr char kTerminator[] = "aws4_request";

bool areDigits(QByteArrayView text)
{
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// "AKID/20130524/us-east-1/s3/aws4_request". An access key id may itself hold a slash, so it is read from the end.
bool readCredential(QByteArrayView text, SignatureFields &fields)
{
    const QList<QByteArray> words = text.toByteArray().split('/');
    const qsizetype count = words.size();
    if (count < 5 || words.last() != kTerminator)
        return false;
    fields.accessKeyId = words.first(count - 4).join('/');
    fields.scope = {.date = words[count - 4], .region = words[count - 3], .service = words[count - 2]};
    return !fields.accessKeyId.isEmpty() && fields.scope.date.size() == 8 && areDigits(fields.scope.date);
}

bool isComplete(const SignatureFields &fields)
{
    return !fields.accessKeyId.isEmpty() && fields.signature.size() == 64 && fields.signedHeaders.contains("host");
}

}  // namespace

QByteArray CredentialScope::text() const
{
    return date + '/' + region + '/' + service + '/' + kTerminator;
}

QByteArray amzDate(WallTime time)
{
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
    char text[40];
    const int length = std::snprintf(text, sizeof text, "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(date.year()),
                                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                     static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                                     static_cast<int>(clock.seconds().count()));
    return QByteArray(text, length);
}

std::optional<WallTime> timeFromAmzDate(QByteArrayView text)
{
    if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z' || !areDigits(text.first(8))
        || !areDigits(text.sliced(9, 6)))
        return std::nullopt;
    const auto number = [&](qsizetype at, qsizetype length) { return text.sliced(at, length).toInt(); };
    const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                           std::chrono::month(static_cast<unsigned>(number(4, 2))),
                                           std::chrono::day(static_cast<unsigned>(number(6, 2)))};
    const int hours = number(9, 2);
    const int minutes = number(11, 2);
    const int seconds = number(13, 2);
    if (!date.ok() || hours > 23 || minutes > 59 || seconds > 60)
        return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hours) + std::chrono::minutes(minutes)
        + std::chrono::seconds(seconds);
}

QByteArray stringToSign(const QByteArray &amzDate, const CredentialScope &scope, const QByteArray &canonicalRequest)
{
    QByteArray out = kSignatureAlgorithm;
    out.append('\n').append(amzDate).append('\n').append(scope.text());
    out.append('\n').append(sha256(canonicalRequest).toHex());
    return out;
}

QByteArray signingKey(const QByteArray &secretAccessKey, const CredentialScope &scope)
{
    const QByteArray dayKey = hmacSha256("AWS4" + secretAccessKey, scope.date);
    const QByteArray regionKey = hmacSha256(dayKey, scope.region);
    const QByteArray serviceKey = hmacSha256(regionKey, scope.service);
    return hmacSha256(serviceKey, kTerminator);
}

QByteArray signatureV4(const QByteArray &signingKey, const QByteArray &stringToSign)
{
    return hmacSha256(signingKey, stringToSign).toHex();
}

QByteArray authorizationHeader(const QByteArray &accessKeyId, const CredentialScope &scope,
                               const QList<QByteArray> &signedHeaders, const QByteArray &signature)
{
    QByteArray out = kSignatureAlgorithm;
    out.append(" Credential=").append(accessKeyId).append('/').append(scope.text());
    out.append(", SignedHeaders=").append(signedHeaders.join(';'));
    out.append(", Signature=").append(signature);
    return out;
}

std::optional<SignatureFields> signatureFieldsFromHeader(QByteArrayView authorization)
{
    const QByteArray text = authorization.trimmed().toByteArray();
    const QByteArray prefix = QByteArray(kSignatureAlgorithm) + ' ';
    if (!text.startsWith(prefix))
        return std::nullopt;
    SignatureFields fields;
    for (const QByteArray &piece : text.sliced(prefix.size()).split(',')) {
        const QByteArray item = piece.trimmed();
        const qsizetype equals = item.indexOf('=');
        if (equals < 0)
            return std::nullopt;
        const QByteArray name = item.first(equals);
        const QByteArray value = item.sliced(equals + 1);
        if (name == "Credential" && !readCredential(value, fields))
            return std::nullopt;
        if (name == "SignedHeaders")
            fields.signedHeaders = value.split(';');
        if (name == "Signature")
            fields.signature = value;
    }
    return isComplete(fields) ? std::optional(fields) : std::nullopt;
}

std::optional<SignatureFields> signatureFieldsFromQuery(QByteArrayView query)
{
    const auto items = queryItems(query);
    if (!items)
        return std::nullopt;
    SignatureFields fields;
    bool hasAlgorithm = false;
    qint64 expires = -1;
    for (const auto &[name, value] : *items) {
        if (name == "X-Amz-Algorithm")
            hasAlgorithm = value == kSignatureAlgorithm;
        else if (name == "X-Amz-Credential" && !readCredential(value, fields))
            return std::nullopt;
        else if (name == "X-Amz-Date")
            fields.amzDate = value;
        else if (name == "X-Amz-Expires")
            expires = areDigits(value) && value.size() <= 9 && !value.isEmpty() ? value.toLongLong() : -1;
        else if (name == "X-Amz-SignedHeaders")
            fields.signedHeaders = value.split(';');
        else if (name == "X-Amz-Security-Token")
            fields.sessionToken = value;
        else if (name == "X-Amz-Signature")
            fields.signature = value;
    }
    fields.expires = std::chrono::seconds(expires);
    const bool isDateSane = timeFromAmzDate(fields.amzDate) && fields.amzDate.startsWith(fields.scope.date);
    if (!hasAlgorithm || !isDateSane || expires < 1 || fields.expires > kLongestPresignedLife || !isComplete(fields))
        return std::nullopt;
    return fields;
}

QByteArray queryToPresign(const QByteArray &query, const QByteArray &accessKeyId, const CredentialScope &scope,
                          const QByteArray &amzDate, std::chrono::seconds expires,
                          const QList<QByteArray> &signedHeaders, const QByteArray &sessionToken)
{
    QueryItems items = {
        {"X-Amz-Algorithm", kSignatureAlgorithm},
        {"X-Amz-Credential", accessKeyId + '/' + scope.text()},
        {"X-Amz-Date", amzDate},
        {"X-Amz-Expires", QByteArray::number(static_cast<qint64>(expires.count()))},
    };
    if (!sessionToken.isEmpty())
        items.emplaceBack("X-Amz-Security-Token", sessionToken);
    items.emplaceBack("X-Amz-SignedHeaders", signedHeaders.join(';'));
    const QByteArray authorising = queryString(items);
    return query.isEmpty() ? authorising : query + '&' + authorising;
}

QByteArray streamingPieceSignature(const QByteArray &signingKey, const QByteArray &amzDate,
                                   const CredentialScope &scope, const QByteArray &previous, QByteArrayView piece)
{
    QByteArray text = QByteArray(kSignatureAlgorithm) + "-PAYLOAD\n" + amzDate + '\n' + scope.text() + '\n';
    text.append(previous).append('\n').append(kEmptyPayloadHash).append('\n').append(sha256(piece).toHex());
    return signatureV4(signingKey, text);
}

bool isSameSignature(const QByteArray &a, const QByteArray &b)
{
    if (a.size() != b.size())
        return false;
    int difference = 0;
    for (qsizetype at = 0; at < a.size(); ++at)
        difference |= a[at] ^ b[at];
    return difference == 0;
}

}  // namespace packmule
