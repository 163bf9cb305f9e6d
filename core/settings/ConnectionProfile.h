#pragma once

#include "core/s3/Types.h"

#include <QByteArray>
#include <QString>

namespace packmule {

/// A connection saved in Packmule (a profile is one of AWS's files). Never a secret: what it signs with is in the
/// SecretStore under its id, or comes from where `credentials` says.
struct ConnectionProfile {
    enum class Credentials { Saved, AwsProfile, Environment, Anonymous };

    QByteArray id;                  ///< random hex, never changes; the SecretStore's key
    QString name;                   ///< unique, chosen by the user
    QString provider;               ///< provider profile's name; "" = by endpoint
    QByteArray endpointUrl;         ///< "" = AWS by region
    QByteArray region;
    AddressingStyle addressing = AddressingStyle::Auto;
    QString caBundle;
    Credentials credentials = Credentials::Saved;
    QString awsProfile;             ///< with AwsProfile
    QByteArray accessKeyId;         ///< with Saved; the secret access key is in the SecretStore
    QByteArray bucket, prefix;      ///< where a drop goes unless told otherwise; prefix empty or ending in '/'
    bool isLocalStore = false;      ///< "try it here": the store inside the application; endpointUrl is found at its start

    bool operator==(const ConnectionProfile &) const = default;
};

/// A new id, 128 random bits in hex.
QByteArray newConnectionId();

}  // namespace packmule
