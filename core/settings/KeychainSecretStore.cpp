#include "core/settings/KeychainSecretStore.h"

#include <QAbstractEventDispatcher>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QFileInfo>
#include <QLibrary>
#include <QStringList>
#include <QThread>

#include <qt6keychain/keychain.h>

#include <algorithm>
#include <utility>

namespace packmule {

namespace {

constexpr int kPumpMilliseconds = 10;

/// Anybody of these is asked by QtKeychain.
bool isKeyringName(const QString &name)
{
    return name == QLatin1String("org.freedesktop.secrets") || name == QLatin1String("org.kde.kwalletd6") || name == QLatin1String("org.kde.kwalletd5");
}

SecretError errorOf(const QKeychain::Job &job)
{
    switch (job.error()) {
    case QKeychain::EntryNotFound:
        return {SecretError::Kind::Absent, QStringLiteral("the keyring holds no secret for this connection, or stays locked")};
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser:
        return {SecretError::Kind::Refused, QStringLiteral("the keyring is locked, or refused: %1").arg(job.errorString())};
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
        return {SecretError::Kind::NoKeyring, QStringLiteral("there is no keyring: %1").arg(job.errorString())};
    case QKeychain::NoError:
    case QKeychain::CouldNotDeleteEntry:
    case QKeychain::OtherError:
        break;
    }
    return {SecretError::Kind::Failed, QStringLiteral("the keyring answered: %1").arg(job.errorString())};
}

QDBusPendingCall askBus(const QDBusConnection &bus, const char *method)
{
    return bus.asyncCall(QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.DBus"), QStringLiteral("/org/freedesktop/DBus"),
                                                        QStringLiteral("org.freedesktop.DBus"), QLatin1String(method)));
}

}  // namespace

KeychainSecretStore::KeychainSecretStore(Scheduler &scheduler, const QString &service, Milliseconds patience)
    : m_scheduler(scheduler), m_service(service), m_patience(patience)
{
    m_pump.setInterval(kPumpMilliseconds);
    connect(&m_pump, &QTimer::timeout, this, &KeychainSecretStore::pumpGlib);
}

KeychainSecretStore::~KeychainSecretStore()
{
    m_calls->clear();
}

CallHandle KeychainSecretStore::read(const QByteArray &name, std::function<void(SecretResult<QByteArray>)> done)
{
    const auto makeJob = [service = m_service]() -> QKeychain::Job * { return new QKeychain::ReadPasswordJob(service); };
    return begin(name, makeJob, std::move(done));
}

CallHandle KeychainSecretStore::write(const QByteArray &name, const QByteArray &secret, std::function<void(SecretResult<SecretPlace>)> done)
{
    const auto makeJob = [service = m_service, secret]() -> QKeychain::Job * {
        auto *job = new QKeychain::WritePasswordJob(service);
        job->setTextData(QString::fromUtf8(secret));
        return job;
    };
    return begin(name, makeJob, [this, name, done = std::move(done)](const SecretResult<QByteArray> &result) {
        if (result)
            Q_EMIT changed(name);
        done(result.transform([](const QByteArray &) { return SecretPlace::Keyring; }));
    });
}

CallHandle KeychainSecretStore::remove(const QByteArray &name, std::function<void(SecretResult<void>)> done)
{
    const auto makeJob = [service = m_service]() -> QKeychain::Job * { return new QKeychain::DeletePasswordJob(service); };
    return begin(name, makeJob, [done = std::move(done)](const SecretResult<QByteArray> &result) {
        if (result || result.error().kind == SecretError::Kind::Absent)
            done({});
        else
            done(std::unexpected(result.error()));
    });
}

