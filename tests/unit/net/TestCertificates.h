#pragma once

#include <QSslConfiguration>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

namespace packmule {

/// A certificate authority of the test's own, and server certificates made by the openssl program at test time.
/// Thread: any one.
class TestCertificates
{
public:
    /// @return false, with failureText() set, if openssl could not make them.
    bool make();
    QString failureText() const { return m_failureText; }

    QString authorityPath() const { return m_folder.filePath(QStringLiteral("ca.pem")); }
    /// @param name good, expired, early, othername, selfsigned or stranger (signed by nobody's authority).
    QSslConfiguration server(const QString &name) const;
    QString certificatePath(const QString &name) const { return m_folder.filePath(name + QStringLiteral(".pem")); }
    QString keyPath(const QString &name) const { return m_folder.filePath(name + QStringLiteral(".key")); }

private:
    bool run(const QStringList &arguments);
    bool makeSigned(const QString &name, const QString &subjectNames, const QString &authority, const QStringList &dates = {});

    QTemporaryDir m_folder;
    QString m_failureText;
};

}  // namespace packmule
