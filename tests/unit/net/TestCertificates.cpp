#include "tests/unit/net/TestCertificates.h"

#include <QFile>
#include <QProcess>
#include <QSslCertificate>
#include <QSslKey>

namespace packmule {

bool TestCertificates::make()
{
    const auto authority = [this](const QString &name) {
        return run({QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("ec"), QStringLiteral("-pkeyopt"),
                    QStringLiteral("ec_paramgen_curve:P-256"), QStringLiteral("-nodes"), QStringLiteral("-keyout"), keyPath(name),
                    QStringLiteral("-out"), certificatePath(name), QStringLiteral("-days"), QStringLiteral("2"), QStringLiteral("-subj"),
                    QStringLiteral("/CN=Authority ") + name});
    };
    const QString names = QStringLiteral("DNS:localhost,IP:127.0.0.1");
    const QStringList past{QStringLiteral("-not_before"), QStringLiteral("20200101000000Z"), QStringLiteral("-not_after"),
                           QStringLiteral("20200201000000Z")};
    const QStringList future{QStringLiteral("-not_before"), QStringLiteral("20900101000000Z"), QStringLiteral("-not_after"),
                             QStringLiteral("20910101000000Z")};
    return authority(QStringLiteral("ca")) && authority(QStringLiteral("otherca"))
        && makeSigned(QStringLiteral("good"), names, QStringLiteral("ca"))
        && makeSigned(QStringLiteral("expired"), names, QStringLiteral("ca"), past)
        && makeSigned(QStringLiteral("early"), names, QStringLiteral("ca"), future)
        && makeSigned(QStringLiteral("othername"), QStringLiteral("DNS:other.example"), QStringLiteral("ca"))
        && makeSigned(QStringLiteral("stranger"), names, QStringLiteral("otherca"))
        && makeSigned(QStringLiteral("selfsigned"), names, QString());
}

QSslConfiguration TestCertificates::server(const QString &name) const
{
    QFile key(keyPath(name));
    if (!key.open(QIODevice::ReadOnly))
        return {};
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificateChain(QSslCertificate::fromPath(certificatePath(name)));
    tls.setPrivateKey(QSslKey(&key, QSsl::Ec));
    tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    return tls;
}

bool TestCertificates::run(const QStringList &arguments)
{
    QProcess openssl;
    openssl.start(QStringLiteral("openssl"), arguments);
    const bool isMade = openssl.waitForFinished() && openssl.exitCode() == 0;
    if (!isMade)
        m_failureText = openssl.errorString() + QLatin1Char(' ') + QString::fromUtf8(openssl.readAllStandardError());
    return isMade;
}

bool TestCertificates::makeSigned(const QString &name, const QString &subjectNames, const QString &authority, const QStringList &dates)
{
    const QString request = m_folder.filePath(name + QStringLiteral(".csr"));
    const bool isAsked = run({QStringLiteral("req"), QStringLiteral("-newkey"), QStringLiteral("ec"), QStringLiteral("-pkeyopt"),
                              QStringLiteral("ec_paramgen_curve:P-256"), QStringLiteral("-nodes"), QStringLiteral("-keyout"), keyPath(name),
                              QStringLiteral("-out"), request, QStringLiteral("-subj"), QStringLiteral("/CN=") + name,
                              QStringLiteral("-addext"), QStringLiteral("subjectAltName=") + subjectNames});
    QStringList sign{QStringLiteral("x509"), QStringLiteral("-req"), QStringLiteral("-in"), request, QStringLiteral("-out"),
                     certificatePath(name), QStringLiteral("-copy_extensions"), QStringLiteral("copy")};
    if (authority.isEmpty())
        sign += {QStringLiteral("-signkey"), keyPath(name)};
    else
        sign += {QStringLiteral("-CA"), certificatePath(authority), QStringLiteral("-CAkey"), keyPath(authority)};
    sign += dates.isEmpty() ? QStringList{QStringLiteral("-days"), QStringLiteral("2")} : dates;
    return isAsked && run(sign);
}

}  // namespace packmule
