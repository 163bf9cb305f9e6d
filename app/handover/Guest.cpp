#include "app/handover/Guest.h"

#include "core/base/LogCategories.h"
#include "core/transfer/TransferEventJson.h"

#include <QCoreApplication>

#include <algorithm>

namespace packmule {

namespace {

using namespace Qt::StringLiterals;

// A guest that stopped reading (Ctrl-Z) first misses progress, then is let go; it may come again.
constexpr qint64 kProgressBacklog = 1 << 20;
constexpr qint64 kLargestBacklog = 64 << 20;
constexpr qsizetype kMostItems = 5'000'000;

}  // namespace

Guest::Guest(std::unique_ptr<MessageChannel> channel) : m_channel(std::move(channel))
{
    connect(m_channel.get(), &MessageChannel::received, this, &Guest::take);
    connect(m_channel.get(), &MessageChannel::closed, this, &Guest::left);
}

void Guest::take(const QJsonObject &incoming)
{
    if (!m_isServed) {
        greet(incoming);
        return;
    }
    const QString type = incoming.value("type"_L1).toString();
    const qint64 call = incoming.value("call"_L1).toInteger();
    if (type == "credentials"_L1) {
        Q_EMIT credentialsLent(connectionIdFrom(incoming), credentialsFrom(incoming));
        return;
    }
    if (type == "items"_L1) {
        const QJsonArray items = incoming.value("items"_L1).toArray();
        m_itemCount += items.size();
        if (m_itemCount > kMostItems) {
            qCWarning(lcTransfer) << "a guest sends without end";
            m_channel->close();
            return;
        }
        QJsonArray &collected = m_items[call];
        for (const QJsonValue &item : items)
            collected.append(item);
        return;
    }
    ++m_unanswered;
    const Call arrived{call, type, incoming, m_items.take(call)};
    m_itemCount -= arrived.items.size();
    Q_EMIT called(arrived);
}

void Guest::greet(const QJsonObject &hello)
{
    const QJsonObject self{{u"protocol"_s, kHandoverProtocol}, {u"pid"_s, QCoreApplication::applicationPid()}};
    if (hello.value("type"_L1).toString() == "hello"_L1 && hello.value("protocol"_L1).toInt() == kHandoverProtocol) {
        m_isServed = true;
        m_watchesAll = hello.value("watchesAll"_L1).toBool();
        m_channel->send(message(u"welcome"_s, self));
        return;
    }
    m_channel->send(message(u"refusal"_s, self));
    m_channel->close();
}

void Guest::answer(qint64 call, const Result<qint64> &result)
{
    --m_unanswered;
    m_channel->send(answerMessage(call, result));
}

void Guest::answerResume(qint64 call, const Result<ResumeAnswer> &result)
{
    --m_unanswered;
    QJsonObject fields = answerMessage(call, result.transform([](const ResumeAnswer &answer) { return qint64(answer.count); }));
    if (result) {
        fields.insert(u"run"_s, result->run);
        fields.insert(u"walks"_s, result->walks);
    }
    m_channel->send(fields);
}

void Guest::answerRows(qint64 call, const Result<QJsonArray> &rows)
{
    if (!rows) {
        answer(call, std::unexpected(rows.error()));
        return;
    }
    for (const QJsonObject &items : itemMessages(call, *rows)) {
        if (!m_channel->send(items))
            qCWarning(lcTransfer) << "a row of the list is too large to be sent";
    }
    answer(call, qint64(rows->size()));
}

bool Guest::wants(const TransferEvent &event) const
{
    // While a call has no answer yet, its run has no number here, and its first events may come first.
    if (m_watchesAll || m_unanswered > 0 || (m_runs.isEmpty() && m_resumes.isEmpty()))
        return true;
    // Notices that concern everybody ("the disk is full") have neither run nor transfer.
    if (m_runs.contains(event.run) || (event.run == 0 && event.transfer == 0))
        return true;
    if (event.run < 0)
        return m_resumes.contains(event.run);
    return std::ranges::any_of(m_resumes, [&event](TransferId transfer) { return transfer == 0 || transfer == event.transfer; });
}

void Guest::offer(const TransferEvent &event, const QJsonObject &json)
{
    if (!m_isServed || !wants(event))
        return;
    const qint64 backlog = m_channel->unsent();
    if (backlog > kProgressBacklog && std::holds_alternative<ProgressEvent>(event.body))
        return;
    if (backlog > kLargestBacklog) {
        qCWarning(lcTransfer) << "letting go of a guest that does not read";
        m_channel->close();
        return;
    }
    if (!m_channel->send(message(u"event"_s, {{u"event"_s, json}})))
        qCWarning(lcTransfer) << "an event is too large to be sent";
}

bool Guest::wantsEnd(RunId run) const
{
    return m_isServed && (m_watchesAll || m_runs.contains(run) || m_resumes.contains(run));
}

void Guest::tellEnd(RunId run, const RunOutcome &outcome)
{
    m_channel->send(message(u"runEnded"_s, {{u"run"_s, run}, {u"outcome"_s, runOutcomeJson(outcome)}}));
}

}  // namespace packmule
