#pragma once

#include "app/cli/ProgressLines.h"
#include "core/base/Scheduler.h"
#include "core/transfer/EngineClient.h"

#include <QHash>
#include <QMap>

#include <deque>

namespace packmule {

class Output;

/// Turns the engine's events into what people read, or into `--json` lines: results on stdout, progress and news on
/// stderr. Memory: a few bytes for each file that is queued, a row for each that is active. Thread: main.
class TransferPrinter
{
public:
    /// @param showsRetries -v: every retry gets a line of its own.
    TransferPrinter(Output &output, const Clock &clock, Scheduler &scheduler, bool showsRetries);
    ~TransferPrinter();

    void show(const TransferEvent &event);
    /// Takes the progress lines away, so that last words stand alone.
    void finish();

    /// Files skipped by a rule of the user (not because an earlier attempt had completed them): exit status 2.
    int skippedByRule() const { return m_skippedByRule; }

private:
    struct Sample { MonotonicTime at; ByteCount sent; };

    void showText(const TransferEvent &event);
    void follow(const TransferEvent &event);
    void dropRow(TransferId transfer, bool isDone);
    void sayWaiting(const TransferEvent &event, const WaitingEvent &waiting);
    void schedulePaint();
    void paint();
    ProgressTotals totals();

    Output &m_output;
    const Clock &m_clock;
    Scheduler &m_scheduler;
    bool m_showsRetries;
    QMap<TransferId, ProgressRow> m_rows;
    QHash<TransferId, qint64> m_queuedBytes;
    ProgressTotals m_totals;
    ByteCount m_endedBytes;
    std::deque<Sample> m_samples;
    QString m_lastWaiting;
    int m_skippedByRule = 0;
    bool m_isPaintDue = false;
    CallHandle m_paintTimer;
};

/// The exit status of a run (cli.md, "When a command ends").
int exitCodeFor(const RunOutcome &outcome, int skippedByRule);

}  // namespace packmule
