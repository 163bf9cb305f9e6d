#include "app/gui/ConnectionDesk.h"

#include "app/SavedConnections.h"
#include "core/settings/AwsIniFile.h"

#include <QDir>
#include <QFile>

#include <memory>
#include <utility>

namespace packmule {

namespace {

constexpr int kTries = 60;
constexpr Milliseconds kBetweenTries{50};

QString fileOf(const AwsEnvironment &environment, const char *variable, const char *usual)
{
    const QByteArray named = environment.value(variable);
    return named.isEmpty() ? QDir::homePath() + QLatin1String(usual) : QFile::decodeName(named);
}

/// The names that the AWS tools would take for --profile.
Result<QStringList> awsProfileNames(const QString &configFile, const QString &credentialsFile)
{
    QStringList names;
    for (const QString &path : {configFile, credentialsFile}) {
        const auto file = AwsIniFile::read(path);
        if (!file)
            return std::unexpected(file.error());
        for (const QByteArray &section : file->sections().keys()) {
            const bool isNamed = section.startsWith("profile ");
            const bool isOther = path == configFile && !isNamed && section != "default";  // sso-session, services
            const QString name = QString::fromUtf8(isNamed ? section.mid(8).trimmed() : section);
            if (!isOther && !names.contains(name))
                names.append(name);
        }
    }
    names.sort();
    return names;
}

}  // namespace

ConnectionDesk::ConnectionDesk(const Parts &parts, QObject *parent)
    : QObject(parent), m_parts(parts), m_tester(parts.thread, parts.stores, parts.secrets),
      m_services{parts.settings, parts.secrets, m_tester, parts.prompts,
                 [this](std::function<void(Result<QStringList>)> done) {
                     return m_parts.disk.ask<Result<QStringList>>(
                         [config = fileOf(m_parts.environment, "AWS_CONFIG_FILE", "/.aws/config"),
                          credentials = fileOf(m_parts.environment, "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials")] {
                             return awsProfileNames(config, credentials);
                         },
                         std::move(done));
                 },
                 [this](std::function<void(Result<ConnectionProfile>)> done) { return tryHere(std::move(done)); }}
{
}

CallHandle ConnectionDesk::tryHere(std::function<void(Result<ConnectionProfile>)> done)
{
    const auto waiting = std::make_shared<std::function<void(Result<ConnectionProfile>)>>(std::move(done));
    m_parts.tryHere.begin([this, waiting](const Result<QByteArray> &id) {
        const auto tell = std::exchange(*waiting, nullptr);
        if (!tell)
            return;
        if (id)
            tell(m_parts.settings.connection(*id).value_or(ConnectionProfile{}));
        else
            tell(std::unexpected(id.error()));
    });
    return CallHandle([waiting] { *waiting = nullptr; });
}

CallHandle ConnectionDesk::ready(const QByteArray &connectionId, std::function<void(Result<ConnectionRecord>)> done)
{
    const auto step = std::make_shared<CallHandle>();
    const auto profile = m_parts.settings.connection(connectionId);
    if (!profile || !profile->isLocalStore) {
        *step = m_parts.scheduler.after(Milliseconds(0), [this, connectionId, step, done] { awaitEngine(connectionId, kTries, step, done); });
    } else {
        *step = tryHere([this, connectionId, step, done](const Result<ConnectionProfile> &started) {
            if (started)
                awaitEngine(connectionId, kTries, step, done);
            else
                done(std::unexpected(started.error()));
        });
    }
    return CallHandle([step] { step->cancel(); });
}

void ConnectionDesk::awaitEngine(const QByteArray &connectionId, int triesLeft, const std::shared_ptr<CallHandle> &step, const Ready &done)
{
    const auto profile = m_parts.settings.connection(connectionId);
    if (!profile) {
        done(failure(ErrorKind::InvalidRequest, QStringLiteral("the connection is not saved any more")));
        return;
    }
    *step = m_parts.thread.call<bool>(
        [expected = *profile](EngineHost &host, const std::function<void(bool)> &answer) {
            const bool isKnown = host.composition().settings().connection(expected.id) == expected;
            if (!isKnown)
                host.composition().settings().reload();
            answer(isKnown);
            return CallHandle();
        },
        [this, connectionId, triesLeft, step, done, record = recordOf(*profile)](bool isKnown) {
            if (isKnown || triesLeft == 0)
                done(record);
            else
                *step = m_parts.scheduler.after(kBetweenTries, [this, connectionId, triesLeft, step, done] { awaitEngine(connectionId, triesLeft - 1, step, done); });
        });
}

void ConnectionDesk::add()
{
    if (m_dialog) {
        m_dialog->raise();
        return;
    }
    const auto occasion = m_parts.settings.connections().isEmpty() ? ConnectionDialog::Occasion::FirstRun : ConnectionDialog::Occasion::Add;
    m_dialog = new ConnectionDialog(m_services, occasion, m_window);
    m_dialog->setAttribute(Qt::WA_DeleteOnClose);
    const auto isSaved = std::make_shared<bool>(false);
    connect(m_dialog, &ConnectionDialog::connectionSaved, this, [this, isSaved](const ConnectionProfile &profile) {
        *isSaved = true;
        Q_EMIT saved(profile);
    });
    connect(m_dialog, &QDialog::finished, this, [this, isSaved] {
        if (!*isSaved)
            Q_EMIT abandoned();
    });
    m_dialog->open();
}

}  // namespace packmule
