#include "core/journal/MemoryJournal.h"
#include "core/journal/SqliteJournal.h"
#include "tests/unit/journal/JournalSamples.h"

#include <QElapsedTimer>
#include <QTemporaryDir>

using namespace packmule;
using namespace packmule::samples;

/// What both journals promise, through the interface alone.
class TestJournal : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void init();
    void cleanup();

    void everyFieldOfATransferComesBack();
    void emptyFieldsComeBackEmpty();
    void partsComeBackInOrderAndRaw();
    void runsConnectionsEndpointsAndOrphansComeBack();
    void savingAgainReplacesTheRowAndKeepsItsParts();
    void liveTransfersAreAllButTheFinishedOnes();
    void finishedRowsComeByRunAndInPages();
    void listIsNewestFirst();
    void listTellsWhatIsConfirmedOfEach();
    void callbacksComeInTheOrderOfTheBatches();
    void doneIsNeverCalledFromInside();
    void droppedHandleSilencesButKeepsTheBatch();
    void recordedBatchIsSeenByTheNextReader();
    void recordedAndCommittedBatchesKeepTheirOrder();
    void removedTransferTakesItsPartsAlong();
    void removedIdsAreNotGivenAgain();
    void secondLiveTransferToOneObjectIsRefusedAlone();
    void finishedTransferFreesItsObjectWithinOneBatch();
    void lateRowOfARemovedTransferHarmsNobody();
    void journalMayBeDestroyedFromACallback();
    void closeAnswersEverythingFirst();
    void afterCloseEverythingIsRefused();

private:
    std::unique_ptr<Journal> makeJournal() const;

    QTemporaryDir m_folder;
    int m_count = 0;
    std::unique_ptr<Journal> m_journal;
};

void TestJournal::initTestCase_data()
{
    QTest::addColumn<bool>("isSqlite");
    QTest::newRow("sqlite") << true;
    QTest::newRow("memory") << false;
}

std::unique_ptr<Journal> TestJournal::makeJournal() const
{
    QFETCH_GLOBAL(bool, isSqlite);
    if (!isSqlite)
        return std::make_unique<MemoryJournal>();
    auto opened = openJournal(m_folder.filePath(QStringLiteral("%1/journal.db").arg(m_count)));
    return opened ? std::move(*opened) : nullptr;
}

void TestJournal::init()
{
    ++m_count;
    m_journal = makeJournal();
    QVERIFY(m_journal);
}

void TestJournal::cleanup()
{
    m_journal.reset();
}

void TestJournal::everyFieldOfATransferComesBack()
{
    QVERIFY(commit(*m_journal, {SaveTransfer{transfer(3, TransferState::Sending)}}));
    const auto contents = load(*m_journal);
    QVERIFY(contents);
    QCOMPARE(contents->liveTransfers.size(), 1);
    QVERIFY(isSame(contents->liveTransfers[0], transfer(3, TransferState::Sending)));
    QCOMPARE(contents->highestTransfer, 3);
}

void TestJournal::emptyFieldsComeBackEmpty()
{
    QVERIFY(commit(*m_journal, {SaveTransfer{bareTransfer(1)}}));
    const auto contents = load(*m_journal);
    QVERIFY(contents);
    QVERIFY(isSame(contents->liveTransfers.value(0), bareTransfer(1)));
}

