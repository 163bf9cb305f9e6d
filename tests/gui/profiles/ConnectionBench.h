#pragma once

#include "core/integrity/Digest.h"
#include "tests/support/fakes/FakeClock.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/support/fakes/FakeSecretStore.h"
#include "tests/support/fakes/FakeUserPrompts.h"
#include "ui/profiles/ConnectionServices.h"

#include <QTemporaryDir>

namespace packmule {

/// Answers a test of a connection as it is told. Thread: any one.
class FakeConnectionTester final : public ConnectionTester
{
public:
    explicit FakeConnectionTester(Scheduler &scheduler) : m_scheduler(scheduler) {}

    QList<ConnectionFinding> findings{{}};
    struct Asked {
        ConnectionProfile profile;
        QByteArray secret;
    };
    QList<Asked> asked;

    CallHandle test(const ConnectionProfile &profile, const QByteArray &secret, std::function<void(const ConnectionFinding &)> found,
                    std::function<void()> done) override
    {
        asked.append({profile, secret});
        return m_scheduler.after(Milliseconds(0), [this, found = std::move(found), done = std::move(done)] {
            for (const ConnectionFinding &finding : std::as_const(findings))
                found(finding);
            done();
        });
    }

private:
    Scheduler &m_scheduler;
};

/// What the connection dialogs work with, on fakes. Thread: GUI.
struct ConnectionBench {
    const CryptoLibrary crypto;
    QTemporaryDir folder;
    FakeClock clock;
    FakeScheduler scheduler{clock};
    FakeSecretStore secrets{scheduler};
    FakeConnectionTester tester{scheduler};
    FakeUserPrompts prompts;
    SettingsStore settings{folder.path()};
    Result<QStringList> awsProfiles = QStringList{QStringLiteral("default"), QStringLiteral("studio")};
    Result<ConnectionProfile> here = failure(ErrorKind::LocalIo, QStringLiteral("port 9640 is taken"));

    ConnectionServices services()
    {
        return {.settings = settings, .secrets = secrets, .tester = tester, .prompts = prompts,
                .awsProfiles = [this](std::function<void(Result<QStringList>)> done) { return later<QStringList>(std::move(done), awsProfiles); },
                .tryHere = [this](std::function<void(Result<ConnectionProfile>)> done) { return later<ConnectionProfile>(std::move(done), here); }};
    }
    static ConnectionProfile saved(const char *name = "Studio")
    {
        ConnectionProfile profile;
        profile.id = QByteArray("id-of-") + name;
        profile.name = QString::fromLatin1(name);
        profile.provider = QStringLiteral("ceph");
        profile.endpointUrl = "https://s3.studio.example";
        profile.accessKeyId = "AKID";
        profile.bucket = "films";
        profile.prefix = "raw/";
        return profile;
    }
    static ConnectionFinding failing(ErrorKind kind, const char *s3Code = "")
    {
        ConnectionFinding finding{.check = ConnectionFinding::Check::Credentials, .outcome = ConnectionFinding::Outcome::Failed};
        finding.error = Error::make(kind, {});
        finding.error->s3Code = s3Code;
        return finding;
    }

private:
    template<typename T>
    CallHandle later(std::function<void(Result<T>)> done, const Result<T> &result)
    {
        return scheduler.after(Milliseconds(0), [done = std::move(done), result] { done(result); });
    }
};

}  // namespace packmule
