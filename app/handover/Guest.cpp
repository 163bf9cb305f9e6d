#include "app/handover/Guest.h"

#include "core/base/LogCategories.h"
#include "core/transfer/TransferEventJson.h"
#include "core/transfer/TransferSnapshotJson.h"

#include <QCoreApplication>

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

void Guest::answerList(qint64 call, const Result<QList<TransferSnapshot>> &page)
{
    if (!page) {
        answer(call, std::unexpected(page.error()));
        return;
    }
    QJsonArray rows;
    for (const TransferSnapshot &snapshot : *page)
        rows.append(transferSnapshotJson(snapshot));
    for (const QJsonObject &items : itemMessages(call, rows)) {
        if (!m_channel->send(items))
            qCWarning(lcTransfer) << "a row of the list is too large to be sent";
    }
    answer(call, qint64(page->size()));
}

bool Guest::wants(const TransferEvent &event) const
{
    // While a call has no answer yet, its run has no number here, and its first events may come first.
    if (m_unanswered > 0 || (m_runs.isEmpty() && m_resumed.isEmpty()))
        return true;
    // Notices that concern everybody ("the disk is full") have neither run nor transfer.
    if (m_runs.contains(event.run) || (event.run == 0 && event.transfer == 0))
        return true;
    return m_resumed.contains(0) || (event.transfer != 0 && m_resumed.contains(event.transfer));
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
    return m_isServed && (run == 0 ? !m_resumed.isEmpty() : m_runs.contains(run));
}

void Guest::tellEnd(RunId run, const RunOutcome &outcome)
{
    m_channel->send(message(u"runEnded"_s, {{u"run"_s, run}, {u"outcome"_s, runOutcomeJson(outcome)}}));
}

}  // namespace packmule
