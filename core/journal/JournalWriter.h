#pragma once

#include "core/base/Result.h"
#include "core/journal/Ballast.h"
#include "core/journal/Journal.h"
#include "core/journal/JournalOpening.h"
#include "core/journal/JournalOptions.h"
#include "core/journal/JournalTables.h"
#include "core/journal/LetterBox.h"
#include "core/journal/ListReading.h"

#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <variant>

namespace packmule {

using JournalSequence = quint64;

// Letters to the writer.
struct WriteLetter { JournalSequence sequence = 0; JournalBatch batch; bool isAwaited = false; };
struct LoadLetter { JournalSequence sequence = 0; };
struct PartsLetter { JournalSequence sequence = 0; TransferId transfer = 0; };
struct FinishedLetter { JournalSequence sequence = 0; RunId run = 0; TransferId after = 0; int limit = 0; };
struct ListLetter { JournalSequence sequence = 0; int offset = 0; int limit = 0; };
struct OrderLetter { JournalSequence sequence = 0; ListQuery query; RunId run = 0; };   ///< run: its children
struct RowsLetter { JournalSequence sequence = 0; QList<TransferId> transfers; };
struct SumsLetter { JournalSequence sequence = 0; QList<RunId> runs; };
struct CountLetter { JournalSequence sequence = 0; };
/// Nobody waits for this reading any more.
struct DropLetter { JournalSequence sequence = 0; };
struct CloseLetter {};
using JournalRequest = std::variant<WriteLetter, LoadLetter, PartsLetter, FinishedLetter, ListLetter, OrderLetter, RowsLetter,
                                    SumsLetter, CountLetter, DropLetter, CloseLetter>;

// Letters back.
/// Everything up to `last` is on the disk, except the batches that broke a rule of the schema.
struct WrittenLetter { JournalSequence last = 0; std::vector<std::pair<JournalSequence, Error>> refused; };
/// The journal is closing and these could not be written.
struct LostLetter { Error error; };
struct ContentsLetter { JournalSequence sequence = 0; Result<JournalContents> contents; };
struct PartListLetter { JournalSequence sequence = 0; Result<QList<PartRecord>> parts; };
struct TransferListLetter { JournalSequence sequence = 0; Result<QList<TransferRecord>> transfers; };
struct TransferPageLetter { JournalSequence sequence = 0; Result<QList<ListedTransfer>> transfers; };
struct OrderedLetter { JournalSequence sequence = 0; Result<ListOrder> order; };
struct ChildrenLetter { JournalSequence sequence = 0; Result<QList<TransferId>> transfers; };
struct SummedLetter { JournalSequence sequence = 0; Result<QList<FinishedSums>> sums; };
struct CountedLetter { JournalSequence sequence = 0; Result<qint64> count; };
struct TroubleLetter { std::optional<Error> error; };
/// The last one: the file is closed and the lock is free.
struct ClosedLetter {};
using JournalAnswer =
    std::variant<WrittenLetter, LostLetter, ContentsLetter, PartListLetter, TransferListLetter, TransferPageLetter, OrderedLetter,
                 ChildrenLetter, SummedLetter, CountedLetter, TroubleLetter, ClosedLetter>;

/// The journal's own thread: holds the one connection and writes batches in the order given, as many to a transaction
/// as have gathered while the last one was being flushed.
///
/// | state     | waits for                                    | then |
/// |-----------|----------------------------------------------|------|
/// | Idle      | a batch                                      | awaited, or the 16th: written at once; else Gathering |
/// | Gathering | 250 ms, the 16th batch, or an awaited one    | written: Idle; failed: Troubled |
/// | Troubled  | 1 to 30 s; batches pile up in memory meanwhile | written: Tight; failed again: Troubled |
/// | Tight     | the ballast's room; writes go at once        | ballast back: Idle; a write fails: Troubled |
/// | Closed    | –                                            | everything is answered with an error |
///
/// Long readings of the list go on in any state, a slice each turn of the event loop, by turns if there are several.
///
/// Thread: made anywhere, moved to the journal thread; open() and everything after it run there. Owns the connection.
class JournalWriter final : public QObject
{
    Q_OBJECT

public:
    JournalWriter(QString path, JournalOptions options, LetterBox<JournalRequest> &requests,
                  LetterBox<JournalAnswer> &answers);
    ~JournalWriter() override;

    Result<void> open();
    void takeRequests();

Q_SIGNALS:
    void answered();
    void closed();

private:
    enum class State { Idle, Gathering, Troubled, Tight, Closed };

    void take(WriteLetter &&letter);
    void take(LoadLetter &&letter);
    void take(PartsLetter &&letter);
    void take(FinishedLetter &&letter);
    void take(ListLetter &&letter);
    void take(OrderLetter &&letter);
    void take(RowsLetter &&letter);
    void take(SumsLetter &&letter);
    void take(CountLetter &&letter);
    void take(DropLetter &&letter);
    void take(CloseLetter &&letter);
    void answer(JournalAnswer letter);

    void writeIfDue();
    void writePending();
    void tryAgain();
    SqliteResult<void> writeGroup();
    SqliteResult<void> applyGroup(qsizetype count);
    SqliteResult<void> applySeparately(qsizetype count, WrittenLetter &written);
    void enterTrouble(const SqliteError &error);
    void leaveTrouble();
    void waitLonger();
    void close();
    /// @param conclude gives the answer; an error ended it.
    void beginReading(JournalSequence sequence, std::unique_ptr<ListReading> reading, std::function<void(const std::optional<Error> &)> conclude);
    void readSlice();
    Result<void> readiness();
    template<typename T>
    Result<T> read(std::function<SqliteResult<T>()> query);

    const QString m_path;
    const JournalOptions m_options;
    LetterBox<JournalRequest> &m_requests;
    LetterBox<JournalAnswer> &m_answers;
    OpenedJournal m_journal;
    std::unique_ptr<JournalTables> m_tables;
    Ballast m_ballast;
    struct Reading {
        JournalSequence sequence = 0;
        std::unique_ptr<ListReading> reading;
        std::function<void(const std::optional<Error> &)> conclude;
    };
    std::deque<Reading> m_readings;
    QTimer m_gatherTimer, m_retryTimer, m_sliceTimer;
    State m_state = State::Idle;
    std::deque<WriteLetter> m_pending;
    bool m_hasAwaited = false;
    Milliseconds m_retryDelay;
};

}  // namespace packmule
