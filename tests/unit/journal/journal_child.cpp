// Opens a journal in a process of its own, for tests that kill it, compete with it or take its rights away.
//   journal_child hold PATH      opens, says "open", closes when stdin ends
//   journal_child write PATH     commits transfers one after another for ever and prints the id of each that is durable
//   journal_child nobody PATH    gives up root first; prints the error of opening
//   journal_child sample PATH    writes one row of each kind (how golden/*.sql was made)

#include "core/journal/SqliteJournal.h"
#include "tests/unit/journal/JournalSamples.h"

#include <QCoreApplication>
#include <QSocketNotifier>

#include <cstdio>

#include <unistd.h>

using namespace packmule;

namespace {

void say(const QByteArray &line)
{
    std::fwrite(line.constData(), 1, static_cast<size_t>(line.size()), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

struct Writer {
    Journal &journal;
    TransferId next = 1;
    CallHandle handle{};

    void writeNext()
    {
        const TransferId id = next++;
        JournalBatch batch = {SaveTransfer{samples::transfer(id, TransferState::Sending)}};
        for (int number = 1; number <= 3; ++number)
            batch.append(SavePart{samples::part(id, number)});
        handle = journal.commit(batch, [this, id](const Result<void> &) {
            say(QByteArray::number(id));
            writeNext();
        });
    }
};

}  // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const QString mode = arguments.value(1), path = arguments.value(2);
    if (mode == QStringLiteral("nobody") && ::geteuid() == 0 && ::setuid(65534) != 0)
        return 2;
    auto journal = openJournal(path);
    if (!journal) {
        say(journal.error().detail.toUtf8());
        return 1;
    }
    say("open");
    if (mode == QStringLiteral("write")) {
        Writer writer{.journal = **journal};
        writer.writeNext();
        return QCoreApplication::exec();
    }
    if (mode == QStringLiteral("sample")) {
        const JournalBatch rows = {
            SaveRun{{.id = 7, .commandIdentity = "hash", .commandJson = "{}", .begun = samples::at(1), .ended = {}, .scanComplete = true}},
            SaveTransfer{samples::transfer(1, TransferState::Sending)},
            SaveTransfer{samples::transfer(2, TransferState::Done)},
            SaveTransfer{samples::bareTransfer(3)},
            SavePart{samples::part(1, 1)},
            SavePart{samples::part(1, 2)},
            SaveConnection{{.id = "connection", .endpointUrl = "http://h:1", .region = "r", .awsProfile = QStringLiteral("p"),
                            .provider = {}, .caBundle = {}, .addressing = AddressingStyle::Path, .isAnonymous = false}},
            SaveEndpoint{{.endpointUrl = "http://h:1", .hasAnswered = true, .checksum = ChecksumAlgorithm::Crc32c,
                          .unknownChecksums = {ChecksumAlgorithm::Crc64Nvme}, .clockOffset = Milliseconds(5)}},
            SaveOrphan{{.id = 9, .connectionId = "connection", .object = {"b", "k"}, .uploadId = "u"}},
        };
        (*journal)->record(rows);
        return 0;
    }
    QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, &app, [&app](QSocketDescriptor) { app.exit(0); });
    return QCoreApplication::exec();
}
