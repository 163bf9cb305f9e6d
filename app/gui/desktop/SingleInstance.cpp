#include "app/gui/desktop/SingleInstance.h"

#include "app/handover/HandoverSocket.h"
#include "app/handover/MessageChannel.h"
#include "core/base/LogCategories.h"
#include "core/journal/JournalFolder.h"

#include <QFile>
#include <QLocalSocket>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace packmule {

namespace {

constexpr int kTries = 100;
constexpr Milliseconds kBetweenTries{100};
constexpr Milliseconds kPatience{15'000};   // a first window may be just starting on a busy computer

}  // namespace

/// One later start on the line.
struct SingleInstance::Caller {
    std::unique_ptr<MessageChannel> channel;
    WindowCall call;
};

SingleInstance::SingleInstance(const QString &journalPath, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_scheduler(scheduler), m_journalPath(journalPath)
{
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::welcomeCallers);
}

SingleInstance::~SingleInstance()
{
    m_callers.clear();
    m_server.close();
    if (m_lock >= 0)
        ::close(m_lock);
}

Result<bool> SingleInstance::claim()
{
    if (const auto made = prepareJournalFolder(m_journalPath); !made)
        return std::unexpected(made.error());
    const auto path = handoverSocketPath(m_journalPath + QStringLiteral(".window"));
    if (!path)
        return std::unexpected(path.error());
    m_socketPath = *path;
    const QByteArray lockName = QFile::encodeName(m_socketPath) + ".lock";
    m_lock = ::open(lockName.constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (m_lock < 0)
        return failure(ErrorKind::JournalUnavailable, QStringLiteral("%1 cannot be opened: %2.")
                                                          .arg(QFile::decodeName(lockName), QString::fromLocal8Bit(std::strerror(errno))));
    if (::flock(m_lock, LOCK_EX | LOCK_NB) != 0) {
        ::close(std::exchange(m_lock, -1));
        return false;
    }
    return true;
}

void SingleInstance::listen()
{
    QLocalServer::removeServer(m_socketPath);  // of a first that was killed: we hold its lock
    if (!m_server.listen(m_socketPath))
        qCWarning(lcTransfer) << "a second start cannot reach this window:" << m_server.errorString();
}

void SingleInstance::welcomeCallers()
{
    while (QLocalSocket *socket = m_server.nextPendingConnection()) {
        std::unique_ptr<QLocalSocket> owned(socket);
        if (!isPeerOurself(socket->socketDescriptor())) {
            owned.release()->deleteLater();
            continue;
        }
        auto &caller = m_callers.emplace_back(std::make_unique<Caller>());
        caller->channel = std::make_unique<MessageChannel>(std::move(owned));
        Caller *const who = caller.get();
        connect(who->channel.get(), &MessageChannel::received, this, [this, who](const QJsonObject &message) {
            const auto isLast = who->call.take(message);
            if (!isLast) {
                who->channel->close();
            } else if (*isLast) {
                who->channel->send({{QLatin1String("type"), QLatin1String("taken")}});
                Q_EMIT called(std::exchange(who->call, {}));
            }
        });
        connect(who->channel.get(), &MessageChannel::closed, this, [this, who] {
            // The channel is just telling this, so it goes a moment later.
            m_callers.remove_if([who](std::unique_ptr<Caller> &one) {
                if (one.get() != who)
                    return false;
                one->channel.release()->deleteLater();
                return true;
            });
        });
    }
}

void SingleInstance::callFirst(const WindowCall &call, std::function<void(Result<void>)> done)
{
    m_call = call;
    m_done = std::move(done);
    m_triesLeft = kTries;
    m_patience = m_scheduler.after(kPatience, [this] {
        conclude(failure(ErrorKind::JournalUnavailable, QStringLiteral("Packmule is running already, but its window does not answer.")));
    });
    m_next = m_scheduler.after(Milliseconds(0), [this] { tryFirst(); });
}

void SingleInstance::tryFirst()
{
    m_socket = std::make_unique<QLocalSocket>();
    connect(m_socket.get(), &QLocalSocket::errorOccurred, this, [this] {
        m_socket.release()->deleteLater();
        if (m_triesLeft-- > 0)
            m_next = m_scheduler.after(kBetweenTries, [this] { tryFirst(); });
        else
            conclude(failure(ErrorKind::JournalUnavailable, QStringLiteral("Packmule is running already, but its window cannot be reached.")));
    });
    connect(m_socket.get(), &QLocalSocket::connected, this, [this] {
        m_socket->disconnect(this);
        if (!isPeerOurself(m_socket->socketDescriptor())) {
            conclude(failure(ErrorKind::JournalUnavailable, QStringLiteral("Another user answers in the place of Packmule's window.")));
            return;
        }
        m_channel = std::make_unique<MessageChannel>(std::move(m_socket));
        connect(m_channel.get(), &MessageChannel::received, this, [this](const QJsonObject &) { conclude({}); });
        connect(m_channel.get(), &MessageChannel::closed, this, [this] {
            conclude(failure(ErrorKind::JournalUnavailable, QStringLiteral("Packmule's window hung up; start Packmule again.")));
        });
        for (const QJsonObject &message : m_call.toMessages())
            m_channel->send(message);
    });
    m_socket->connectToServer(m_socketPath);
}

void SingleInstance::conclude(Result<void> result)
{
    m_patience.cancel();
    m_next.cancel();
    if (const auto done = std::exchange(m_done, nullptr))
        m_next = m_scheduler.after(Milliseconds(0), [done, result = std::move(result)] { done(result); });
}

}  // namespace packmule
