#pragma once

#include "core/settings/ConnectionProfile.h"

#include <QCoreApplication>
#include <QList>
#include <QString>

namespace packmule {

/// A connection while it is being typed, and what is still wrong with it. A value. Thread: GUI.
class ConnectionDraft
{
    Q_DECLARE_TR_FUNCTIONS(ConnectionDraft)

public:
    enum class Field { None, Name, Endpoint, Region, AccessKeyId, Secret, AwsProfile, Bucket };
    struct Problem {
        Field field = Field::None;
        QString sentence;
    };

    ConnectionProfile profile;
    QByteArray secret;             ///< typed now; empty: as kept
    bool hasKeptSecret = false;    ///< one was saved for this access key before

    /// The first thing that keeps it from being saved; Field::None if nothing does.
    Problem problem(const QList<ConnectionProfile> &others) const;

    /// "s3.example.com" → "https://s3.example.com"; slashes and spaces at the ends go.
    static QByteArray endpointFromText(const QString &text);
    /// A name that says where: the host, or the provider's title.
    static QString nameFor(const ConnectionProfile &profile, const QString &providerTitle);
};

}  // namespace packmule
