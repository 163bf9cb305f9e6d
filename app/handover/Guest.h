#pragma once

#include "app/handover/HandoverMessages.h"
#include "app/handover/MessageChannel.h"
#include "core/transfer/EngineClient.h"

#include <QHash>
#include <QObject>
#include <QSet>

#include <memory>
#include <optional>

namespace packmule {

/// One process that has handed its command to this one, as the owner sees it: reads its calls, and knows which events it
/// wants. Until it has asked for a run it gets all events (`queue watch`); afterwards those of its own. A window wants all.
///
/// | state    | on                          | then |
/// |----------|-----------------------------|------|
/// | greeting | hello of our version        | served |
/// | greeting | anything else               | refused, hung up |
/// | served   | a call                      | called(), answered later |
/// | any      | the line closes             | left() |
///
/// Thread: the owner's engine's. Owned by OwnerServer.
class Guest final : public QObject
{
    Q_OBJECT

public:
    /// A call as it arrived, its `items` collected.
    struct Call {
        qint64 number = 0;
        QString type;
        QJsonObject fields;
        QJsonArray items;
    };

    explicit Guest(std::unique_ptr<MessageChannel> channel);

    void answer(qint64 call, const Result<qint64> &result);
    void answerResume(qint64 call, const Result<ResumeAnswer> &result);
    /// The rows go ahead; the answer is how many they are.
    void answerRows(qint64 call, const Result<QJsonArray> &rows);
    void followRun(RunId run) { m_runs.insert(run); }
    /// @param transfer 0 = everything.
    void followResume(RunId run, TransferId transfer) { m_resumes.insert(run, transfer); }
    void offer(const TransferEvent &event, const QJsonObject &json);
    bool wantsEnd(RunId run) const;
    void tellEnd(RunId run, const RunOutcome &outcome);
    void hangUp() { m_channel->close(); }

Q_SIGNALS:
    void called(const packmule::Guest::Call &call);
    void credentialsLent(const QByteArray &connectionId, const packmule::Credentials &credentials);
    void left();

private:
    void take(const QJsonObject &message);
    void greet(const QJsonObject &message);
    bool wants(const TransferEvent &event) const;

    std::unique_ptr<MessageChannel> m_channel;
    QHash<qint64, QJsonArray> m_items;
    qsizetype m_itemCount = 0;
    QSet<RunId> m_runs;
    QHash<RunId, TransferId> m_resumes;
    int m_unanswered = 0;
    bool m_isServed = false, m_watchesAll = false;
};

}  // namespace packmule
