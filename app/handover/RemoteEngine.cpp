#include "app/handover/RemoteEngine.h"

#include "app/handover/HandoverMessages.h"
#include "app/handover/HandoverSocket.h"
#include "core/journal/JournalOwner.h"
#include "core/transfer/TransferEventJson.h"
#include "core/transfer/TransferSnapshotJson.h"

#include <QCoreApplication>
#include <QPointer>

#include <cerrno>

namespace packmule {

namespace {

using namespace Qt::StringLiterals;

QJsonArray transferArray(const QList<TransferId> &transfers)
{
    QJsonArray ids;
    for (const TransferId id : transfers)
        ids.append(id);
    return ids;
}

}  // namespace

RemoteEngine::RemoteEngine(QString journalPath, Scheduler &scheduler, Watch watch)
    : m_journalPath(std::move(journalPath)), m_watch(watch), m_scheduler(scheduler)
{
}

RemoteEngine::~RemoteEngine() = default;

CallHandle RemoteEngine::open(std::function<void(Result<void>)> done)
{
    Q_ASSERT(m_state == State::Idle);
    m_state = State::Trying;
    m_opened = std::move(done);
    m_deadline = m_scheduler.after(kPatience, [this] { fail(ETIMEDOUT, u"does not answer"_s); });
    m_retry = m_scheduler.after(Milliseconds(0), [this] { tryOnce(); });
    return CallHandle([engine = QPointer(this)] {
        if (engine)
            engine->m_opened = nullptr;
    });
}

void RemoteEngine::tryOnce()
{
    m_ownerPid = packmule::ownerPid(m_journalPath);
    const Result<QString> path = handoverSocketPath(m_journalPath);
    if (!path) {
        m_state = State::Closed;
        finishOpening(std::unexpected(path.error()));
        return;
    }
    m_socket = std::make_unique<QLocalSocket>();
    connect(m_socket.get(), &QLocalSocket::connected, this, &RemoteEngine::greet, Qt::QueuedConnection);
    connect(m_socket.get(), &QLocalSocket::errorOccurred, this, [this] {
        if (m_state != State::Trying)
            return;
        // It may hold the journal and not listen yet: opening and migrating come first.
        if (!isJournalHeld(m_journalPath))
            fail(ENOENT, u"has ended"_s);
        else
            m_retry = m_scheduler.after(kRetry, [this] { tryOnce(); });
    }, Qt::QueuedConnection);
    m_socket->connectToServer(*path);
}

void RemoteEngine::greet()
{
    if (m_state != State::Trying)
        return;
    if (!isPeerOurself(m_socket->socketDescriptor())) {
        fail(EACCES, u"belongs to another user"_s);
        return;
    }
    m_state = State::Greeting;
    m_socket->disconnect(this);
    m_channel = std::make_unique<MessageChannel>(std::move(m_socket));
    connect(m_channel.get(), &MessageChannel::received, this, &RemoteEngine::take);
    connect(m_channel.get(), &MessageChannel::closed, this, &RemoteEngine::takeClosing, Qt::QueuedConnection);
    m_channel->send(message(u"hello"_s, {{u"protocol"_s, kHandoverProtocol},
                                         {u"version"_s, QStringLiteral(PACKMULE_VERSION)},
                                         {u"pid"_s, QCoreApplication::applicationPid()},
                                         {u"watchesAll"_s, m_watch == Watch::Everything}}));
}

void RemoteEngine::take(const QJsonObject &incoming)
{
    const QString type = incoming.value("type"_L1).toString();
    if (m_state == State::Greeting) {
        takeWelcome(incoming);
    } else if (m_state != State::Open) {
        return;
    } else if (type == "answer"_L1) {
        takeAnswer(incoming);
    } else if (type == "items"_L1) {
        const auto known = m_calls.find(incoming.value("call"_L1).toInteger());
        const QJsonArray items = incoming.value("items"_L1).toArray();
        for (const QJsonValue &row : items) {
            if (known != m_calls.end())
                known->second.rows.append(row);
        }
    } else if (type == "event"_L1) {
        takeEvent(incoming.value("event"_L1).toObject());
    } else if (type == "runEnded"_L1) {
        Q_EMIT runEnded(incoming.value("run"_L1).toInteger(), runOutcomeFromJson(incoming.value("outcome"_L1).toObject()));
    }
}

void RemoteEngine::takeWelcome(const QJsonObject &incoming)
{
    m_ownerPid = incoming.value("pid"_L1).toInteger(m_ownerPid);
    const bool isWelcome = incoming.value("type"_L1).toString() == "welcome"_L1
        && incoming.value("protocol"_L1).toInt() == kHandoverProtocol;
    if (!isWelcome) {
        fail(EPROTO, u"is another version of Packmule"_s);
        return;
    }
    m_state = State::Open;
    finishOpening({});
}

void RemoteEngine::takeAnswer(const QJsonObject &incoming)
{
    auto call = m_calls.extract(incoming.value("call"_L1).toInteger());
    if (!call)
        return;
    call.mapped().answered(answerFrom(incoming), incoming, call.mapped().rows);
}

void RemoteEngine::takeEvent(const QJsonObject &json)
{
    // One that this version does not know would tell its user nothing either.
    if (const std::optional<TransferEvent> event = transferEventFromJson(json))
        Q_EMIT eventOccurred(*event);
}

void RemoteEngine::takeClosing()
{
    switch (m_state) {
    case State::Greeting: fail(ECONNRESET, u"hung up"_s); return;
    case State::Open:
        m_state = State::Closed;
        m_calls.clear();
        Q_EMIT ownerLost();
        return;
    case State::Idle:
    case State::Trying:
    case State::Closed: return;
    }
}

void RemoteEngine::fail(int osError, const QString &why)
{
    m_state = State::Closed;
    Error error = Error::make(ErrorKind::JournalUnavailable,
                              m_ownerPid > 0 ? u"journal %1 is in use by pid %2, which %3"_s.arg(m_journalPath, QString::number(m_ownerPid), why)
                                             : u"journal %1 was in use by a process that %2"_s.arg(m_journalPath, why));
    error.osError = osError;
    finishOpening(std::unexpected(error));
}

void RemoteEngine::finishOpening(const Result<void> &result)
{
    m_deadline.cancel();
    m_retry.cancel();
    if (!result && m_channel)
        m_channel->close();
    if (auto opened = std::exchange(m_opened, nullptr))
        opened(result);
}

void RemoteEngine::lendCredentials(const QByteArray &connectionId, const Credentials &credentials)
{
    if (m_state == State::Open)
        m_channel->send(credentialsMessage(connectionId, credentials));
}

CallHandle RemoteEngine::call(decltype(Call::answered) answered, const QString &type, QJsonObject fields, const QJsonArray &items)
{
    const qint64 number = ++m_lastCall;
    m_calls.emplace(number, Call{std::move(answered), {}});
    fields.insert(u"call"_s, number);
    bool isSent = m_state == State::Open;
    for (const QJsonObject &itemMessage : itemMessages(number, items))
        isSent = isSent && m_channel->send(itemMessage);
    isSent = isSent && m_channel->send(message(type, fields));
    if (!isSent) {
        const QJsonObject refusal = answerMessage(number, failure(ErrorKind::JournalUnavailable, u"the command could not be handed to the journal's owner"_s));
        QMetaObject::invokeMethod(this, [this, refusal] { takeAnswer(refusal); }, Qt::QueuedConnection);
    }
    return CallHandle([engine = QPointer(this), number] {
        if (engine)
            engine->m_calls.erase(number);
    });
}

CallHandle RemoteEngine::put(const PutCommand &command, std::function<void(Result<RunId>)> accepted)
{
    QJsonObject json = command.toJson();
    const QJsonArray sources = json.take("sources"_L1).toArray();
    return call([accepted = std::move(accepted)](const Result<qint64> &run, const QJsonObject &, const QJsonArray &) { accepted(run); },
                u"put"_s, {{u"command"_s, json}}, sources);
}

CallHandle RemoteEngine::resume(TransferId transfer, std::function<void(Result<ResumeAnswer>)> accepted)
{
    return call([accepted = std::move(accepted)](const Result<qint64> &count, const QJsonObject &answer, const QJsonArray &) {
        accepted(count.transform([&answer](qint64 value) { return ResumeAnswer{answer.value("run"_L1).toInteger(), static_cast<int>(value), answer.value("walks"_L1).toInt()}; }));
    }, u"resume"_s, {{u"transfer"_s, transfer}}, {});
}

CallHandle RemoteEngine::connections(const QList<TransferId> &transfers, std::function<void(Result<QList<ConnectionRecord>>)> done)
{
    return call([done = std::move(done)](const Result<qint64> &count, const QJsonObject &, const QJsonArray &rows) {
        done(count.transform([&rows](qint64) {
            QList<ConnectionRecord> found;
            for (const QJsonValue &row : rows)
                found.append(connectionFromJson(row.toObject()));
            return found;
        }));
    }, u"connections"_s, {}, transferArray(transfers));
}

CallHandle RemoteEngine::change(QueueVerb verb, const QList<TransferId> &transfers, std::function<void(Result<int>)> done)
{
    return call([done = std::move(done)](const Result<qint64> &count, const QJsonObject &, const QJsonArray &) {
        done(count.transform([](qint64 value) { return static_cast<int>(value); }));
    }, u"change"_s, {{u"verb"_s, queueVerbName(verb)}}, transferArray(transfers));
}

CallHandle RemoteEngine::list(int offset, int limit, std::function<void(Result<QList<TransferSnapshot>>)> done)
{
    return call([done = std::move(done)](const Result<qint64> &count, const QJsonObject &, const QJsonArray &rows) {
        done(count.transform([&rows](qint64) {
            QList<TransferSnapshot> page;
            for (const QJsonValue &row : rows) {
                if (const auto snapshot = transferSnapshotFromJson(row.toObject()))
                    page.append(*snapshot);
            }
            return page;
        }));
    }, u"list"_s, {{u"offset"_s, offset}, {u"limit"_s, limit}}, {});
}

void RemoteEngine::shutdown(std::function<void()> done)
{
    m_state = State::Closed;
    m_calls.clear();
    if (m_channel)
        m_channel->close();
    QMetaObject::invokeMethod(this, std::move(done), Qt::QueuedConnection);
}

}  // namespace packmule
