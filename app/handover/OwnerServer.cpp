#include "app/handover/OwnerServer.h"

#include "app/handover/HandoverSocket.h"
#include "core/base/LogCategories.h"
#include "core/transfer/PutCommand.h"
#include "core/transfer/TransferEventJson.h"
#include "core/transfer/TransferSnapshotJson.h"

#include <QFile>
#include <QLocalSocket>

#include <algorithm>

namespace packmule {

namespace {

using namespace Qt::StringLiterals;

constexpr int kMostGuests = 64;

QList<TransferId> transfersIn(const QJsonArray &items)
{
    QList<TransferId> transfers;
    for (const QJsonValue &item : items)
        transfers.append(item.toInteger());
    return transfers;
}

}  // namespace

OwnerServer::OwnerServer(EngineClient &engine, AdoptCredentials adoptCredentials)
    : m_engine(engine), m_adoptCredentials(std::move(adoptCredentials))
{
    connect(&m_server, &QLocalServer::newConnection, this, &OwnerServer::welcomeGuests);
    connect(&m_engine, &EngineClient::eventOccurred, this, &OwnerServer::forward);
    connect(&m_engine, &EngineClient::runEnded, this, &OwnerServer::takeRunEnd);
}

OwnerServer::~OwnerServer()
{
    m_server.close();
}

Result<void> OwnerServer::listen(const QString &journalPath)
{
    const Result<QString> path = handoverSocketPath(journalPath);
    if (!path)
        return std::unexpected(path.error());
    QLocalServer::removeServer(*path);
    // No socket options: Qt would bind under a longer, temporary name first. The folder is ours alone anyway.
    if (!m_server.listen(*path))
        return failure(ErrorKind::JournalUnavailable, u"cannot listen at %1: %2"_s.arg(*path, m_server.errorString()));
    QFile::setPermissions(*path, QFile::ReadOwner | QFile::WriteOwner);
    return {};
}

void OwnerServer::welcomeGuests()
{
    while (QLocalSocket *pending = m_server.nextPendingConnection()) {
        std::unique_ptr<QLocalSocket> socket(pending);
        socket->setParent(nullptr);
        if (!isPeerOurself(socket->socketDescriptor()) || std::ssize(m_guests) >= kMostGuests) {
            qCWarning(lcTransfer) << "refused a stranger at the journal's door";
            continue;
        }
        auto guest = std::make_unique<Guest>(std::make_unique<MessageChannel>(std::move(socket)));
        Guest *known = guest.get();
        connect(known, &Guest::called, this, [this, known](const Guest::Call &call) { take(*known, call); });
        connect(known, &Guest::credentialsLent, this, [this](const QByteArray &id, const Credentials &credentials) { m_adoptCredentials(id, credentials); });
        // It is told from inside the guest's own call, so it goes on the next turn.
        connect(known, &Guest::left, this, [this, known] {
            m_guests.remove_if([known](const auto &one) { return one.get() == known; });
        }, Qt::QueuedConnection);
        m_guests.push_back(std::move(guest));
    }
}

void OwnerServer::take(Guest &guest, const Guest::Call &call)
{
    if (call.type == "put"_L1)
        put(guest, call);
    else if (call.type == "resume"_L1)
        resume(guest, call);
    else if (call.type == "change"_L1)
        change(guest, call);
    else if (call.type == "list"_L1)
        list(guest, call);
    else if (call.type == "connections"_L1)
        connections(guest, call);
    else
        refuse(guest, call, u"this Packmule does not know \"%1\""_s.arg(call.type));
}

void OwnerServer::refuse(Guest &guest, const Guest::Call &call, const QString &why)
{
    guest.answer(call.number, failure(ErrorKind::InvalidRequest, why));
}

void OwnerServer::keep(qint64 key, CallHandle handle)
{
    m_calls.insert_or_assign(key, std::move(handle));
}

void OwnerServer::finishCall(qint64 key)
{
    m_calls.erase(key);
}

void OwnerServer::put(Guest &guest, const Guest::Call &call)
{
    QJsonObject json = call.fields.value("command"_L1).toObject();
    json.insert(u"sources"_s, call.items);
    const std::optional<PutCommand> command = PutCommand::fromJson(json);
    if (!command) {
        refuse(guest, call, u"the put could not be read"_s);
        return;
    }
    const qint64 key = ++m_lastKey;
    ++m_unanswered;
    m_hadWork = true;
    keep(key, m_engine.put(*command, [this, key, number = call.number, asker = QPointer(&guest)](const Result<RunId> &run) {
        --m_unanswered;
        if (run)
            m_runs.insert(*run);
        if (run && asker)
            asker->followRun(*run);
        if (asker)
            asker->answer(number, run);
        finishCall(key);
        tellIfIdle();
    }));
}

void OwnerServer::resume(Guest &guest, const Guest::Call &call)
{
    const TransferId transfer = call.fields.value("transfer"_L1).toInteger();
    const qint64 key = ++m_lastKey;
    ++m_unanswered;
    m_hadWork = true;
    keep(key, m_engine.resume(transfer, [this, key, transfer, number = call.number, asker = QPointer(&guest)](const Result<ResumeAnswer> &answer) {
        --m_unanswered;
        if (answer)
            m_runs.insert(answer->run);
        if (answer && asker)
            asker->followResume(answer->run, transfer);
        if (asker)
            asker->answerResume(number, answer);
        finishCall(key);
        tellIfIdle();
    }));
}

void OwnerServer::change(Guest &guest, const Guest::Call &call)
{
    const std::optional<QueueVerb> verb = queueVerbFromName(call.fields.value("verb"_L1).toString());
    if (!verb) {
        refuse(guest, call, u"unknown change"_s);
        return;
    }
    const qint64 key = ++m_lastKey;
    keep(key, m_engine.change(*verb, transfersIn(call.items), [this, key, number = call.number, asker = QPointer(&guest)](const Result<int> &count) {
        if (asker)
            asker->answer(number, count.transform([](int value) { return qint64(value); }));
        finishCall(key);
    }));
}

void OwnerServer::list(Guest &guest, const Guest::Call &call)
{
    const int offset = call.fields.value("offset"_L1).toInt();
    const int limit = call.fields.value("limit"_L1).toInt();
    const qint64 key = ++m_lastKey;
    keep(key, m_engine.list(offset, limit, [this, key, number = call.number, asker = QPointer(&guest)](const Result<QList<TransferSnapshot>> &page) {
        if (asker) {
            asker->answerRows(number, page.transform([](const QList<TransferSnapshot> &snapshots) {
                QJsonArray rows;
                for (const TransferSnapshot &snapshot : snapshots)
                    rows.append(transferSnapshotJson(snapshot));
                return rows;
            }));
        }
        finishCall(key);
    }));
}

void OwnerServer::connections(Guest &guest, const Guest::Call &call)
{
    const qint64 key = ++m_lastKey;
    keep(key, m_engine.connections(transfersIn(call.items), [this, key, number = call.number, asker = QPointer(&guest)](const Result<QList<ConnectionRecord>> &found) {
        if (asker) {
            asker->answerRows(number, found.transform([](const QList<ConnectionRecord> &records) {
                QJsonArray rows;
                for (const ConnectionRecord &record : records)
                    rows.append(connectionJson(record));
                return rows;
            }));
        }
        finishCall(key);
    }));
}

void OwnerServer::forward(const TransferEvent &event)
{
    if (m_guests.empty())
        return;
    const QJsonObject json = transferEventJson(event);
    for (const auto &guest : m_guests)
        guest->offer(event, json);
}

void OwnerServer::takeRunEnd(RunId run, const RunOutcome &outcome)
{
    m_runs.remove(run);
    for (const auto &guest : m_guests) {
        if (guest->wantsEnd(run))
            guest->tellEnd(run, outcome);
    }
    tellIfIdle();
}

void OwnerServer::tellIfIdle()
{
    if (hasWork() || !m_hadWork)
        return;
    m_hadWork = false;
    Q_EMIT workEnded();
}

}  // namespace packmule
