#include "app/cli/TransferPrinter.h"

#include "app/cli/ErrorSentences.h"
#include "app/cli/ExitCode.h"
#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"
#include "app/cli/TextValues.h"
#include "core/base/Redaction.h"
#include "core/transfer/TransferEventJson.h"

#include <QDateTime>

namespace packmule {

namespace {

constexpr Milliseconds kPaintInterval{100};
constexpr Milliseconds kRateWindow{5000};
constexpr int kMaxRows = 8;

template<class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};

QString pairText(const TransferEvent &event)
{
    return QStringLiteral("%1 -> %2").arg(displayName(event.source), s3UriText(event.object));
}

QString lastName(const QByteArray &path)
{
    return displayName(path.mid(path.lastIndexOf('/') + 1));
}

QString secondsText(std::chrono::duration<double> seconds)
{
    return seconds.count() < 60 ? QStringLiteral("%1 s").arg(seconds.count(), 0, 'f', 1)
                                : durationText(std::chrono::duration_cast<std::chrono::seconds>(seconds));
}

QString skipText(SkipReason reason)
{
    switch (reason) {
    case SkipReason::AlreadyCompleted: return QStringLiteral("already completed by this command");
    case SkipReason::ObjectExists: return QStringLiteral("the object exists");
    case SkipReason::SameSize: return QStringLiteral("the object has the same size");
    case SkipReason::NotNewer: return QStringLiteral("the file is not newer than the object");
    case SkipReason::Excluded: return QStringLiteral("excluded");
    }
    return {};
}

QString waitText(WaitReason reason)
{
    switch (reason) {
    case WaitReason::Network: return QStringLiteral("waiting for the network");
    case WaitReason::Throttled: return QStringLiteral("waiting: the service asks to slow down");
    case WaitReason::Credentials: return QStringLiteral("waiting for new credentials");
    case WaitReason::SourceBusy: return QStringLiteral("waiting until the file is no longer written to");
    case WaitReason::Schedule: return QStringLiteral("waiting for the time of day that --bwlimit allows");
    case WaitReason::ServerFault: return QStringLiteral("waiting for the service to recover");
    case WaitReason::JournalTrouble: return QStringLiteral("waiting for the journal to become writable");
    }
    return {};
}

QString clockText(WallTime time)
{
    return QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count()).toString(QStringLiteral("HH:mm:ss"));
}

}  // namespace

TransferPrinter::TransferPrinter(Output &output, const Clock &clock, Scheduler &scheduler, bool showsRetries)
    : m_output(output), m_clock(clock), m_scheduler(scheduler), m_showsRetries(showsRetries)
{
}

TransferPrinter::~TransferPrinter()
{
    finish();
}

void TransferPrinter::show(const TransferEvent &event)
{
    if (const auto *skipped = std::get_if<SkippedEvent>(&event.body); skipped && skipped->reason != SkipReason::AlreadyCompleted)
        ++m_skippedByRule;
    if (m_output.style().isJson)
        m_output.printJson(transferEventJson(event));
    showText(event);  // with --json what goes to stderr stays: errors, notices, waiting
    follow(event);
    schedulePaint();
}

void TransferPrinter::showText(const TransferEvent &event)
{
    const auto printResult = [this](const QString &line) {
        if (!m_output.style().isQuiet && !m_output.style().isJson)
            m_output.printLine(line);
    };
    std::visit(Overloaded{
                   [](const QueuedEvent &) {}, [](const PartEvent &) {}, [](const ProgressEvent &) {}, [](const VerifyingEvent &) {},
                   [&](const StartedEvent &started) {
                       if (started.isResumed)
                           m_output.note(QStringLiteral("carrying on %1: %2 of %3 parts are there").arg(pairText(event), QString::number(started.confirmedParts), QString::number(started.parts)));
                   },
                   [&](const RetryEvent &retry) {
                       if (m_showsRetries)
                           m_output.note(QStringLiteral("%1: %2; trying again in %3").arg(pairText(event), errorCause(retry.error), secondsText(retry.wait)));
                   },
                   [&](const WaitingEvent &waiting) { sayWaiting(event, waiting); },
                   [&](const CompletedEvent &completed) {
                       m_lastWaiting.clear();
                       printResult(QStringLiteral("uploaded %1 (%2, %3)%4")
                                       .arg(pairText(event), byteCountText(completed.size), secondsText(completed.seconds),
                                            completed.isVerified ? QString() : QStringLiteral(" not re-read: no permission")));
                   },
                   [&](const SkippedEvent &skipped) { printResult(QStringLiteral("skipped %1: %2").arg(pairText(event), skipText(skipped.reason))); },
                   [&](const PausedEvent &) { m_output.note(QStringLiteral("paused %1").arg(pairText(event))); },
                   [&](const CancelledEvent &) { printResult(QStringLiteral("removed %1").arg(pairText(event))); },
                   [&](const NoticeEvent &notice) { m_output.note(event.source.isEmpty() ? notice.text : QStringLiteral("%1: %2").arg(displayName(event.source), notice.text)); },
                   [&](const FailedEvent &failed) {
                       ErrorPlace place{event.source, std::nullopt};
                       if (!event.object.bucket.isEmpty())
                           place.object = event.object;
                       m_output.error(failed.advice.isEmpty()
                                          ? errorSentence(failed.error, place)
                                          : QStringLiteral("%1: %2. %3").arg(pairText(event), errorCause(failed.error), failed.advice));
                   },
                   [&](const SummaryEvent &summary) {
                       if (summary.completed + summary.skipped + summary.failed > 1)
                           m_output.note(QStringLiteral("%1 completed, %2 skipped, %3 failed; %4")
                                             .arg(QString::number(summary.completed), QString::number(summary.skipped), QString::number(summary.failed), byteCountText(summary.bytes)));
                   }},
               event.body);
}

