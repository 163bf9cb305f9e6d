#include "core/net/TlsRefusal.h"

#include "core/base/Redaction.h"

#include <QSslCertificate>
#include <QStringList>

#include <array>

namespace packmule {

namespace {

QString namesOf(const QSslCertificate &certificate)
{
    QStringList names = certificate.subjectAlternativeNames().values();
    if (names.isEmpty())
        names = certificate.subjectInfo(QSslCertificate::CommonName);
    names.removeDuplicates();
    names.sort();
    constexpr qsizetype kShownNames = 3;
    return displayName(names.mid(0, kShownNames).join(QLatin1String(", ")).toUtf8());
}

/// The usual three in words of ours; the rest in Qt's, which speak of the certificate only.
QString reasonOf(const QSslError &error)
{
    const QSslError::SslError code = error.error();
    if (code == QSslError::HostNameMismatch)
        return QLatin1String("the certificate is for another host (") % namesOf(error.certificate()) % QLatin1Char(')');
    if (code == QSslError::CertificateExpired)
        return QLatin1String("the certificate expired on ")
            % error.certificate().expiryDate().toUTC().toString(Qt::ISODate);
    if (code == QSslError::CertificateNotYetValid)
        return QLatin1String("the certificate is not valid before ")
            % error.certificate().effectiveDate().toUTC().toString(Qt::ISODate) % QLatin1String(" (is this clock right?)");
    if (code == QSslError::SelfSignedCertificate || code == QSslError::SelfSignedCertificateInChain)
        return QStringLiteral("the certificate is self-signed and not among the trusted ones");
    if (code == QSslError::UnableToGetLocalIssuerCertificate || code == QSslError::UnableToVerifyFirstCertificate
        || code == QSslError::UnableToGetIssuerCertificate || code == QSslError::CertificateUntrusted)
        return QStringLiteral("the certificate's issuer is not among the trusted authorities");
    return displayName(error.errorString().toUtf8());
}

struct OpenSslReason {
    QLatin1String phrase;    ///< in lower case, as ERR_reason_error_string gives it
    QLatin1String sentence;
};

/// Handshake failures that no repetition cures (OpenSSL 1.1 and 3, ssl/ssl_err.c). Everything else may be a cut line.
constexpr std::array kFinalReasons{
    OpenSslReason{QLatin1String("unsupported protocol"), QLatin1String("the server offers nothing as new as TLS 1.2")},
    OpenSslReason{QLatin1String("protocol version"), QLatin1String("the server offers nothing as new as TLS 1.2")},
    OpenSslReason{QLatin1String("no protocols available"), QLatin1String("the server offers nothing as new as TLS 1.2")},
    OpenSslReason{QLatin1String("wrong version number"), QLatin1String("the server does not speak TLS on this port")},
    OpenSslReason{QLatin1String("packet length too long"), QLatin1String("the server does not speak TLS on this port")},
    OpenSslReason{QLatin1String("http request"), QLatin1String("the server does not speak TLS on this port")},
    OpenSslReason{QLatin1String("handshake failure"), QLatin1String("the server and Packmule share no way to encrypt")},
    OpenSslReason{QLatin1String("no shared cipher"), QLatin1String("the server and Packmule share no way to encrypt")},
    OpenSslReason{QLatin1String("dh key too small"), QLatin1String("the server's keys are too weak")},
    OpenSslReason{QLatin1String("ee key too small"), QLatin1String("the server's keys are too weak")},
    OpenSslReason{QLatin1String("certificate required"), QLatin1String("the server wants a client certificate")},
    OpenSslReason{QLatin1String("unrecognized name"), QLatin1String("the server does not know this host name")},
    OpenSslReason{QLatin1String("certificate verify failed"), QLatin1String("the certificate was refused")},
};

}  // namespace

std::optional<QString> tlsRefusal(const QList<QSslError> &errors, const QString &qtText)
{
    QStringList reasons;
    for (const QSslError &error : errors) {
        const QString reason = reasonOf(error);
        if (error.error() != QSslError::NoError && !reasons.contains(reason))
            reasons.append(reason);
    }
    if (!reasons.isEmpty())
        return reasons.join(QLatin1String("; "));
    for (const OpenSslReason &known : kFinalReasons) {
        if (qtText.contains(known.phrase, Qt::CaseInsensitive))
            return QString(known.sentence);
    }
    return std::nullopt;
}

}  // namespace packmule
