#include "core/journal/SqliteJournal.h"

#include <QPointer>

#include <future>

namespace packmule {

SqliteJournal::SqliteJournal(const QString &path, JournalOptions options)
    : m_writer(std::make_unique<JournalWriter>(path, std::move(options), m_requests, m_answers))
{
    m_thread.setObjectName(QStringLiteral("packmule-journal"));
    m_writer->moveToThread(&m_thread);
    connect(this, &SqliteJournal::requested, m_writer.get(), &JournalWriter::takeRequests, Qt::QueuedConnection);
    connect(m_writer.get(), &JournalWriter::answered, this, &SqliteJournal::takeAnswers, Qt::QueuedConnection);
    connect(m_writer.get(), &JournalWriter::closed, &m_thread, &QThread::quit, Qt::DirectConnection);
}

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(const QString &path, JournalOptions options)
{
    std::unique_ptr<SqliteJournal> journal(new SqliteJournal(path, std::move(options)));
    if (const Result<void> started = journal->start(); !started)
        return std::unexpected(started.error());
    return journal;
}

Result<void> SqliteJournal::start()
{
    const auto opened = std::make_shared<std::promise<Result<void>>>();
    std::future<Result<void>> result = opened->get_future();
    // Joined before the thread begins: what a queued functor captured would cross unseen by the thread sanitizer.
    connect(&m_thread, &QThread::started, m_writer.get(), [writer = m_writer.get(), opened] {
        const Result<void> outcome = writer->open();
        if (!outcome)
            QThread::currentThread()->quit();
        opened->set_value(outcome);
    });
    m_thread.start();
    const Result<void> started = result.get();
    if (!started)
        m_thread.wait();
    return started;
}

SqliteJournal::~SqliteJournal()
{
    if (m_thread.isRunning() && !m_isClosing) {
        m_isClosing = true;
        send(CloseLetter{});
    }
    m_thread.wait();
    m_requests.meet();
}

void SqliteJournal::send(JournalRequest request)
{
    if (m_isClosed)
        QMetaObject::invokeMethod(this, &SqliteJournal::failWaiting, Qt::QueuedConnection);
    else
        m_requests.put(std::move(request), [this] { Q_EMIT requested(); });
}

template<typename T>
CallHandle SqliteJournal::await(Waiting<T> &waiting, std::function<void(Result<T>)> done)
{
    const JournalSequence sequence = m_lastSequence;
    waiting.emplace(sequence, std::move(done));
    return CallHandle([journal = QPointer(this), &waiting, sequence] {
        if (journal)
            waiting.erase(sequence);
    });
}

template<typename T>
CallHandle SqliteJournal::awaitReading(Waiting<T> &waiting, std::function<void(Result<T>)> done)
{
    const JournalSequence sequence = m_lastSequence;
    waiting.emplace(sequence, std::move(done));
    return CallHandle([journal = QPointer(this), &waiting, sequence] {
        if (journal && waiting.erase(sequence) != 0 && !journal->m_isClosed)
            journal->send(DropLetter{sequence});
    });
}

template<typename T>
void SqliteJournal::tell(Waiting<T> &waiting, JournalSequence sequence, Result<T> result)
{
    if (auto found = waiting.extract(sequence))
        found.mapped()(std::move(result));
}

CallHandle SqliteJournal::load(std::function<void(Result<JournalContents>)> done)
{
    send(LoadLetter{++m_lastSequence});
    return await(m_loads, std::move(done));
}

CallHandle SqliteJournal::commit(JournalBatch batch, std::function<void(Result<void>)> done)
{
    send(WriteLetter{.sequence = ++m_lastSequence, .batch = std::move(batch), .isAwaited = true});
    return await(m_commits, std::move(done));
}

void SqliteJournal::record(JournalBatch batch)
{
    send(WriteLetter{.sequence = ++m_lastSequence, .batch = std::move(batch), .isAwaited = false});
}

CallHandle SqliteJournal::loadParts(TransferId transfer, std::function<void(Result<QList<PartRecord>>)> done)
{
    send(PartsLetter{++m_lastSequence, transfer});
    return await(m_partLoads, std::move(done));
}

CallHandle SqliteJournal::loadFinished(RunId run, TransferId after, int limit,
                                       std::function<void(Result<QList<TransferRecord>>)> done)
{
    send(FinishedLetter{++m_lastSequence, run, after, limit});
    return await(m_listLoads, std::move(done));
}

CallHandle SqliteJournal::loadList(int offset, int limit, std::function<void(Result<QList<ListedTransfer>>)> done)
{
    send(ListLetter{++m_lastSequence, offset, limit});
    return await(m_pageLoads, std::move(done));
}

CallHandle SqliteJournal::listOrder(const ListQuery &query, std::function<void(Result<ListOrder>)> done)
{
    send(OrderLetter{++m_lastSequence, query, 0});
    return awaitReading(m_orders, std::move(done));
}

CallHandle SqliteJournal::listChildren(RunId run, const ListQuery &query, std::function<void(Result<QList<TransferId>>)> done)
{
    send(OrderLetter{++m_lastSequence, query, run});
    return awaitReading(m_childrenLoads, std::move(done));
}

CallHandle SqliteJournal::listRows(const QList<TransferId> &transfers, std::function<void(Result<QList<ListedTransfer>>)> done)
{
    send(RowsLetter{++m_lastSequence, transfers});
    return await(m_pageLoads, std::move(done));
}

CallHandle SqliteJournal::finishedSums(const QList<RunId> &runs, std::function<void(Result<QList<FinishedSums>>)> done)
{
    send(SumsLetter{++m_lastSequence, runs});
    return awaitReading(m_sums, std::move(done));
}

CallHandle SqliteJournal::countFinished(std::function<void(Result<qint64>)> done)
{
    send(CountLetter{++m_lastSequence});
    return awaitReading(m_counts, std::move(done));
}

void SqliteJournal::close(std::function<void()> done)
{
    Q_ASSERT(!m_isClosing);
    m_isClosing = true;
    m_onClosed = std::move(done);
    send(CloseLetter{});
}

void SqliteJournal::take(ClosedLetter &)
{
    m_thread.wait();  // it has nothing left to do
    m_requests.meet();
    m_isClosed = true;
    const QPointer alive(this);
    failWaiting();
    if (!alive)
        return;
    if (auto onClosed = std::exchange(m_onClosed, nullptr))
        onClosed();
}

// What was asked after close(): nobody is there to answer it any more.
void SqliteJournal::failWaiting()
{
    const Error error = Error::make(ErrorKind::JournalUnavailable, QStringLiteral("the journal is closed"));
    const QPointer alive(this);
    const auto failAll = [&](auto &waiting) {
        const JournalSequence last = m_lastSequence;
        while (alive && !waiting.empty() && waiting.begin()->first <= last)
            waiting.extract(waiting.begin()).mapped()(std::unexpected(error));
    };
    failAll(m_commits);
    if (alive)
        failAll(m_loads);
    if (alive)
        failAll(m_partLoads);
    if (alive)
        failAll(m_listLoads);
    if (alive)
        failAll(m_pageLoads);
    if (alive)
        failAll(m_orders);
    if (alive)
        failAll(m_childrenLoads);
    if (alive)
        failAll(m_sums);
    if (alive)
        failAll(m_counts);
}

void SqliteJournal::takeAnswers()
{
    const QPointer alive(this);
    for (JournalAnswer &answer : m_answers.takeAll()) {
        std::visit([this](auto &letter) { take(letter); }, answer);
        if (!alive)
            return;
    }
}

void SqliteJournal::take(WrittenLetter &letter)
{
    const QPointer alive(this);
    auto refused = letter.refused.begin();
    while (alive && !m_commits.empty() && m_commits.begin()->first <= letter.last) {
        auto commit = m_commits.extract(m_commits.begin());
        while (refused != letter.refused.end() && refused->first < commit.key())
            ++refused;
        const bool isRefused = refused != letter.refused.end() && refused->first == commit.key();
        commit.mapped()(isRefused ? Result<void>(std::unexpected(refused->second)) : Result<void>());
    }
}

void SqliteJournal::take(LostLetter &letter)
{
    const QPointer alive(this);
    const JournalSequence last = m_lastSequence;
    while (alive && !m_commits.empty() && m_commits.begin()->first <= last)
        m_commits.extract(m_commits.begin()).mapped()(std::unexpected(letter.error));
}

void SqliteJournal::take(TroubleLetter &letter)
{
    if (onTrouble)
        onTrouble(letter.error);
}

Result<std::unique_ptr<Journal>> openJournal(const QString &path)
{
    return SqliteJournal::open(path).transform([](std::unique_ptr<SqliteJournal> journal) -> std::unique_ptr<Journal> {
        return journal;
    });
}

}  // namespace packmule
