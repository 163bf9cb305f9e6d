#include "app/cli/TransferPrinter.h"

#include <QTest>

using namespace packmule;

Q_DECLARE_METATYPE(packmule::RunOutcome)

/// cli.md, "When a command ends".
class TestRunExitCodes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyEndingHasItsStatus_data()
    {
        QTest::addColumn<RunOutcome>("outcome");
        QTest::addColumn<int>("skippedByRule");
        QTest::addColumn<int>("code");
        const auto row = [](const char *name, const RunOutcome &outcome, int skipped, int code) { QTest::newRow(name) << outcome << skipped << code; };
        RunOutcome outcome;
        outcome.summary = {.completed = 3, .skipped = 0, .failed = 0, .bytes = ByteCount(9)};
        row("all done", outcome, 0, 0);
        outcome.summary.skipped = 2;
        row("the rest had been completed before", outcome, 0, 0);
        row("some left out by a rule", outcome, 2, 2);
        outcome.summary.failed = 1;
        row("some failed, some skipped", outcome, 2, 1);
        outcome.onlySourceUnreadable = true;
        row("the one file could not be read", outcome, 0, 1);
        outcome.everythingRefusedByService = true;
        row("the service refused everything", outcome, 0, 254);
        outcome.isNeverReachable = true;
        row("a host that never answered", outcome, 0, 255);
        outcome.configurationError = ErrorKind::CredentialsMissing;
        row("nothing to sign with", outcome, 0, 253);
        outcome.isInterrupted = true;
        row("interrupted", outcome, 0, 130);
    }
    void everyEndingHasItsStatus()
    {
        QFETCH(RunOutcome, outcome);
        QFETCH(int, skippedByRule);
        QTEST(exitCodeFor(outcome, skippedByRule), "code");
    }
};

QTEST_GUILESS_MAIN(TestRunExitCodes)
#include "test_run_exit_codes.moc"
