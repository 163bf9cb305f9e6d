#pragma once

#include "core/journal/Journal.h"
#include "core/journal/JournalOptions.h"
#include "core/journal/JournalOwner.h"
#include "core/journal/JournalWriter.h"
#include "core/journal/LetterBox.h"

#include <QObject>
#include <QThread>

#include <map>
#include <memory>

namespace packmule {

/// The journal on SQLite, as everybody but its own thread sees it: hands letters over and calls back.
/// Thread: the one that made it, which needs an event loop; it never waits except in open() and in the destructor.
/// Owns the journal thread. Memory: what is pending, and SQLite's page cache; nothing per finished transfer.
class SqliteJournal final : public QObject, public Journal
{
    Q_OBJECT

public:
    /// Blocks while the file is opened, checked and, if need be, migrated.
    static Result<std::unique_ptr<SqliteJournal>> open(const QString &path, JournalOptions options = {});
    /// Without close(): writes what is pending, waits for it, and silences every callback.
    ~SqliteJournal() override;

    [[nodiscard]] CallHandle load(std::function<void(Result<JournalContents>)> done) override;
    [[nodiscard]] CallHandle commit(JournalBatch batch, std::function<void(Result<void>)> done) override;
    void record(JournalBatch batch) override;
    [[nodiscard]] CallHandle loadParts(TransferId transfer,
                                       std::function<void(Result<QList<PartRecord>>)> done) override;
    [[nodiscard]] CallHandle loadFinished(RunId run, TransferId after, int limit,
                                          std::function<void(Result<QList<TransferRecord>>)> done) override;
    [[nodiscard]] CallHandle loadList(int offset, int limit,
                                      std::function<void(Result<QList<ListedTransfer>>)> done) override;
    [[nodiscard]] CallHandle listOrder(const ListQuery &query, std::function<void(Result<ListOrder>)> done) override;
    [[nodiscard]] CallHandle listChildren(RunId run, const ListQuery &query,
                                          std::function<void(Result<QList<TransferId>>)> done) override;
    [[nodiscard]] CallHandle listRows(const QList<TransferId> &transfers,
                                      std::function<void(Result<QList<ListedTransfer>>)> done) override;
    [[nodiscard]] CallHandle finishedSums(const QList<RunId> &runs,
                                          std::function<void(Result<QList<FinishedSums>>)> done) override;
    [[nodiscard]] CallHandle countFinished(std::function<void(Result<qint64>)> done) override;
    void close(std::function<void()> done) override;

Q_SIGNALS:
    void requested();

private:
    template<typename T>
    using Waiting = std::map<JournalSequence, std::function<void(Result<T>)>>;

    SqliteJournal(const QString &path, JournalOptions options);

    Result<void> start();
    void send(JournalRequest request);
    void takeAnswers();
    void failWaiting();
    void take(WrittenLetter &letter);
    void take(LostLetter &letter);
    void take(ContentsLetter &letter) { tell(m_loads, letter.sequence, std::move(letter.contents)); }
    void take(PartListLetter &letter) { tell(m_partLoads, letter.sequence, std::move(letter.parts)); }
    void take(TransferPageLetter &letter) { tell(m_pageLoads, letter.sequence, std::move(letter.transfers)); }
    void take(TransferListLetter &letter) { tell(m_listLoads, letter.sequence, std::move(letter.transfers)); }
    void take(OrderedLetter &letter) { tell(m_orders, letter.sequence, std::move(letter.order)); }
    void take(ChildrenLetter &letter) { tell(m_childrenLoads, letter.sequence, std::move(letter.transfers)); }
    void take(SummedLetter &letter) { tell(m_sums, letter.sequence, std::move(letter.sums)); }
    void take(CountedLetter &letter) { tell(m_counts, letter.sequence, std::move(letter.count)); }
    void take(TroubleLetter &letter);
    void take(ClosedLetter &letter);
    template<typename T>
    CallHandle await(Waiting<T> &waiting, std::function<void(Result<T>)> done);
    /// The same; dropping the handle ends the work on the journal's thread too.
    template<typename T>
    CallHandle awaitReading(Waiting<T> &waiting, std::function<void(Result<T>)> done);
    template<typename T>
    void tell(Waiting<T> &waiting, JournalSequence sequence, Result<T> result);

    LetterBox<JournalRequest> m_requests;
    LetterBox<JournalAnswer> m_answers;
    std::unique_ptr<JournalWriter> m_writer;  ///< destroyed after its thread has ended
    QThread m_thread;
    JournalSequence m_lastSequence = 0;
    Waiting<void> m_commits;
    Waiting<JournalContents> m_loads;
    Waiting<QList<PartRecord>> m_partLoads;
    Waiting<QList<TransferRecord>> m_listLoads;
    Waiting<QList<ListedTransfer>> m_pageLoads;
    Waiting<ListOrder> m_orders;
    Waiting<QList<TransferId>> m_childrenLoads;
    Waiting<QList<FinishedSums>> m_sums;
    Waiting<qint64> m_counts;
    std::function<void()> m_onClosed;
    bool m_isClosing = false, m_isClosed = false;
};

/// The journal at `path` (JournalLocation.h). Errors: JournalUnavailable, DiskFull; isJournalInUse(error) tells that
/// another process holds it, whose pid is ownerPid(path).
Result<std::unique_ptr<Journal>> openJournal(const QString &path);

}  // namespace packmule
