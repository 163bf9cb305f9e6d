#pragma once

#include "app/Composition.h"
#include "app/EngineSession.h"
#include "app/gui/EngineStanding.h"
#include "core/settings/AwsEnvironment.h"
#include "core/settings/RelayedSecretStore.h"
#include "core/transfer/DirectStoreClient.h"
#include "core/transfer/EngineClient.h"
#include "core/transfer/RemoteTransferList.h"

#include <QObject>
#include <QPointer>

#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace packmule {

/// What the window's engine is made with.
struct EngineChoices {
    QString journalPath;   ///< absolute; empty: a journal that survives nothing (tests)
    AwsEnvironment environment;
    TransportKind transport = TransportKind::Direct;
    RelayedSecretStore *secrets = nullptr;   ///< of the saved connections; outlives the thread. Null: nobody keeps any
};

/// The engine of a window with all that belongs to it, on the engine's thread. Calls wait until the engine is there; when
/// a command line that held the journal ends, what it had not answered is asked of our own engine, which takes over: the
/// same put carries its run on, pausing twice is pausing.
/// Thread: the engine's. Owns the composition and, standing on it, the session with engine and journal.
class EngineHost final : public QObject
{
    Q_OBJECT

public:
    template<typename T>
    using Answer = std::function<void(Result<T>)>;
    /// Makes the call to whatever engine is there now.
    template<typename T>
    using Begin = std::function<CallHandle(EngineHost &, Answer<T>)>;

    static constexpr Milliseconds kPatience{2'500};   ///< engine and journal promise 2 s

    explicit EngineHost(EngineChoices choices);
    ~EngineHost() override;

    /// Again after Failed.
    void open();
    /// Ends what is in flight, commits, closes; `done` runs later, after kPatience in any case.
    void shutDown(std::function<void()> done);

    Composition &composition() { return m_composition; }
    /// Asks stores directly; needs no engine.
    StoreClient &stores() { return m_stores; }
    EngineClient &engine() { return *m_engine; }   ///< only from inside a Begin
    TransferListClient &list() { return m_remoteList ? *m_remoteList : *m_session.list(); }   ///< as engine()
    /// Kept, and given to our own engine whenever it begins.
    [[nodiscard]] CallHandle setLimits(const EngineLimits &limits, Answer<void> done);

    template<typename T>
    [[nodiscard]] CallHandle whenOpen(Begin<T> begin, Answer<T> done);
    /// With another process's engine: lends it our credentials first. Errors of the source end the call.
    template<typename T>
    [[nodiscard]] CallHandle whenLent(const ConnectionRecord &connection, Begin<T> begin, Answer<T> done);
    /// The same for all connections that these transfers go to (empty list: all); what cannot be lent is left out.
    template<typename T>
    [[nodiscard]] CallHandle whenLentFor(const QList<TransferId> &transfers, Begin<T> begin, Answer<T> done);

Q_SIGNALS:
    void standingChanged(const packmule::EngineStanding &standing);
    void eventOccurred(const packmule::TransferEvent &event);
    void runEnded(packmule::RunId run, const packmule::RunOutcome &outcome);

private:
    struct Waiting {
        std::function<CallHandle()> begin;
        std::function<void(const Error &)> fail;
        CallHandle call;
    };
    using Step = std::shared_ptr<CallHandle>;   ///< what a call of several steps waits for now

    CallHandle enqueue(std::function<CallHandle(quint64)> begin, std::function<void(const Error &)> fail);
    void takeEngine(Result<EngineClient *> engine);
    void beginAgain();
    void failAll(const Error &error);
    void tell(EngineStanding standing);
    void lendEach(QList<ConnectionRecord> connections, const Step &step, std::function<void()> then);

    EngineChoices m_choices;
    Composition m_composition;
    DirectStoreClient m_stores;
    EngineSession m_session;
    EngineStanding m_standing;
    EngineClient *m_engine = nullptr;   ///< null while there is none
    std::unique_ptr<RemoteTransferList> m_remoteList;   ///< while attached
    std::optional<EngineLimits> m_limits;
    CallHandle m_limiting;
    std::map<quint64, Waiting> m_waiting;
    quint64 m_lastCall = 0;
    std::function<void()> m_onShutDown;
    CallHandle m_later, m_patience;
};

template<typename T>
CallHandle EngineHost::whenOpen(Begin<T> begin, Answer<T> done)
{
    const auto answer = std::make_shared<Answer<T>>(std::move(done));
    return enqueue(
        [this, begin = std::move(begin), answer](quint64 number) {
            return begin(*this, [this, number, answer](Result<T> result) {
                const auto ended = m_waiting.extract(number);
                (*answer)(std::move(result));
            });
        },
        [answer](const Error &error) { (*answer)(std::unexpected(error)); });
}

template<typename T>
CallHandle EngineHost::whenLent(const ConnectionRecord &connection, Begin<T> begin, Answer<T> done)
{
    return whenOpen<T>([connection, begin = std::move(begin)](EngineHost &host, Answer<T> answer) {
        if (!host.m_session.isRemote())
            return begin(host, std::move(answer));
        const auto step = std::make_shared<CallHandle>();
        *step = host.m_session.lendCredentials(connection, [step, &host, begin, answer](const Result<void> &lent) {
            if (lent)
                *step = begin(host, answer);
            else
                answer(std::unexpected(lent.error()));
        });
        return CallHandle([step] { step->cancel(); });
    }, std::move(done));
}

template<typename T>
CallHandle EngineHost::whenLentFor(const QList<TransferId> &transfers, Begin<T> begin, Answer<T> done)
{
    return whenOpen<T>([transfers, begin = std::move(begin)](EngineHost &host, Answer<T> answer) {
        if (!host.m_session.isRemote())
            return begin(host, std::move(answer));
        const auto step = std::make_shared<CallHandle>();
        *step = host.engine().connections(transfers, [step, &host, begin, answer](const Result<QList<ConnectionRecord>> &found) {
            host.lendEach(found.value_or(QList<ConnectionRecord>()), step, [step, &host, begin, answer] { *step = begin(host, answer); });
        });
        return CallHandle([step] { step->cancel(); });
    }, std::move(done));
}

}  // namespace packmule
