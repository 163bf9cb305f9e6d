#include "core/signing/StsAnswer.h"

#include "core/base/Redaction.h"

#include <QDateTime>
#include <QHash>
#include <QXmlStreamReader>

namespace packmule {

namespace {

constexpr qsizetype kLargestXml = 256 * 1024;
constexpr int kDeepest = 16;

/// The text of every leaf element by its name; the first of each counts. nullopt for anything but sound, plain XML.
std::optional<QHash<QString, QByteArray>> leaves(const QByteArray &xml)
{
    if (xml.size() > kLargestXml)
        return std::nullopt;
    QXmlStreamReader reader(xml.trimmed());
    QHash<QString, QByteArray> found;
    QString text;
    int depth = 0;
    while (!reader.atEnd()) {
        const auto token = reader.readNext();
        if (token == QXmlStreamReader::DTD || token == QXmlStreamReader::EntityReference)
            return std::nullopt;
        if (token == QXmlStreamReader::StartElement) {
            text.clear();
            if (++depth > kDeepest)
                return std::nullopt;
        } else if (token == QXmlStreamReader::Characters) {
            text += reader.text();
        } else if (token == QXmlStreamReader::EndElement) {
            --depth;
            const QString name = reader.name().toString();
            if (!found.contains(name))
                found.insert(name, text.trimmed().toUtf8());
            text.clear();
        }
    }
    if (reader.hasError())
        return std::nullopt;
    return found;
}

ErrorKind kindOf(int status, const QByteArray &code, const QByteArray &message)
{
    if (code.startsWith("Throttl") || code == "RequestLimitExceeded" || status == 429 || status == 503)
        return ErrorKind::Throttled;
    if (status >= 500)
        return ErrorKind::ServerFault;
    if (code == "ExpiredToken" || code == "ExpiredTokenException")
        return ErrorKind::CredentialsExpired;
    if (code == "RequestExpired" || code == "RequestTimeTooSkewed"
        || (code == "SignatureDoesNotMatch" && (message.contains("Signature expired") || message.contains("not yet current"))))
        return ErrorKind::ClockSkewed;
    if (code == "InvalidClientTokenId" || code == "SignatureDoesNotMatch" || code == "UnrecognizedClientException"
        || code == "InvalidAccessKeyId" || status == 401)
        return ErrorKind::CredentialsRefused;
    if (status == 403)
        return ErrorKind::AccessDenied;
    return ErrorKind::ServiceRefused;
}

Error refusal(const HttpResponse &response, const QHash<QString, QByteArray> &fields)
{
    const QByteArray code = fields.value(QStringLiteral("Code"));
    const QByteArray message = fields.value(QStringLiteral("Message"));
    Error error = Error::make(kindOf(response.status, code, message),
                              QStringLiteral("AssumeRole: %1 %2: %3")
                                  .arg(QString::number(response.status), displayName(code.left(100)), displayName(redacted(QString::fromUtf8(message.left(300))).toUtf8())));
    error.httpStatus = response.status;
    error.s3Code = code.left(100);
    error.requestId = fields.value(QStringLiteral("RequestId")).left(200);
    return error;
}

}  // namespace

Result<Credentials> credentialsFromSts(const HttpResponse &response)
{
    const auto fields = leaves(response.body);
    if (response.status < 200 || response.status > 299)
        return std::unexpected(refusal(response, fields.value_or(QHash<QString, QByteArray>())));
    if (!fields)
        return failure(ErrorKind::MalformedAnswer, QStringLiteral("AssumeRole: the answer is not the XML it should be."));
    Credentials credentials;
    credentials.accessKeyId = fields->value(QStringLiteral("AccessKeyId"));
    credentials.secretAccessKey = fields->value(QStringLiteral("SecretAccessKey"));
    credentials.sessionToken = fields->value(QStringLiteral("SessionToken"));
    if (credentials.accessKeyId.isEmpty() || credentials.secretAccessKey.isEmpty() || credentials.sessionToken.isEmpty())
        return failure(ErrorKind::MalformedAnswer, QStringLiteral("AssumeRole: the answer has no credentials."));
    const QDateTime expires =
        QDateTime::fromString(QString::fromLatin1(fields->value(QStringLiteral("Expiration"))), Qt::ISODateWithMs);
    if (!expires.isValid())
        return failure(ErrorKind::MalformedAnswer, QStringLiteral("AssumeRole: the answer has no time of expiry."));
    credentials.expires = WallTime(Milliseconds(expires.toMSecsSinceEpoch()));
    return credentials;
}

}  // namespace packmule
