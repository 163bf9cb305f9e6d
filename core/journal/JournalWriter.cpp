#include "core/journal/JournalWriter.h"

#include "core/base/LogCategories.h"

#include <QDateTime>

#include <algorithm>

namespace packmule {

namespace {

constexpr qsizetype kLargestGroup = 4'096;  // batches; bounds the log's growth by one transaction

}  // namespace

JournalWriter::JournalWriter(QString path, JournalOptions options, LetterBox<JournalRequest> &requests,
                             LetterBox<JournalAnswer> &answers)
    : m_path(std::move(path)), m_options(std::move(options)), m_requests(requests), m_answers(answers),
      m_ballast(m_path + QStringLiteral(".ballast"), m_options.ballast), m_gatherTimer(this), m_retryTimer(this), m_sliceTimer(this),
      m_retryDelay(m_options.firstRetry)
{
    m_gatherTimer.setSingleShot(true);
    m_retryTimer.setSingleShot(true);
    m_sliceTimer.setSingleShot(true);
    connect(&m_gatherTimer, &QTimer::timeout, this, &JournalWriter::writePending);
    connect(&m_retryTimer, &QTimer::timeout, this, &JournalWriter::tryAgain);
    connect(&m_sliceTimer, &QTimer::timeout, this, &JournalWriter::readSlice);
}

JournalWriter::~JournalWriter() = default;

Result<void> JournalWriter::open()
{
    Result<OpenedJournal> opened = openJournalFile(m_path, m_options);
    if (!opened) {
        m_state = State::Closed;
        return std::unexpected(opened.error());
    }
    m_journal = *std::move(opened);
    m_tables = std::make_unique<JournalTables>(*m_journal.database);
    m_ballast.reserve();
    return {};
}

void JournalWriter::answer(JournalAnswer letter)
{
    m_answers.put(std::move(letter), [this] { Q_EMIT answered(); });
}

void JournalWriter::takeRequests()
{
    for (JournalRequest &request : m_requests.takeAll())
        std::visit([this](auto &letter) { take(std::move(letter)); }, request);
    writeIfDue();
    if (m_state != State::Closed)
        return;
    Q_EMIT closed();
    m_requests.meet();  // the last that this thread does here
}

void JournalWriter::take(WriteLetter &&letter)
{
    m_hasAwaited = m_hasAwaited || letter.isAwaited;
    m_pending.push_back(std::move(letter));
}

Result<void> JournalWriter::readiness()
{
    if (m_state == State::Closed)
        return failure(ErrorKind::JournalUnavailable, QStringLiteral("journal %1 is closed").arg(m_path));
    // A reader sees what was given before it; in trouble it sees what is on the disk.
    if (m_state != State::Troubled)
        writePending();
    return {};
}

template<typename T>
Result<T> JournalWriter::read(std::function<SqliteResult<T>()> query)
{
    if (const Result<void> ready = readiness(); !ready)
        return std::unexpected(ready.error());
    return query().transform_error([this](const SqliteError &error) { return journalError(error, m_path); });
}

void JournalWriter::take(LoadLetter &&letter)
{
    Result<JournalContents> contents =
        read<JournalContents>([this] { return m_tables->contents(QDateTime::currentMSecsSinceEpoch()); });
    if (contents)
        contents->notices = m_journal.notices + contents->notices;
    answer(ContentsLetter{letter.sequence, std::move(contents)});
}

void JournalWriter::take(PartsLetter &&letter)
{
    answer(PartListLetter{letter.sequence,
                          read<QList<PartRecord>>([&] { return m_tables->parts(letter.transfer); })});
}

void JournalWriter::take(FinishedLetter &&letter)
{
    answer(TransferListLetter{letter.sequence, read<QList<TransferRecord>>([&] {
                                  return m_tables->finished(letter.run, letter.after, letter.limit);
                              })});
}

void JournalWriter::take(ListLetter &&letter)
{
    answer(TransferPageLetter{letter.sequence, read<QList<ListedTransfer>>([&] {
                                  return m_tables->newestFirst(letter.offset, letter.limit);
                              })});
}

void JournalWriter::take(OrderLetter &&letter)
{
    if (m_state == State::Closed)
        return;  // whoever asked has been told
    auto reading = std::make_unique<OrderReading>(*m_journal.database, letter.query, letter.run);
    const ListFold &fold = reading->fold();
    beginReading(letter.sequence, std::move(reading), [this, &fold, sequence = letter.sequence, run = letter.run](const std::optional<Error> &error) {
        if (run == 0)
            answer(OrderedLetter{sequence, error ? Result<ListOrder>(std::unexpected(*error)) : fold.order()});
        else
            answer(ChildrenLetter{sequence, error ? Result<QList<TransferId>>(std::unexpected(*error)) : fold.ids()});
    });
}

void JournalWriter::take(RowsLetter &&letter)
{
    answer(TransferPageLetter{letter.sequence, read<QList<ListedTransfer>>([&] { return m_tables->listed(letter.transfers); })});
}

void JournalWriter::take(SumsLetter &&letter)
{
    if (m_state == State::Closed)
        return;
    auto reading = std::make_unique<SumsReading>(*m_journal.database, m_tables->finishedCache(), letter.runs);
    SumsReading &sums = *reading;
    beginReading(letter.sequence, std::move(reading), [this, &sums, sequence = letter.sequence](const std::optional<Error> &error) {
        if (error)
            answer(SummedLetter{sequence, std::unexpected(*error)});
        else
            answer(SummedLetter{sequence, sums.sums().transform_error([this](const SqliteError &fault) { return journalError(fault, m_path); })});
    });
}

void JournalWriter::take(CountLetter &&letter)
{
    if (m_state == State::Closed)
        return;
    beginReading(letter.sequence, std::make_unique<CountReading>(*m_journal.database, m_tables->finishedCache()),
                 [this, sequence = letter.sequence](const std::optional<Error> &error) {
        if (error)
            answer(CountedLetter{sequence, std::unexpected(*error)});
        else
            answer(CountedLetter{sequence, m_tables->finishedCache().count().count});
    });
}

void JournalWriter::take(DropLetter &&letter)
{
    std::erase_if(m_readings, [&letter](const Reading &reading) { return reading.sequence == letter.sequence; });
}

void JournalWriter::beginReading(JournalSequence sequence, std::unique_ptr<ListReading> reading,
                                 std::function<void(const std::optional<Error> &)> conclude)
{
    (void)readiness();
    m_readings.push_back({sequence, std::move(reading), std::move(conclude)});
    m_sliceTimer.start(0);
}

void JournalWriter::readSlice()
{
    if (m_readings.empty())
        return;
    Reading reading = std::move(m_readings.front());
    m_readings.pop_front();
    const SqliteResult<bool> isComplete = reading.reading->step();
    if (!isComplete)
        reading.conclude(journalError(isComplete.error(), m_path));
    else if (*isComplete)
        reading.conclude(std::nullopt);
    else
        m_readings.push_back(std::move(reading));
    if (!m_readings.empty())
        m_sliceTimer.start(0);
}

void JournalWriter::take(CloseLetter &&)
{
    close();
}

void JournalWriter::writeIfDue()
{
    if (m_pending.empty())
        return;
    switch (m_state) {
    case State::Idle:
    case State::Gathering:
        if (m_hasAwaited || m_pending.size() >= static_cast<size_t>(m_options.gatheredBatches)) {
            writePending();
        } else if (m_state == State::Idle) {
            m_state = State::Gathering;
            m_gatherTimer.start(m_options.gathering);
        }
        return;
    case State::Tight: writePending(); return;
    case State::Troubled: return;
    case State::Closed:
        m_pending.clear();
        answer(LostLetter{Error::make(ErrorKind::JournalUnavailable, QStringLiteral("journal %1 is closed").arg(m_path))});
        return;
    }
}

void JournalWriter::writePending()
{
    m_gatherTimer.stop();
    if (m_state == State::Gathering)
        m_state = State::Idle;
    while (!m_pending.empty()) {
        if (const SqliteResult<void> written = writeGroup(); !written) {
            enterTrouble(written.error());
            // The ballast makes room for one more try at once. (SQLite reports a spent quota as an I/O error.)
            const bool lacksRoom =
                written.error().fault == SqliteFault::Full || written.error().fault == SqliteFault::Io;
            if (!lacksRoom || !m_ballast.release())
                return;
        }
    }
    m_hasAwaited = false;
    if (m_state == State::Troubled)
        leaveTrouble();
}

SqliteResult<void> JournalWriter::writeGroup()
{
    const qsizetype count = std::min<qsizetype>(std::ssize(m_pending), kLargestGroup);
    WrittenLetter written{.last = m_pending[static_cast<size_t>(count - 1)].sequence, .refused = {}};
    SqliteResult<void> result = applyGroup(count);
    if (!result && result.error().fault == SqliteFault::Constraint)
        result = applySeparately(count, written);
    if (!result)
        return result;
    m_pending.erase(m_pending.begin(), m_pending.begin() + count);
    answer(std::move(written));
    return {};
}

SqliteResult<void> JournalWriter::applyGroup(qsizetype count)
{
    SqliteDatabase &database = *m_journal.database;
    SqliteResult<void> result = database.run(QStringLiteral("BEGIN IMMEDIATE"));
    for (qsizetype i = 0; i < count && result; ++i) {
        for (const JournalChange &change : std::as_const(m_pending[static_cast<size_t>(i)].batch))
            result = result.and_then([&] { return m_tables->apply(change); });
    }
    result = result.and_then([&] { return database.run(QStringLiteral("COMMIT")); });
    if (!result) {
        (void)database.run(QStringLiteral("ROLLBACK"));
        m_tables->finishedCache().forget();
    }
    return result;
}

// One batch broke a rule (two live transfers to one object, a part without its transfer): only that one is refused.
SqliteResult<void> JournalWriter::applySeparately(qsizetype count, WrittenLetter &written)
{
    SqliteDatabase &database = *m_journal.database;
    SqliteResult<void> result = database.run(QStringLiteral("BEGIN IMMEDIATE"));
    for (qsizetype i = 0; i < count && result; ++i) {
        const WriteLetter &letter = m_pending[static_cast<size_t>(i)];
        result = database.run(QStringLiteral("SAVEPOINT batch"));
        for (const JournalChange &change : letter.batch)
            result = result.and_then([&] { return m_tables->apply(change); });
        if (!result && result.error().fault == SqliteFault::Constraint) {
            const Error error = journalError(result.error(), m_path);
            if (!letter.isAwaited)
                qCWarning(lcJournal) << "a row was refused:" << error.detail;
            written.refused.emplace_back(letter.sequence, error);
            m_tables->finishedCache().forget();
            result = database.run(QStringLiteral("ROLLBACK TO batch"));
        }
        result = result.and_then([&] { return database.run(QStringLiteral("RELEASE batch")); });
    }
    result = result.and_then([&] { return database.run(QStringLiteral("COMMIT")); });
    if (!result) {
        (void)database.run(QStringLiteral("ROLLBACK"));
        m_tables->finishedCache().forget();
        written.refused.clear();
    }
    return result;
}

void JournalWriter::enterTrouble(const SqliteError &error)
{
    const bool isNew = m_state != State::Troubled && m_state != State::Tight;
    m_state = State::Troubled;
    waitLonger();
    if (!isNew)
        return;
    const Error trouble = journalError(error, m_path);
    qCWarning(lcJournal) << trouble.detail << error.code;
    answer(TroubleLetter{trouble});
}

// The trouble lasts until the ballast is back: what it made room for are the final states, not new work.
void JournalWriter::leaveTrouble()
{
    if (!m_ballast.reserve()) {
        m_state = State::Tight;
        waitLonger();
        return;
    }
    m_retryTimer.stop();
    m_retryDelay = m_options.firstRetry;
    m_state = State::Idle;
    answer(TroubleLetter{std::nullopt});
}

void JournalWriter::waitLonger()
{
    m_retryTimer.start(m_retryDelay);
    m_retryDelay = std::min(m_retryDelay * 2, m_options.longestRetry);
}

void JournalWriter::tryAgain()
{
    if (m_state == State::Troubled)
        writePending();
    else if (m_state == State::Tight)
        leaveTrouble();
}

void JournalWriter::close()
{
    if (m_state == State::Closed)
        return;
    writePending();
    m_gatherTimer.stop();
    m_retryTimer.stop();
    if (!m_pending.empty()) {
        m_pending.clear();
        answer(LostLetter{Error::make(ErrorKind::JournalUnavailable,
                                      QStringLiteral("journal %1 was closed before it could be written").arg(m_path))});
    }
    m_state = State::Closed;
    m_sliceTimer.stop();
    m_readings.clear();
    m_tables.reset();
    m_journal.database.reset();
    m_journal.owner.reset();
    answer(ClosedLetter{});
}

}  // namespace packmule
