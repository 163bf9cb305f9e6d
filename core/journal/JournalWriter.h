#pragma once

#include "core/base/Result.h"
#include "core/journal/Ballast.h"
#include "core/journal/Journal.h"
#include "core/journal/JournalOpening.h"
#include "core/journal/JournalOptions.h"
#include "core/journal/JournalTables.h"
#include "core/journal/LetterBox.h"

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
struct CloseLetter {};
using JournalRequest = std::variant<WriteLetter, LoadLetter, PartsLetter, FinishedLetter, ListLetter, CloseLetter>;

// Letters back.
/// Everything up to `last` is on the disk, except the batches that broke a rule of the schema.
struct WrittenLetter { JournalSequence last = 0; std::vector<std::pair<JournalSequence, Error>> refused; };
/// The journal is closing and these could not be written.
struct LostLetter { Error error; };
struct ContentsLetter { JournalSequence sequence = 0; Result<JournalContents> contents; };
struct PartListLetter { JournalSequence sequence = 0; Result<QList<PartRecord>> parts; };
struct TransferListLetter { JournalSequence sequence = 0; Result<QList<TransferRecord>> transfers; };
struct TransferPageLetter { JournalSequence sequence = 0; Result<QList<ListedTransfer>> transfers; };
struct TroubleLetter { std::optional<Error> error; };
/// The last one: the file is closed and the lock is free.
struct ClosedLetter {};
using JournalAnswer =
    std::variant<WrittenLetter, LostLetter, ContentsLetter, PartListLetter, TransferListLetter, TransferPageLetter, TroubleLetter,
                 ClosedLetter>;

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
    template<typename T>
    Result<T> read(std::function<SqliteResult<T>()> query);

    const QString m_path;
    const JournalOptions m_options;
    LetterBox<JournalRequest> &m_requests;
    LetterBox<JournalAnswer> &m_answers;
    OpenedJournal m_journal;
    std::unique_ptr<JournalTables> m_tables;
    Ballast m_ballast;
    QTimer m_gatherTimer, m_retryTimer;
    State m_state = State::Idle;
    std::deque<WriteLetter> m_pending;
    bool m_hasAwaited = false;
    Milliseconds m_retryDelay;
};

}  // namespace packmule
