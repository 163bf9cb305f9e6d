#include "app/gui/LiveConnectionTester.h"

#include "app/SavedConnections.h"
#include "core/signing/Credentials.h"

#include <memory>

namespace packmule {

CallHandle LiveConnectionTester::test(const ConnectionProfile &profile, const QByteArray &secret, std::function<void(const ConnectionFinding &)> found,
                                      std::function<void()> done)
{
    const bool isKept = profile.credentials == ConnectionProfile::Credentials::Saved && secret.isEmpty() && !profile.isLocalStore;
    if (!isKept)
        return testWith(profile, secret, std::move(found), std::move(done));
    const auto step = std::make_shared<CallHandle>();
    *step = m_secrets.read(profile.id, [this, step, profile, found = std::move(found), done = std::move(done)](const SecretResult<QByteArray> &kept) {
        *step = testWith(profile, kept.value_or(QByteArray()), found, done);
    });
    return CallHandle([step] { step->cancel(); });
}

CallHandle LiveConnectionTester::testWith(const ConnectionProfile &profile, const QByteArray &secret,
                                          std::function<void(const ConnectionFinding &)> found, std::function<void()> done)
{
    ConnectionRecord record = recordOf(profile);
    if (!profile.isLocalStore) {
        record.id = newConnectionId();
        record.savedConnection.clear();
    }
    if (profile.credentials == ConnectionProfile::Credentials::Saved && !profile.isLocalStore) {
        Credentials credentials;
        credentials.accessKeyId = profile.accessKeyId;
        credentials.secretAccessKey = secret;
        m_thread.post([id = record.id, credentials](EngineHost &host) { host.composition().lendCredentials(id, credentials); });
    }
    return m_stores.testConnection(record, {profile.bucket, profile.prefix}, std::move(found), std::move(done));
}

}  // namespace packmule