void TestJournal::partsComeBackInOrderAndRaw()
{
    QVERIFY(commit(*m_journal, {SaveTransfer{transfer(1, TransferState::Sending)}, SavePart{part(1, 10'000)},
                                SavePart{part(1, 1)}, SavePart{part(1, 300)}}));
    const auto stored = parts(*m_journal, 1);
    QVERIFY(stored);
    QCOMPARE(stored->size(), 3);
    QVERIFY(isSame(stored->at(0), part(1, 1)));
    QVERIFY(isSame(stored->at(1), part(1, 300)));
    QVERIFY(isSame(stored->at(2), part(1, 10'000)));
}

void TestJournal::runsConnectionsEndpointsAndOrphansComeBack()
{
    const RunRecord run{.id = 5, .commandIdentity = "hash", .commandJson = "{}", .begun = at(1000), .ended = {}, .scanComplete = true};
    const RunRecord endedRun{.id = 6, .commandIdentity = "hash", .commandJson = "{}", .begun = at(1000), .ended = at(2000), .scanComplete = true};
    const ConnectionRecord connection{.id = "id", .endpointUrl = "http://h:1", .region = "r", .awsProfile = QStringLiteral("p"),
                                      .provider = QStringLiteral("ceph"), .caBundle = QStringLiteral("/ca"),
                                      .addressing = AddressingStyle::Path, .isAnonymous = true, .savedConnection = "saved"};
    const EndpointRecord endpoint{.endpointUrl = "http://h:1", .hasAnswered = true, .checksum = ChecksumAlgorithm::Crc32c,
                                  .unknownChecksums = {ChecksumAlgorithm::Crc64Nvme, ChecksumAlgorithm::Md5},
                                  .clockOffset = Milliseconds(-3'600'000)};
    const EndpointRecord newEndpoint{.endpointUrl = "https://new", .hasAnswered = false, .checksum = {}, .unknownChecksums = {}, .clockOffset = {}};
    const OrphanRecord orphan{.id = 9, .connectionId = "id", .object = {"b", "k\xff"}, .uploadId = "u"};
    QVERIFY(commit(*m_journal, {SaveRun{run}, SaveRun{endedRun}, SaveConnection{connection}, SaveEndpoint{endpoint},
                                SaveEndpoint{newEndpoint}, SaveOrphan{orphan}}));
    const auto contents = load(*m_journal);
    QVERIFY(contents);
    QCOMPARE(contents->openRuns.size(), 1);
    const RunRecord &r = contents->openRuns[0];
    QVERIFY(std::tie(r.id, r.commandIdentity, r.commandJson, r.begun, r.ended, r.scanComplete)
            == std::tie(run.id, run.commandIdentity, run.commandJson, run.begun, run.ended, run.scanComplete));
    QCOMPARE(contents->highestRun, 6);
    QCOMPARE(contents->connections.size(), 1);
    const ConnectionRecord &c = contents->connections[0];
    QVERIFY(std::tie(c.id, c.endpointUrl, c.region, c.awsProfile, c.provider, c.caBundle, c.addressing, c.isAnonymous, c.savedConnection)
            == std::tie(connection.id, connection.endpointUrl, connection.region, connection.awsProfile,
                        connection.provider, connection.caBundle, connection.addressing, connection.isAnonymous, connection.savedConnection));
    QCOMPARE(contents->endpoints.size(), 2);
    const EndpointRecord &e = contents->endpoints[0];
    QVERIFY(std::tie(e.endpointUrl, e.hasAnswered, e.checksum, e.unknownChecksums, e.clockOffset)
            == std::tie(endpoint.endpointUrl, endpoint.hasAnswered, endpoint.checksum, endpoint.unknownChecksums,
                        endpoint.clockOffset));
    QVERIFY(!contents->endpoints[1].checksum);
    QVERIFY(contents->endpoints[1].unknownChecksums.isEmpty());
    QCOMPARE(contents->orphans.size(), 1);
    QCOMPARE(contents->orphans[0].object, orphan.object);
    QCOMPARE(contents->orphans[0].uploadId, orphan.uploadId);
    QCOMPARE(contents->highestOrphan, 9);
    QVERIFY(commit(*m_journal, {RemoveOrphan{9}}));
    QVERIFY(load(*m_journal)->orphans.isEmpty());
}

void TestJournal::savingAgainReplacesTheRowAndKeepsItsParts()
{
    QVERIFY(commit(*m_journal, {SaveTransfer{transfer(1, TransferState::Sending)}, SavePart{part(1, 1)}}));
    TransferRecord completing = transfer(1, TransferState::Completing);
    completing.error.reset();
    completing.token.clear();
    QVERIFY(commit(*m_journal, {SaveTransfer{completing}}));
    QVERIFY(isSame(load(*m_journal)->liveTransfers.value(0), completing));
    QCOMPARE(parts(*m_journal, 1)->size(), 1);
}

void TestJournal::liveTransfersAreAllButTheFinishedOnes()
{
    const QList<TransferState> states = {TransferState::Queued,     TransferState::Creating,       TransferState::Sending,
                                         TransferState::Completing, TransferState::Paused,         TransferState::Cancelling,
                                         TransferState::NeedsAttention, TransferState::Done, TransferState::Skipped,
                                         TransferState::Cancelled};
    JournalBatch batch;
    for (int i = 0; i < states.size(); ++i)
        batch.append(SaveTransfer{bareTransfer(i + 1, states[i])});
    QVERIFY(commit(*m_journal, batch));
    const auto contents = load(*m_journal);
    QCOMPARE(idsOf(contents->liveTransfers), (QList<TransferId>{1, 2, 3, 4, 5, 6, 7}));
    QCOMPARE(finished(*m_journal, 1, 0, 100), (QList<TransferId>{8, 9, 10}));
}

void TestJournal::finishedRowsComeByRunAndInPages()
{
    JournalBatch batch;
    for (int i = 1; i <= 5; ++i)
        batch.append(SaveTransfer{bareTransfer(i, TransferState::Done)});
    TransferRecord ofAnotherRun = bareTransfer(6, TransferState::Done);
    ofAnotherRun.run = 2;
    batch.append(SaveTransfer{ofAnotherRun});
    QVERIFY(commit(*m_journal, batch));
    QCOMPARE(finished(*m_journal, 1, 0, 3), (QList<TransferId>{1, 2, 3}));
    QCOMPARE(finished(*m_journal, 1, 3, 3), (QList<TransferId>{4, 5}));
    QCOMPARE(finished(*m_journal, 2, 0, 3), QList<TransferId>{6});
}

void TestJournal::listIsNewestFirst()
{
    JournalBatch batch;
    for (int i = 1; i <= 5; ++i)
        batch.append(SaveTransfer{bareTransfer(i, i % 2 ? TransferState::Done : TransferState::Queued)});
    QVERIFY(commit(*m_journal, batch));
    QCOMPARE(newest(*m_journal, 0, 2), (QList<TransferId>{5, 4}));
    QCOMPARE(newest(*m_journal, 2, 9), (QList<TransferId>{3, 2, 1}));
}

void TestJournal::listTellsWhatIsConfirmedOfEach()
{
    TransferRecord begun = bareTransfer(1, TransferState::Sending);
    begun.uploadId = "u";
    QVERIFY(commit(*m_journal, {SaveTransfer{begun}, SaveTransfer{bareTransfer(2)}, SavePart{part(1, 1)}, SavePart{part(1, 7)}}));
    const QList<ListedTransfer> page = listed(*m_journal, 0, 9);
    QCOMPARE(page.size(), 2);
    QCOMPARE(page[0].confirmedParts, 0);
    QCOMPARE(page[1].confirmedParts, 2);
    QCOMPARE(page[1].confirmed.value(), 10 << 20);
}

void TestJournal::callbacksComeInTheOrderOfTheBatches()
{
    QList<int> order;
    std::vector<CallHandle> handles;
    for (int i = 1; i <= 500; ++i)
        handles.push_back(m_journal->commit({SaveTransfer{bareTransfer(i)}}, [&order, i](const Result<void> &) { order.append(i); }));
    QTRY_COMPARE(order.size(), 500);
    QVERIFY(std::ranges::is_sorted(order));
    QCOMPARE(load(*m_journal)->liveTransfers.size(), 500);
}

void TestJournal::doneIsNeverCalledFromInside()
{
    bool isInside = true;
    bool wasCalledInside = false;
    bool isDone = false;
    const CallHandle handle = m_journal->commit({SaveTransfer{bareTransfer(1)}}, [&](const Result<void> &) {
        wasCalledInside = isInside;
        isDone = true;
    });
    isInside = false;
    QTRY_VERIFY(isDone);
    QVERIFY(!wasCalledInside);
}

void TestJournal::droppedHandleSilencesButKeepsTheBatch()
{
    bool wasCalled = false;
    m_journal->commit({SaveTransfer{bareTransfer(1)}}, [&](const Result<void> &) { wasCalled = true; }).cancel();
    QVERIFY(commit(*m_journal, {SaveTransfer{bareTransfer(2)}}));
    QVERIFY(!wasCalled);
    QCOMPARE(idsOf(load(*m_journal)->liveTransfers), (QList<TransferId>{1, 2}));
}

void TestJournal::recordedBatchIsSeenByTheNextReader()
{
    m_journal->record({SaveTransfer{bareTransfer(1)}});
    m_journal->record({SavePart{part(1, 4)}});
    QCOMPARE(parts(*m_journal, 1)->size(), 1);
}

void TestJournal::recordedAndCommittedBatchesKeepTheirOrder()
{
    m_journal->record({SaveTransfer{bareTransfer(1, TransferState::Queued)}});
    QVERIFY(commit(*m_journal, {SaveTransfer{bareTransfer(1, TransferState::Completing)}}));
    m_journal->record({SaveTransfer{bareTransfer(1, TransferState::NeedsAttention)}});
    QCOMPARE(load(*m_journal)->liveTransfers.value(0).state, TransferState::NeedsAttention);
}

void TestJournal::removedTransferTakesItsPartsAlong()
{
    QVERIFY(commit(*m_journal, {SaveTransfer{bareTransfer(1)}, SavePart{part(1, 1)}, SaveTransfer{bareTransfer(2)},
                                SavePart{part(2, 1)}, SavePart{part(2, 2)}}));
    QVERIFY(commit(*m_journal, {RemoveTransfer{1}, RemoveParts{2}}));
    QVERIFY(parts(*m_journal, 1)->isEmpty());
    QVERIFY(parts(*m_journal, 2)->isEmpty());
    QCOMPARE(idsOf(load(*m_journal)->liveTransfers), QList<TransferId>{2});
}

void TestJournal::removedIdsAreNotGivenAgain()
{
    QVERIFY(commit(*m_journal, {SaveTransfer{bareTransfer(4)}, SaveTransfer{bareTransfer(5)}}));
    QVERIFY(commit(*m_journal, {RemoveTransfer{5}}));
    QCOMPARE(load(*m_journal)->highestTransfer, 5);
}

void TestJournal::secondLiveTransferToOneObjectIsRefusedAlone()
{
    TransferRecord rival = bareTransfer(2);
    rival.object = bareTransfer(1).object;
    QVERIFY(commit(*m_journal, {SaveTransfer{bareTransfer(1)}}));
    // Side by side, so that they share a group: the neighbours must not suffer.
    m_journal->record({SaveTransfer{bareTransfer(3)}});
    std::optional<Result<void>> refusal;
    const CallHandle handle = m_journal->commit({SaveTransfer{bareTransfer(9)}, SaveTransfer{rival}},
                                                [&](Result<void> result) { refusal = result; });
    QVERIFY(commit(*m_journal, {SaveTransfer{bareTransfer(4)}}));
    QVERIFY(refusal);
    QVERIFY(!*refusal);
    QCOMPARE(refusal->error().kind, ErrorKind::InvalidRequest);
    QCOMPARE(idsOf(load(*m_journal)->liveTransfers), (QList<TransferId>{1, 3, 4}));
}

void TestJournal::finishedTransferFreesItsObjectWithinOneBatch()
{
    TransferRecord next = bareTransfer(2);
    next.object = bareTransfer(1).object;
    QVERIFY(commit(*m_journal, {SaveTransfer{bareTransfer(1)}}));
    QVERIFY(commit(*m_journal, {SaveTransfer{bareTransfer(1, TransferState::Cancelled)}, SaveTransfer{next}}));
    QCOMPARE(idsOf(load(*m_journal)->liveTransfers), QList<TransferId>{2});
}

void TestJournal::lateRowOfARemovedTransferHarmsNobody()
{
    QVERIFY(commit(*m_journal, {SaveTransfer{bareTransfer(1)}, SaveTransfer{bareTransfer(2)}}));
    QVERIFY(commit(*m_journal, {RemoveTransfer{1}}));
    m_journal->record({SavePart{part(1, 1)}});
    m_journal->record({SavePart{part(2, 1)}});
    QVERIFY(parts(*m_journal, 1)->isEmpty());
    QCOMPARE(parts(*m_journal, 2)->size(), 1);
}

void TestJournal::journalMayBeDestroyedFromACallback()
{
    int calls = 0;
    std::vector<CallHandle> handles;
    for (int i = 1; i <= 3; ++i) {
        handles.push_back(m_journal->commit({SaveTransfer{bareTransfer(i)}}, [&](const Result<void> &) {
            ++calls;
            m_journal.reset();
        }));
    }
    QTRY_VERIFY(!m_journal);
    QCOMPARE(calls, 1);
}

void TestJournal::closeAnswersEverythingFirst()
{
    bool isDone = false, wasDoneAtClose = false, isClosed = false;
    const CallHandle handle = m_journal->commit({SaveTransfer{bareTransfer(1)}}, [&](const Result<void> &result) { isDone = result.has_value(); });
    m_journal->record({SaveTransfer{bareTransfer(2)}});
    m_journal->close([&] {
        wasDoneAtClose = isDone;
        isClosed = true;
    });
    QTRY_VERIFY(isClosed);
    QVERIFY(wasDoneAtClose);
    QFETCH_GLOBAL(bool, isSqlite);
    m_journal.reset();
    if (isSqlite) {
        m_journal = makeJournal();
        QVERIFY(m_journal);
        QCOMPARE(idsOf(load(*m_journal)->liveTransfers), (QList<TransferId>{1, 2}));
    }
}

void TestJournal::afterCloseEverythingIsRefused()
{
    QVERIFY(closeAndWait(*m_journal));
    const Result<void> late = commit(*m_journal, {SaveTransfer{bareTransfer(1)}});
    QVERIFY(!late);
    QCOMPARE(late.error().kind, ErrorKind::JournalUnavailable);
}

QTEST_GUILESS_MAIN(TestJournal)
#include "test_journal.moc"
