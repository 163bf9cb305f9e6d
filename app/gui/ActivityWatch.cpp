#include "app/gui/ActivityWatch.h"

#include <algorithm>
#include <utility>

namespace packmule {

namespace {

template<typename... Visitors>
struct Visit : Visitors... {
    using Visitors::operator()...;
};

}  // namespace

ActivityWatch::ActivityWatch(EngineClient &engine, Scheduler &scheduler, QObject *parent) : QObject(parent), m_scheduler(scheduler)
{
    connect(&engine, &EngineClient::eventOccurred, this, &ActivityWatch::take);
}

void ActivityWatch::take(const TransferEvent &event)
{
    if (event.transfer == 0)
        return;
    const TransferId id = event.transfer;
    std::visit(Visit{
        [&](const QueuedEvent &queued) {
            Known known;
            known.size = queued.size;
            m_known.insert(id, known);
        },
        [&](const StartedEvent &started) {
            Known &known = m_known[id];
            known.size = started.size;
            known.isBegun = true;
            known.isPaused = false;
            known.waiting.reset();
        },
        [&](const ProgressEvent &progress) {
            Known &known = m_known[id];
            const bool hasMoved = progress.sent.value() > 0 && progress.rate > 0;
            known.isBegun = true;
            known.size = progress.size;
            known.confirmed = progress.confirmed;
            known.rate = progress.rate;
            if (hasMoved)
                moved(known);
        },
        [&](const PartEvent &) {
            if (const auto known = m_known.find(id); known != m_known.end())
                moved(*known);
        },
        [&](const WaitingEvent &waiting) {
            Known &known = m_known[id];
            known.isBegun = true;
            known.waiting = waiting.reason;
            known.rate = 0;
        },
        [&](const VerifyingEvent &) {
            if (const auto known = m_known.find(id); known != m_known.end())
                moved(*known);
        },
        [&](const PausedEvent &) {
            Known &known = m_known[id];
            known.isPaused = true;
            known.waiting.reset();
            known.rate = 0;
        },
        [&](const CompletedEvent &) { end(id, true); },
        [&](const SkippedEvent &) { end(id, true); },
        [&](const CancelledEvent &) { end(id, false); },
        [&](const FailedEvent &) {
            end(id, false);
            ++m_activity.needingAttention;
            Q_EMIT attentionNeeded(event);
        },
        [](const RetryEvent &) {},
        [](const NoticeEvent &) {},
        [](const SummaryEvent &) {},
    }, event.body);
    changeSoon();
}

void ActivityWatch::moved(Known &transfer)
{
    transfer.waiting.reset();
    if (std::exchange(m_isOffline, false))
        Q_EMIT networkBack();
}

void ActivityWatch::end(TransferId transfer, bool isDone)
{
    const Known known = m_known.take(transfer);
    if (isDone) {
        m_ended += known.size;
        if (std::exchange(m_isOffline, false))
            Q_EMIT networkBack();
    }
}

void ActivityWatch::forgetAttention()
{
    if (std::exchange(m_activity.needingAttention, 0) != 0)
        changeSoon();
}

void ActivityWatch::changeSoon()
{
    if (std::exchange(m_isDue, true))
        return;
    m_timer = m_scheduler.after(kBetweenChanges, [this] {
        m_isDue = false;
        sum();
        Q_EMIT changed();
    });
}

void ActivityWatch::sum()
{
    const int needingAttention = m_activity.needingAttention;
    m_activity = {};
    qint64 size = m_ended.value(), confirmed = m_ended.value();
    bool isAnyOffline = false;
    for (const Known &known : std::as_const(m_known)) {
        if (known.isPaused) {
            ++m_activity.paused;
            continue;
        }
        size += known.size.value();
        confirmed += std::min(known.confirmed.value(), known.size.value());
        known.isBegun ? ++m_activity.active : ++m_activity.queued;
        m_activity.waiting += known.waiting ? 1 : 0;
        m_activity.rate += known.rate;
        isAnyOffline = isAnyOffline || known.waiting == WaitReason::Network;
    }
    m_activity.needingAttention = needingAttention;
    if (!m_activity.isBusy()) {
        m_ended = {};
        return;
    }
    // 100 is said by the end alone: what is confirmed is not yet assembled and verified.
    m_activity.percent = size > 0 ? static_cast<int>(std::min<qint64>(99, confirmed * 100 / size)) : 0;
    if (isAnyOffline && m_activity.waiting == m_activity.active && !std::exchange(m_isOffline, true))
        Q_EMIT networkLost();
}

}  // namespace packmule
