#include "core/net/TrustedTls.h"

#include <QFile>
#include <QSslCertificate>
#include <QSslSocket>

namespace packmule {

Result<QSslConfiguration> trustedTls(const QString &caBundlePath)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    tls.setPeerVerifyMode(QSslSocket::VerifyPeer);
    // Explicit, which also switches Qt's on-demand loading off (facts E2.2).
    QList<QSslCertificate> authorities = QSslConfiguration::systemCaCertificates();
    if (!caBundlePath.isEmpty()) {
        QFile bundle(caBundlePath);
        authorities = bundle.open(QIODevice::ReadOnly) ? QSslCertificate::fromDevice(&bundle, QSsl::Pem) : QList<QSslCertificate>();
        if (authorities.isEmpty())
            return failure(ErrorKind::InvalidRequest, QStringLiteral("The CA bundle %1 has no readable certificate").arg(caBundlePath));
    }
    tls.setCaCertificates(authorities);
    return tls;
}

}  // namespace packmule
