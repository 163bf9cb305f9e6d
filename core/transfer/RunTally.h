#pragma once

#include "core/transfer/EngineClient.h"
#include "core/transfer/Uploader.h"

namespace packmule {

/// Counts how the files of one command ended, and says what that makes of the whole (cli.md, exit status). Thread: any one.
class RunTally
{
public:
    /// So many failures of one run-wide kind without a single success end a run: the next file would meet the same.
    static constexpr int kHopelessFailures = 16;

    void addCompleted(ByteCount size);
    void addSkipped() { ++m_summary.skipped; }
    void addFailed(const Error &error);
    /// Files that were not tried any more.
    void addUntried(int count) { m_summary.failed += count; }
    void noteNeverReachable() { m_isNeverReachable = true; }

    bool isHopeless() const { return m_summary.completed == 0 && m_hopeless >= kHopelessFailures; }
    int failed() const { return m_summary.failed; }
    RunOutcome outcome(bool isInterrupted) const;

private:
    SummaryEvent m_summary;
    int m_hopeless = 0;             // in a row, of kinds that every file would meet
    int m_refusedByService = 0, m_configuration = 0, m_sourceFaults = 0, m_told = 0;
    std::optional<ErrorKind> m_configurationError;
    bool m_isNeverReachable = false;
};

}  // namespace packmule