CallHandle KeychainSecretStore::begin(const QByteArray &name, std::function<QKeychain::Job *()> makeJob, std::function<void(SecretResult<QByteArray>)> done)
{
    const quint64 id = ++m_last;
    Call &call = (*m_calls)[id];
    call.done = std::move(done);
    call.patience = m_scheduler.after(m_patience, [this, id] {
        end(id, std::unexpected(SecretError{SecretError::Kind::NoAnswer,
                                            QStringLiteral("the keyring did not answer within %1 s; perhaps it waits for its password").arg(m_patience.count() / 1000)}));
    });
    lookForKeyring([this, id, name, makeJob = std::move(makeJob)](bool isThere) {
        if (isThere)
            startJob(id, name, makeJob);
        else
            end(id, std::unexpected(SecretError{SecretError::Kind::NoKeyring, QStringLiteral("no keyring runs in this session")}));
    });
    return CallHandle([calls = m_calls, id] { calls->erase(id); });
}

/// QtKeychain would tell of a missing keyring by a text only, and in a session of X start a bus of its own to ask.
void KeychainSecretStore::lookForKeyring(std::function<void(bool isThere)> done)
{
    const bool hasAddress = !qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS")
        || QFileInfo::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + QStringLiteral("/bus"));
    const QDBusConnection bus = hasAddress ? QDBusConnection::sessionBus() : QDBusConnection(QString());
    if (!bus.isConnected()) {
        QMetaObject::invokeMethod(this, [done = std::move(done)] { done(false); }, Qt::QueuedConnection);
        return;
    }
    auto *running = new QDBusPendingCallWatcher(askBus(bus, "ListNames"), this);
    connect(running, &QDBusPendingCallWatcher::finished, this, [this, bus, running, done = std::move(done)] {
        running->deleteLater();
        const QDBusPendingReply<QStringList> names = *running;
        if (!names.isError() && std::ranges::any_of(names.value(), isKeyringName)) {
            done(true);
            return;
        }
        auto *startable = new QDBusPendingCallWatcher(askBus(bus, "ListActivatableNames"), this);
        connect(startable, &QDBusPendingCallWatcher::finished, this, [startable, done] {
            startable->deleteLater();
            const QDBusPendingReply<QStringList> more = *startable;
            done(!more.isError() && std::ranges::any_of(more.value(), isKeyringName));
        });
    });
}

void KeychainSecretStore::startJob(quint64 id, const QByteArray &name, const std::function<QKeychain::Job *()> &makeJob)
{
    if (!m_calls->contains(id))
        return;
    QKeychain::Job *job = makeJob();
    job->setKey(QString::fromLatin1(name));
    ++m_jobs;
    pumpGlib();
    connect(job, &QKeychain::Job::finished, this, [this, id, name](QKeychain::Job *ended) {
        --m_jobs;
        const auto *reading = qobject_cast<QKeychain::ReadPasswordJob *>(ended);
        SecretResult<QByteArray> result = reading ? reading->binaryData() : QByteArray();
        if (ended->error() != QKeychain::NoError)
            result = std::unexpected(errorOf(*ended));
        const bool isLate = !m_calls->contains(id);
        end(id, result);
        if (isLate && result)
            Q_EMIT changed(name);
    });
    job->start();
}

void KeychainSecretStore::end(quint64 id, const SecretResult<QByteArray> &result)
{
    if (auto call = m_calls->extract(id))
        call.mapped().done(result);
}

/// libsecret answers in GLib's main loop. Qt's own may be that one; with QT_NO_GLIB it is not, and nobody would listen.
void KeychainSecretStore::pumpGlib()
{
    const QAbstractEventDispatcher *loop = thread()->eventDispatcher();
    if (m_jobs == 0 || !loop || loop->inherits("QEventDispatcherGlib")) {
        m_pump.stop();
        return;
    }
    if (!m_iterate)
        m_iterate = reinterpret_cast<GlibIteration>(QLibrary::resolve(QStringLiteral("glib-2.0"), 0, "g_main_context_iteration"));
    if (!m_iterate)
        return;
    m_pump.start();
    const GlibIteration iterate = m_iterate;  // what it calls may destroy this store
    while (iterate(nullptr, 0)) { }
}

}  // namespace packmule
