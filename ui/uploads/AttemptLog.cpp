#include "ui/uploads/AttemptLog.h"

#include "core/base/Overloaded.h"

#include <algorithm>

namespace packmule {

namespace {

using Kind = Attempt::Kind;

std::optional<Attempt> attemptOf(const TransferEvent &event)
{
    const auto line = [&event](Kind kind) { Attempt attempt; attempt.time = event.time; attempt.kind = kind; return attempt; };
    using Line = std::optional<Attempt>;
    return std::visit(Overloaded{
        [](const QueuedEvent &) { return Line(); }, [](const ProgressEvent &) { return Line(); }, [](const SummaryEvent &) { return Line(); },
        [&](const StartedEvent &started) { return Line(line(started.isResumed ? Kind::CarriedOn : Kind::Started)); },
        [&](const PartEvent &part) {
            Attempt attempt = line(Kind::PartConfirmed);
            attempt.part = part.partNumber;
            attempt.attempt = part.attempt;
            attempt.size = part.size;
            return Line(attempt);
        },
        [&](const RetryEvent &retry) {
            Attempt attempt = line(Kind::Retry);
            attempt.part = retry.partNumber;
            attempt.attempt = retry.attempt;
            attempt.error = retry.error;
            return Line(attempt);
        },
        [&](const WaitingEvent &waiting) { Attempt attempt = line(Kind::Waiting); attempt.error = waiting.error; return Line(attempt); },
        [&](const VerifyingEvent &) { return Line(line(Kind::Verifying)); },
        [&](const CompletedEvent &completed) { Attempt attempt = line(Kind::Completed); attempt.size = completed.size; return Line(attempt); },
        [&](const SkippedEvent &) { return Line(line(Kind::Skipped)); },
        [&](const PausedEvent &) { return Line(line(Kind::Paused)); },
        [&](const CancelledEvent &) { return Line(line(Kind::Removed)); },
        [&](const NoticeEvent &notice) { Attempt attempt = line(Kind::Notice); attempt.notice = notice.text; return Line(attempt); },
        [&](const FailedEvent &failed) { Attempt attempt = line(Kind::Failed); attempt.error = failed.error; return Line(attempt); }},
        event.body);
}

}  // namespace

AttemptLog::AttemptLog(EngineClient &engine, QObject *parent) : QObject(parent)
{
    connect(&engine, &EngineClient::eventOccurred, this, &AttemptLog::note);
}

void AttemptLog::note(const TransferEvent &event)
{
    if (event.transfer == 0)
        return;
    const std::optional<Attempt> attempt = attemptOf(event);
    if (!attempt)
        return;
    auto lines = m_attempts.find(event.transfer);
    if (lines == m_attempts.end()) {
        lines = m_attempts.insert(event.transfer, {});
        m_ages.append(event.transfer);
    }
    // A network that comes and goes says the same thing over and over: one line, with its last time.
    if (attempt->kind == Kind::Waiting && !lines->isEmpty() && lines->last().kind == Kind::Waiting) {
        lines->last() = *attempt;
        return;
    }
    if (lines->size() >= kMostOfOne)
        lines->removeFirst();
    else
        ++m_all;
    lines->append(*attempt);
    dropOldest();
    Q_EMIT attemptAdded(event.transfer, *attempt);
}

void AttemptLog::dropOldest()
{
    while (m_all > kMostOfAll && m_ages.size() > 1)
        m_all -= m_attempts.take(m_ages.takeFirst()).size();
}

int AttemptLog::triesOf(TransferId transfer, PartNumber part) const
{
    int tries = 0;
    for (const Attempt &attempt : m_attempts.value(transfer)) {
        if (attempt.part == part)
            tries = std::max(tries, attempt.attempt);
    }
    return tries;
}

std::optional<Error> AttemptLog::lastErrorOf(TransferId transfer, PartNumber part) const
{
    const QList<Attempt> attempts = m_attempts.value(transfer);
    const auto found = std::ranges::find_if(attempts.rbegin(), attempts.rend(), [&](const Attempt &attempt) { return attempt.part == part && attempt.error; });
    return found == attempts.rend() ? std::nullopt : found->error;
}

}  // namespace packmule