void TransferPrinter::sayWaiting(const TransferEvent &event, const WaitingEvent &waiting)
{
    QString line = waitText(waiting.reason) + QStringLiteral(" (%1)").arg(errorCause(waiting.error));
    if (line == m_lastWaiting)
        return;  // one line for all the files that wait for the same thing
    m_lastWaiting = line;
    if (waiting.until)
        line += QStringLiteral("; next try at %1").arg(clockText(*waiting.until));
    m_output.note(QStringLiteral("%1: %2").arg(pairText(event), line));
}

void TransferPrinter::follow(const TransferEvent &event)
{
    const TransferId transfer = event.transfer;
    const auto rowOf = [&]() -> ProgressRow & {
        ProgressRow &row = m_rows[transfer];
        if (row.name.isEmpty())
            row.name = lastName(event.source);
        return row;
    };
    std::visit(Overloaded{
                   [&](const QueuedEvent &queued) {
                       ++m_totals.files;
                       m_totals.size += queued.size;
                       m_queuedBytes.insert(transfer, queued.size.value());
                   },
                   [&](const StartedEvent &started) {
                       ProgressRow &row = rowOf();
                       row.size = started.size;
                       row.parts = started.parts;
                       row.confirmedParts = started.confirmedParts;
                       row.waiting.clear();
                   },
                   [&](const PartEvent &) { ++rowOf().confirmedParts; rowOf().waiting.clear(); m_lastWaiting.clear(); },
                   [&](const ProgressEvent &progress) {
                       ProgressRow &row = rowOf();
                       row.sent = progress.sent;
                       row.size = progress.size;
                       row.rate = progress.rate;
                       row.eta = progress.eta;
                   },
                   [&](const RetryEvent &retry) { rowOf().waiting = QStringLiteral("trying again: %1").arg(errorCause(retry.error)); },
                   [&](const WaitingEvent &waiting) { rowOf().waiting = waitText(waiting.reason); },
                   [&](const VerifyingEvent &) { rowOf().isVerifying = true; },
                   [&](const CompletedEvent &) { dropRow(transfer, true); },
                   [&](const SkippedEvent &) { dropRow(transfer, true); },
                   [&](const PausedEvent &) { dropRow(transfer, false); },
                   [&](const CancelledEvent &) { dropRow(transfer, false); },
                   [&](const FailedEvent &) { ++m_totals.failed; dropRow(transfer, false); },
                   [](const NoticeEvent &) {}, [](const SummaryEvent &) {}},
               event.body);
}

void TransferPrinter::dropRow(TransferId transfer, bool isDone)
{
    m_rows.remove(transfer);
    ++m_totals.ended;
    const ByteCount size(m_queuedBytes.take(transfer));
    if (isDone)
        m_endedBytes += size;
    else
        m_totals.size -= size;
}

void TransferPrinter::schedulePaint()
{
    if (!m_output.style().showsProgress || m_isPaintDue)
        return;
    m_isPaintDue = true;
    m_paintTimer = m_scheduler.after(kPaintInterval, [this] { m_isPaintDue = false; paint(); });
}

ProgressTotals TransferPrinter::totals()
{
    ProgressTotals totals = m_totals;
    totals.sent = m_endedBytes;
    for (const ProgressRow &row : std::as_const(m_rows))
        totals.sent += row.sent;
    const MonotonicTime now = m_clock.now();
    m_samples.push_back({now, totals.sent});
    while (m_samples.size() > 2 && now - m_samples.front().at > kRateWindow)
        m_samples.pop_front();
    const double seconds = std::chrono::duration<double>(now - m_samples.front().at).count();
    const qint64 moved = (totals.sent - m_samples.front().sent).value();
    if (seconds > 0.5 && moved > 0) {
        totals.rate = static_cast<double>(moved) / seconds;
        totals.eta = std::chrono::seconds(static_cast<qint64>(static_cast<double>((totals.size - totals.sent).value()) / totals.rate));
    }
    return totals;
}

void TransferPrinter::paint()
{
    m_output.showProgress(progressLines(m_rows.values(), totals(), Output::terminalWidth(), kMaxRows));
}

void TransferPrinter::finish()
{
    m_paintTimer.cancel();
    m_isPaintDue = false;
    m_output.showProgress({});
    m_output.flush();
}

int exitCodeFor(const RunOutcome &outcome, int skippedByRule)
{
    if (outcome.isInterrupted)
        return ExitCode::kInterrupted;
    if (outcome.configurationError)
        return ExitCode::kConfiguration;
    if (outcome.isNeverReachable)
        return ExitCode::kOther;
    if (outcome.everythingRefusedByService)
        return ExitCode::kServiceRefused;
    if (outcome.onlySourceUnreadable || outcome.summary.failed > 0)
        return ExitCode::kSomeFailed;
    return skippedByRule > 0 ? ExitCode::kSomeSkipped : ExitCode::kDone;
}

}  // namespace packmule
