#include "app/EngineSession.h"

#include "app/handover/OwnerServer.h"
#include "app/handover/RemoteEngine.h"
#include "core/journal/JournalOwner.h"

#include <cerrno>

namespace packmule {

namespace {

constexpr int kMaxHangUps = 20;
constexpr Milliseconds kHangUpPause{100};

}  // namespace

/// Destroyed from the last member to the first: the server before the engine, the engine before the journal.
struct EngineSession::State {
    Composition &composition;
    EngineUse use;
    QString path;                        ///< empty: a journal that survives nothing
    std::function<void(Result<EngineClient *>)> opened;
    std::unique_ptr<Journal> journal;
    LocalEngine local;
    std::unique_ptr<OwnerServer> server;
    std::unique_ptr<RemoteEngine> remote;
    qint64 ownerPid = 0;
    bool isLeaving = false;
    int hangUps = 0;                     ///< of an owner that was just ending
    CallHandle next, connecting;
};

EngineSession::EngineSession(Composition &composition, EngineUse use)
    : m_state(std::make_unique<State>(State{composition, use, {}, {}, nullptr, {}, nullptr, nullptr, 0, false, 0, {}, {}}))
{
}

EngineSession::~EngineSession() = default;

void EngineSession::open(const QString &journalPath, std::function<void(Result<EngineClient *>)> opened)
{
    m_state->opened = std::move(opened);
    m_state->path = journalPath;
    m_state->connecting.cancel();
    m_state->remote.reset();
    m_state->hangUps = 0;
    openSoon();
}

TransferListClient *EngineSession::list() const
{
    return m_state->local.list.get();
}

void EngineSession::openSoon()
{
    m_state->next = m_state->composition.scheduler().after(Milliseconds(0), [this] { tryHere(); });
}

void EngineSession::tryHere()
{
    auto journal = Composition::openJournal(m_state->path);
    if (!journal) {
        if (!m_state->path.isEmpty() && isJournalInUse(journal.error()))
            tryOwner();
        else
            m_state->opened(std::unexpected(journal.error()));
        return;
    }
    m_state->journal = std::move(*journal);
    m_state->local = m_state->composition.makeEngine(*m_state->journal, m_state->use);
    serveOthers();
    m_state->opened(m_state->local.engine.get());
}

void EngineSession::serveOthers()
{
    if (m_state->path.isEmpty())
        return;
    Composition &composition = m_state->composition;
    const auto adopt = [&composition](const QByteArray &connectionId, const Credentials &credentials) { composition.lendCredentials(connectionId, credentials); };
    m_state->server = std::make_unique<OwnerServer>(*m_state->local.engine, adopt);
    if (const auto listening = m_state->server->listen(m_state->path); !listening) {
        qWarning("other commands cannot hand their work over: %s", qUtf8Printable(listening.error().detail));
        m_state->server.reset();
    }
}

void EngineSession::tryOwner()
{
    const auto watch = m_state->use == EngineUse::Window ? RemoteEngine::Watch::Everything : RemoteEngine::Watch::OwnRuns;
    m_state->remote = std::make_unique<RemoteEngine>(m_state->path, m_state->composition.scheduler(), watch);
    connect(m_state->remote.get(), &RemoteEngine::ownerLost, this, [this] {
        if (!m_state->isLeaving)
            m_state->next = m_state->composition.scheduler().after(Milliseconds(0), [this] { takeOver(); });
    });
    m_state->connecting = m_state->remote->open([this](Result<void> result) {
        if (result) {
            m_state->ownerPid = m_state->remote->ownerPid();
            m_state->opened(m_state->remote.get());
        } else if (result.error().osError == ENOENT) {
            m_state->next = m_state->composition.scheduler().after(Milliseconds(0), [this] { takeOver(); });
        } else if (result.error().osError == ECONNRESET && m_state->hangUps++ < kMaxHangUps) {
            // The owner is just ending: its socket closes a moment before its lock on the journal does.
            m_state->next = m_state->composition.scheduler().after(kHangUpPause, [this] { takeOver(); });
        } else {
            m_state->opened(std::unexpected(result.error()));
        }
    });
}

void EngineSession::takeOver()
{
    Q_EMIT engineGoing();
    m_state->connecting.cancel();
    m_state->remote.reset();
    tryHere();
}

CallHandle EngineSession::lendCredentials(const ConnectionRecord &connection, std::function<void(Result<void>)> done)
{
    if (!isRemote() || connection.isAnonymous)
        return m_state->composition.scheduler().after(Milliseconds(0), [done = std::move(done)] { done({}); });
    return m_state->composition.readCredentials(connection, [this, id = connection.id, done = std::move(done)](Result<Credentials> credentials) {
        if (!credentials) {
            done(std::unexpected(credentials.error()));
            return;
        }
        if (m_state->remote)
            m_state->remote->lendCredentials(id, *credentials);
        done({});
    });
}

bool EngineSession::isRemote() const
{
    return m_state->remote != nullptr;
}

qint64 EngineSession::ownerPid() const
{
    return m_state->ownerPid;
}

void EngineSession::shutDown(std::function<void()> done)
{
    m_state->isLeaving = true;
    m_state->connecting.cancel();
    m_state->server.reset();  // hangs up first, so that callers find either us or, soon, a free journal
    if (m_state->remote)
        m_state->remote->shutdown(done);
    else if (m_state->local.engine)
        m_state->local.engine->shutdown([this, done] { m_state->journal->close(done); });
    else
        m_state->next = m_state->composition.scheduler().after(Milliseconds(0), done);
}

void EngineSession::awaitGuests(std::function<void()> waiting, std::function<void()> done)
{
    if (!m_state->server || !m_state->server->hasWork()) {
        done();
        return;
    }
    waiting();
    connect(m_state->server.get(), &OwnerServer::workEnded, this, [this, done = std::move(done)] {
        m_state->next = m_state->composition.scheduler().after(Milliseconds(0), done);
    });
}

}  // namespace packmule
