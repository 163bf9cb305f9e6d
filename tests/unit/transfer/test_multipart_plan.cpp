#include "core/transfer/MultipartPlan.h"
#include "core/integrity/Digest.h"

#include <QElapsedTimer>
#include <QTest>

#include <map>
#include <random>

using namespace packmule;
using Plan = MultipartPlan;

class TestMultipartPlan : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsTheLifeOfAnUpload();
    void aCreateSentTwiceIsSweptForBeforeItsIdIsSaved();
    void aTwinThatCannotBeLookedForIsOnlyMentioned();
    void looksForOrphansAfterALostCreate();
    void resumesWithWhatServerAndJournalAgreeOn();
    void endsAListingThatGoesRound();
    void looksAtTheObjectWhenACompletingUploadIsGone();
    void asksForThePartsAfterASecondServerFaultOfComplete();
    void doesNotAbortBesideAComplete();
    void stopsOnlyWhereNothingIsOut();
    void waitsForTheEarliestRetry();
    void holdsUnderRandomAnswers_data();
    void holdsUnderRandomAnswers();
    void asksInConstantTime();

private:
    CryptoLibrary m_crypto;
};

namespace {

constexpr MonotonicTime kNow{Milliseconds{1'000}};

TransferRecord recordOf(TransferState state, const QByteArray &uploadId = {})
{
    TransferRecord record;
    record.id = 1;
    record.state = state;
    record.uploadId = uploadId;
    record.partSize = ByteCount(10);
    return record;
}

Plan planOf(const TransferRecord &record, int parts, Plan::Rules rules = {})
{
    if (!rules.random01)
        rules.random01 = [] { return 0.5; };
    return Plan(record, PartLayout::frozen(ByteCount(parts * 10), ByteCount(10)), std::move(rules));
}

/// Expects this kind of action, begins it, and gives it back.
template<typename T>
T begin(Plan &plan, MonotonicTime now = kNow)
{
    const Plan::Action action = plan.next(now);
    if (!std::holds_alternative<T>(action)) {
        QTest::qFail(qPrintable(QStringLiteral("action %1 at step %2").arg(action.index()).arg(static_cast<int>(plan.step()))), __FILE__, __LINE__);
        return T{};
    }
    plan.begun(action);
    return std::get<T>(action);
}
template<>
Plan::SendPart begin<Plan::SendPart>(Plan &plan, MonotonicTime now)
{
    const Plan::Action action = plan.next(now);
    const auto *send = std::get_if<Plan::SendPart>(&action);
    if (!send) {
        QTest::qFail(qPrintable(QStringLiteral("no part to send, but action %1").arg(action.index())), __FILE__, __LINE__);
        return {PartNumber::fromIndex(0)};
    }
    plan.begun(action);
    return *send;
}

TransferState persist(Plan &plan)
{
    const TransferState state = begin<Plan::Persist>(plan).state;
    plan.onPersisted();
    return state;
}

Error errorOf(ErrorKind kind)
{
    return Error::make(kind, QStringLiteral("x"));
}

Checksum crc(int part)
{
    return {.algorithm = ChecksumAlgorithm::Crc32, .rawBytes = QByteArray("abc") + static_cast<char>(part), .isComposite = false};
}

QByteArray eTagOf(int part)
{
    return "etag-" + QByteArray::number(part);
}

StoredPart stored(int part)
{
    return {.partNumber = *PartNumber::from(part), .size = ByteCount(10), .eTag = eTagOf(part), .checksum = crc(part)};
}

PartRecord row(int part)
{
    return {.transfer = 1, .partNumber = *PartNumber::from(part), .size = ByteCount(10), .checksum = crc(part), .eTag = eTagOf(part)};
}

void send(Plan &plan, int part)
{
    QCOMPARE(begin<Plan::SendPart>(plan).part.value(), part);
    plan.onPartSent(*PartNumber::from(part), PartReceipt{eTagOf(part), true}, crc(part), kNow);
}

/// From the start to Sweeping: the transport had to send the Create again.
void createTwice(Plan &plan)
{
    begin<Plan::CheckSource>(plan);
    plan.onSource(Plan::SourceVerdict::Same);
    QCOMPARE(persist(plan), TransferState::Creating);
    begin<Plan::CreateUpload>(plan);
    CreatedUpload created;
    created.uploadId = "id";
    created.mayHaveTwin = true;
    plan.onCreated(created, kNow);
}

/// From the start to Sending.
void create(Plan &plan)
{
    begin<Plan::CheckSource>(plan);
    plan.onSource(Plan::SourceVerdict::Same);
    QCOMPARE(persist(plan), TransferState::Creating);
    begin<Plan::CreateUpload>(plan);
    CreatedUpload created;
    created.uploadId = "id";
    plan.onCreated(created, kNow);
    QCOMPARE(persist(plan), TransferState::Sending);
}

}  // namespace

void TestMultipartPlan::aCreateSentTwiceIsSweptForBeforeItsIdIsSaved()
{
    Plan plan = planOf(recordOf(TransferState::Queued), 2);
    createTwice(plan);
    begin<Plan::SweepOrphans>(plan);
    plan.onSwept({}, kNow);
    QCOMPARE(persist(plan), TransferState::Sending);
    send(plan, 1);
}

void TestMultipartPlan::aTwinThatCannotBeLookedForIsOnlyMentioned()
{
    Plan plan = planOf(recordOf(TransferState::Queued), 2);
    createTwice(plan);
    begin<Plan::SweepOrphans>(plan);
    plan.onSwept(std::unexpected(errorOf(ErrorKind::AccessDenied)), kNow);
    QCOMPARE(plan.takeNotices().size(), 1);
    QCOMPARE(persist(plan), TransferState::Sending);
    QCOMPARE(plan.step(), Plan::Step::Sending);
}

void TestMultipartPlan::tellsTheLifeOfAnUpload()
{
    Plan plan = planOf(recordOf(TransferState::Queued), 2);
    create(plan);
    send(plan, 1);
    send(plan, 2);
    begin<Plan::CheckSource>(plan);
    plan.onSource(Plan::SourceVerdict::Same);
    QCOMPARE(persist(plan), TransferState::Completing);
    begin<Plan::CompleteUpload>(plan);
    plan.onCompleted(StoredObject{}, kNow);
    begin<Plan::VerifyObject>(plan);
    plan.onVerified(ObjectMatch::Ours, kNow);
    QVERIFY(plan.isVerified());
    QCOMPARE(persist(plan), TransferState::Done);
    QCOMPARE(begin<Plan::Finished>(plan).end, Plan::End::Done);
}

void TestMultipartPlan::looksForOrphansAfterALostCreate()
{
    TransferRecord record = recordOf(TransferState::Creating);
    record.createStarted = WallTime{};
    Plan plan = planOf(record, 2);
    begin<Plan::CheckSource>(plan);
    plan.onSource(Plan::SourceVerdict::Same);
    begin<Plan::SweepOrphans>(plan);
    plan.onSwept({}, kNow);
    QCOMPARE(persist(plan), TransferState::Creating);
    begin<Plan::CreateUpload>(plan);
    plan.onCreated(std::unexpected(errorOf(ErrorKind::ConnectionLost)), kNow);
    QVERIFY(std::holds_alternative<Plan::WaitUntil>(plan.next(kNow)));
    begin<Plan::SweepOrphans>(plan, kNow + std::chrono::minutes(1));  // in the same session too
}

void TestMultipartPlan::resumesWithWhatServerAndJournalAgreeOn()
{
    Plan plan = planOf(recordOf(TransferState::Sending, "id"), 6);
    begin<Plan::LoadParts>(plan);
    PartRecord conflicting = row(3);
    conflicting.eTag = "other";
    plan.onPartsLoaded({row(1), row(2), conflicting, row(5)});
    QCOMPARE(begin<Plan::ListParts>(plan).marker, 0);
    StoredPart shorter = stored(6);
    shorter.size = ByteCount(9);
    plan.onPartsListed(PartPage{.parts = {stored(1), stored(2), stored(3)}, .nextMarker = 3}, kNow);
    QCOMPARE(begin<Plan::ListParts>(plan).marker, 3);
    plan.onPartsListed(PartPage{.parts = {stored(4), shorter}, .nextMarker = {}}, kNow);
    begin<Plan::CheckSource>(plan);
    plan.onSource(Plan::SourceVerdict::Same);
    QCOMPARE(plan.ledger().confirmedCount(), 2);
    QVERIFY(plan.isResumed());
    // 3: another content by the journal (K7), adopted because it proves to be ours. 4: no row (K5), not ours. 5: not there (K6).
    const BodyDigests ours{.checksum = crc(3), .sha256 = {}};
    QCOMPARE(begin<Plan::SendPart>(plan).part.value(), 3);
    QVERIFY(plan.onPartHashed(*PartNumber::from(3), ours, {}));
    QCOMPARE(begin<Plan::SendPart>(plan).part.value(), 4);
    QVERIFY(!plan.onPartHashed(*PartNumber::from(4), ours, {}));
    QCOMPARE(begin<Plan::SendPart>(plan).part.value(), 5);
    QVERIFY(!plan.onPartHashed(*PartNumber::from(5), ours, {}));
    QCOMPARE(begin<Plan::SendPart>(plan).part.value(), 6);
    QVERIFY(std::holds_alternative<Plan::Await>(plan.next(kNow)));
}

void TestMultipartPlan::endsAListingThatGoesRound()
{
    Plan::Rules rules;
    rules.retries = RetryPolicy(2);
    Plan plan = planOf(recordOf(TransferState::Sending, "id"), 6, rules);
    begin<Plan::LoadParts>(plan);
    plan.onPartsLoaded({});
    begin<Plan::ListParts>(plan);
    plan.onPartsListed(PartPage{.parts = {stored(1)}, .nextMarker = 1}, kNow);
    MonotonicTime now = kNow;
    for (int round = 0; round < 3; ++round) {
        now += std::chrono::minutes(1);
        QCOMPARE(begin<Plan::ListParts>(plan, now).marker, 1);
        plan.onPartsListed(PartPage{.parts = {stored(1)}, .nextMarker = 1}, now);
    }
    QCOMPARE(persist(plan), TransferState::NeedsAttention);
    QCOMPARE(plan.error()->kind, ErrorKind::MalformedAnswer);
}

void TestMultipartPlan::looksAtTheObjectWhenACompletingUploadIsGone()
{
    for (const ObjectMatch match : {ObjectMatch::Ours, ObjectMatch::Foreign}) {
        Plan plan = planOf(recordOf(TransferState::Completing, "id"), 2);
        begin<Plan::LoadParts>(plan);
        plan.onPartsLoaded({row(1), row(2)});
        begin<Plan::ListParts>(plan);
        plan.onPartsListed(std::unexpected(errorOf(ErrorKind::NoSuchUpload)), kNow);
        begin<Plan::VerifyObject>(plan);
        plan.onVerified(match, kNow);
        QCOMPARE(persist(plan), match == ObjectMatch::Ours ? TransferState::Done : TransferState::Queued);
        QVERIFY(!plan.leavesOrphan());
        QCOMPARE(begin<Plan::Finished>(plan).end, match == ObjectMatch::Ours ? Plan::End::Done : Plan::End::Restart);
    }
}

void TestMultipartPlan::asksForThePartsAfterASecondServerFaultOfComplete()
{
    Plan plan = planOf(recordOf(TransferState::Queued), 1);
    create(plan);
    send(plan, 1);
    begin<Plan::CheckSource>(plan);
    plan.onSource(Plan::SourceVerdict::Same);
    persist(plan);
    MonotonicTime now = kNow;
    for (int fault = 0; fault < 2; ++fault, now += Milliseconds{60'000}) {
        begin<Plan::CompleteUpload>(plan, now);
        plan.onCompleted(std::unexpected(errorOf(ErrorKind::ServerFault)), now);
    }
    begin<Plan::ListParts>(plan, now);  // Ceph says 500 where others say that the upload is gone
    plan.onPartsListed(std::unexpected(errorOf(ErrorKind::NoSuchUpload)), now);
    begin<Plan::VerifyObject>(plan, now);
    plan.onVerified(ObjectMatch::Ours, now);
    QCOMPARE(persist(plan), TransferState::Done);
}

void TestMultipartPlan::doesNotAbortBesideAComplete()
{
    Plan plan = planOf(recordOf(TransferState::Queued), 1);
    create(plan);
    send(plan, 1);
    begin<Plan::CheckSource>(plan);
    plan.onSource(Plan::SourceVerdict::Same);
    persist(plan);
    begin<Plan::CompleteUpload>(plan);
    plan.onCancelAsked(false);
    QVERIFY(std::holds_alternative<Plan::Await>(plan.next(kNow)));
    plan.onCompleted(std::unexpected(errorOf(ErrorKind::ServerFault)), kNow);
    QCOMPARE(persist(plan), TransferState::Cancelling);
    begin<Plan::AbortUpload>(plan);
    plan.onAborted({}, kNow);
    QCOMPARE(persist(plan), TransferState::Cancelled);
    QCOMPARE(begin<Plan::Finished>(plan).end, Plan::End::Cancelled);
}

void TestMultipartPlan::stopsOnlyWhereNothingIsOut()
{
    Plan plan = planOf(recordOf(TransferState::Queued), 2);
    begin<Plan::CheckSource>(plan);
    plan.onSource(Plan::SourceVerdict::Same);
    persist(plan);
    begin<Plan::CreateUpload>(plan);
    plan.onStopAsked();
    QVERIFY(std::holds_alternative<Plan::Await>(plan.next(kNow)));
    CreatedUpload created;
    created.uploadId = "id";
    plan.onCreated(created, kNow);
    QCOMPARE(persist(plan), TransferState::Sending);  // the id is not lost
    QCOMPARE(begin<Plan::Finished>(plan).end, Plan::End::Stopped);
}

void TestMultipartPlan::waitsForTheEarliestRetry()
{
    Plan plan = planOf(recordOf(TransferState::Queued), 2);
    create(plan);
    begin<Plan::SendPart>(plan);
    begin<Plan::SendPart>(plan);
    Error slow = errorOf(ErrorKind::Throttled);
    slow.retryAfter = Milliseconds{9'000};
    plan.onPartSent(*PartNumber::from(1), std::unexpected(slow), {}, kNow);
    slow.retryAfter = Milliseconds{7'000};
    const RetryDecision decision = plan.onPartSent(*PartNumber::from(2), std::unexpected(slow), {}, kNow);
    QVERIFY(decision.isThrottle);
    QCOMPARE(std::get<Plan::WaitUntil>(plan.next(kNow)).time, kNow + Milliseconds{7'000});
    QCOMPARE(begin<Plan::SendPart>(plan, kNow + Milliseconds{7'000}).part.value(), 2);
    plan.onWoken();
    QCOMPARE(begin<Plan::SendPart>(plan).part.value(), 1);
}

namespace {

/// A store, a journal and a clock that answer at random, and the promises that must hold whatever they answer.
class World
{
public:
    explicit World(quint32 seed) : m_random(seed), m_parts(1 + below(30)) {}

    /// Lives through deaths until the upload is Done. @return what was broken; empty = nothing.
    QString live();

private:
    QString liveOnce(Plan &plan);
    QString act(Plan &plan, const Plan::Action &action);
    QString answerPart(Plan &plan);
    QString complete(Plan &plan);
    int below(int limit) { return static_cast<int>(m_random() % static_cast<quint32>(limit)); }
    std::optional<Error> mishap()
    {
        if (m_calm || below(100) >= 25)
            return std::nullopt;
        constexpr std::array kinds = {ErrorKind::ConnectionLost, ErrorKind::Stalled, ErrorKind::ServerFault, ErrorKind::Throttled,
                                      ErrorKind::MalformedAnswer, ErrorKind::NameNotResolved, ErrorKind::BodyMismatch, ErrorKind::NoSuchUpload,
                                      ErrorKind::InvalidPart, ErrorKind::AccessDenied, ErrorKind::CredentialsExpired, ErrorKind::Conflict};
        return errorOf(kinds[static_cast<size_t>(below(static_cast<int>(kinds.size())))]);
    }
    static bool mayBeDone(const Error &error)
    {
        return error.kind == ErrorKind::ConnectionLost || error.kind == ErrorKind::Stalled || error.kind == ErrorKind::ServerFault || error.kind == ErrorKind::MalformedAnswer;
    }

    std::mt19937 m_random;
    int m_parts;
    MonotonicTime m_now = kNow;
    bool m_calm = false;
    // the server
    int m_upload = 0;                 // the live upload's number, 0 = none
    int m_uploads = 0;
    std::set<int> m_onServer;
    bool m_isObjectOurs = false;
    // the journal
    TransferRecord m_record = recordOf(TransferState::Queued);
    std::map<int, PartRecord> m_rows;
    // this session
    std::set<int> m_inFlight, m_heard;   // heard: confirmed to the plan and not since lost
    bool m_isHeadForbidden = false, m_wasCompleteHeard = false;
};

QString World::live()
{
    for (int life = 0; life < 40; ++life) {
        m_calm = life > 25;
        Plan plan = planOf(m_record, m_parts);
        m_inFlight.clear();
        m_heard.clear();
        if (const QString broken = liveOnce(plan); !broken.isEmpty())
            return broken;
        if (m_record.state == TransferState::Done)
            return {};
    }
    return QStringLiteral("never done");
}

QString World::liveOnce(Plan &plan)
{
    const int death = m_calm ? 100'000 : below(200);
    for (int step = 0; step < 20'000; ++step) {
        if (step == death)
            return {};
        const Plan::Action action = plan.next(m_now);
        if (std::holds_alternative<Plan::Finished>(action))
            return std::get<Plan::Finished>(action).end == Plan::End::Done && !(m_isObjectOurs && (plan.isVerified() || (m_isHeadForbidden && m_wasCompleteHeard)))
                ? QStringLiteral("done without proof") : QString();
        const bool isParts = plan.step() == Plan::Step::Sending;
        const bool mayStartPart = std::holds_alternative<Plan::SendPart>(action) && m_inFlight.size() < 4;
        QString broken;
        if (isParts && !m_inFlight.empty() && (!mayStartPart || below(2) == 0))
            broken = answerPart(plan);
        else if (const auto *wait = std::get_if<Plan::WaitUntil>(&action))
            m_now = wait->time;
        else if (std::holds_alternative<Plan::Await>(action))
            broken = QStringLiteral("waits for a fact that cannot come");
        else
            broken = act(plan, action);
        if (plan.step() != Plan::Step::Sending)
            m_inFlight.clear();
        if (!broken.isEmpty())
            return broken;
    }
    return QStringLiteral("does not end");
}

QString World::answerPart(Plan &plan)
{
    const int part = *std::next(m_inFlight.begin(), below(static_cast<int>(m_inFlight.size())));
    m_inFlight.erase(part);
    std::optional<Error> error = mishap();
    if (m_upload == 0)
        error = errorOf(ErrorKind::NoSuchUpload);
    if (error && error->kind == ErrorKind::NoSuchUpload)
        m_upload = 0;  // it really is gone
    if (!error || (mayBeDone(*error) && below(2) == 0))
        m_onServer.insert(part);
    if (!error) {
        m_heard.insert(part);
        if (below(3) > 0)  // else the process dies before the row is on disk
            m_rows.insert_or_assign(part, row(part));
    }
    plan.onPartSent(*PartNumber::from(part), error ? Result<PartReceipt>(std::unexpected(*error)) : PartReceipt{eTagOf(part), true}, crc(part), m_now);
    return {};
}

QString World::complete(Plan &plan)
{
    if (!plan.ledger().isComplete())
        return QStringLiteral("Complete with missing parts");
    if (m_record.state != TransferState::Completing)
        return QStringLiteral("Complete before its state was durable");
    std::optional<Error> error = mishap();
    if (m_upload == 0)
        error = errorOf(ErrorKind::NoSuchUpload);
    else if (static_cast<int>(m_onServer.size()) < m_parts)
        error = errorOf(ErrorKind::InvalidPart);
    if (error && error->kind == ErrorKind::InvalidPart && below(2) == 0)
        m_onServer.erase(m_onServer.begin());  // it really had lost one
    if (m_upload != 0 && static_cast<int>(m_onServer.size()) == m_parts && (!error || (mayBeDone(*error) && below(2) == 0))) {
        m_isObjectOurs = true;
        m_upload = 0;
        m_onServer.clear();
    } else if (error && error->kind == ErrorKind::NoSuchUpload) {
        m_upload = 0;
    }
    m_wasCompleteHeard = !error;
    plan.onCompleted(error ? Result<StoredObject>(std::unexpected(*error)) : StoredObject{}, m_now);
    return {};
}

QString World::act(Plan &plan, const Plan::Action &action)
{
    plan.begun(action);
    if (const auto *persisted = std::get_if<Plan::Persist>(&action)) {
        m_record.state = persisted->state;
        if (persisted->state == TransferState::Creating)
            m_record.createStarted = WallTime{};
        if (persisted->state == TransferState::Sending)
            m_record.uploadId = QByteArray::number(m_upload);
        if (persisted->state == TransferState::Queued) {
            m_record = recordOf(TransferState::Queued);
            m_rows.clear();
        }
        plan.onPersisted();
    } else if (std::holds_alternative<Plan::CheckSource>(action)) {
        plan.onSource(Plan::SourceVerdict::Same);
    } else if (std::holds_alternative<Plan::SweepOrphans>(action)) {
        const auto error = mishap();
        if (!error)
            m_upload = 0;
        plan.onSwept(error ? Result<void>(std::unexpected(*error)) : Result<void>(), m_now);
    } else if (std::holds_alternative<Plan::CreateUpload>(action)) {
        if (m_record.state != TransferState::Creating)
            return QStringLiteral("Create before its state was durable");
        const auto error = mishap();
        if (!error || mayBeDone(*error)) {
            m_upload = ++m_uploads;
            m_onServer.clear();
        }
        m_heard.clear();
        CreatedUpload created;
        created.uploadId = QByteArray::number(m_upload);
        plan.onCreated(error ? Result<CreatedUpload>(std::unexpected(*error)) : created, m_now);
    } else if (std::holds_alternative<Plan::LoadParts>(action)) {
        QList<PartRecord> rows;
        for (const auto &[number, part] : m_rows)
            rows.append(part);
        plan.onPartsLoaded(rows);
    } else if (const auto *list = std::get_if<Plan::ListParts>(&action)) {
        std::optional<Error> error = mishap();
        if (m_upload == 0)
            error = errorOf(ErrorKind::NoSuchUpload);
        PartPage page;
        for (auto part = m_onServer.upper_bound(list->marker); part != m_onServer.end(); ++part) {
            if (page.parts.size() == 7) {
                page.nextMarker = page.parts.last().partNumber.value();
                break;
            }
            page.parts.append(stored(*part));
        }
        if (error && error->kind == ErrorKind::NoSuchUpload)
            m_upload = 0;
        plan.onPartsListed(error ? Result<PartPage>(std::unexpected(*error)) : page, m_now);
        m_heard = m_onServer;
        if (error)  // where listing is forbidden only the journal's rows are known
            std::erase_if(m_heard, [this](int part) { return !m_rows.contains(part); });
    } else if (const auto *sent = std::get_if<Plan::SendPart>(&action)) {
        const int part = sent->part.value();
        if (m_record.state != TransferState::Sending && m_record.state != TransferState::Completing && m_record.state != TransferState::NeedsAttention)
            return QStringLiteral("a part before the upload id was durable");
        if (!plan.onPartHashed(sent->part, {.checksum = crc(part), .sha256 = {}}, {})) {
            if (m_heard.contains(part) && m_onServer.contains(part) && m_upload != 0)
                return QStringLiteral("a confirmed part is sent again");
            m_inFlight.insert(part);
        }
    } else if (std::holds_alternative<Plan::CompleteUpload>(action)) {
        return complete(plan);
    } else if (std::holds_alternative<Plan::VerifyObject>(action)) {
        const auto error = mishap();
        m_isHeadForbidden = error && error->kind == ErrorKind::AccessDenied;
        const Result<ObjectMatch> match = error ? Result<ObjectMatch>(std::unexpected(error->kind == ErrorKind::NoSuchUpload ? errorOf(ErrorKind::ServerFault) : *error))
            : m_isObjectOurs ? Result<ObjectMatch>(ObjectMatch::Ours) : Result<ObjectMatch>(std::unexpected(errorOf(ErrorKind::NoSuchKey)));
        plan.onVerified(match, m_now);
    } else if (std::holds_alternative<Plan::AbortUpload>(action)) {
        const auto error = mishap();
        if (!error || mayBeDone(*error)) {
            m_upload = 0;
            m_onServer.clear();
        }
        plan.onAborted(error ? Result<void>(std::unexpected(*error)) : Result<void>(), m_now);
    }
    return {};
}

}  // namespace

void TestMultipartPlan::holdsUnderRandomAnswers_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 100; ++seed)
        QTest::addRow("seeds %u00 to %u99", seed, seed) << seed;
}

void TestMultipartPlan::holdsUnderRandomAnswers()
{
    QFETCH(quint32, seed);
    for (quint32 i = 0; i < 100; ++i)
        QCOMPARE(QStringLiteral("%1: %2").arg(seed * 100 + i).arg(World(seed * 100 + i).live()), QStringLiteral("%1: ").arg(seed * 100 + i));
}

void TestMultipartPlan::asksInConstantTime()
{
    QElapsedTimer timer;
    timer.start();
    Plan plan = planOf(recordOf(TransferState::Queued), 10'000);
    create(plan);
    for (int part = 1; part <= 10'000; ++part) {
        for (int i = 0; i < 20; ++i)
            plan.next(kNow);
        send(plan, part);
    }
    QCOMPARE(plan.step(), Plan::Step::LastLook);
    QVERIFY2(timer.elapsed() < 30'000, "next() walks the parts");
}

QTEST_GUILESS_MAIN(TestMultipartPlan)
#include "test_multipart_plan.moc"
