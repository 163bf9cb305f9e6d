#include "app/SavedConnections.h"

#include "core/journal/JournalLocation.h"

namespace packmule {

ConnectionRecord recordOf(const ConnectionProfile &profile)
{
    ConnectionRecord record;
    record.id = profile.id;
    record.endpointUrl = profile.endpointUrl;
    record.region = profile.region;
    record.awsProfile = profile.credentials == ConnectionProfile::Credentials::AwsProfile ? profile.awsProfile : QString();
    record.provider = profile.provider;
    record.caBundle = profile.caBundle;
    record.addressing = profile.addressing;
    record.isAnonymous = profile.credentials == ConnectionProfile::Credentials::Anonymous;
    record.savedConnection = profile.id;
    return record;
}

QString localStoreFolder()
{
    return dataFolder() + QStringLiteral("/local-store");
}

}  // namespace packmule
