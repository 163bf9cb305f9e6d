#pragma once

#include "core/integrity/Digest.h"
#include "core/transfer/EndpointHealth.h"
#include "core/transfer/PartSlots.h"
#include "core/transfer/Uploader.h"
#include "tests/support/fakes/FakeJournal.h"
#include "tests/support/fakes/FakeObjectStore.h"
#include "tests/support/fakes/FakePartHasher.h"
#include "tests/support/fakes/FakeSourceFile.h"

#include <QTest>

namespace packmule {

/// One file, one store, one journal, and an uploader between them that can be killed and started again.
struct UploadBench {
    CryptoLibrary crypto;
    FakeClock clock;
    FakeScheduler scheduler{clock};
    FakeObjectStore store{scheduler};
    FakeJournal journal{scheduler};
    FakePartHasher hasher{scheduler};
    PartSlots slots{clock, scheduler};
    StoreLimits limits;
    std::shared_ptr<FakeSourceFile> source;
    std::optional<Error> openError;
    PutOptions options;
    TransferRecord record;
    qint64 nextOrphan = 1;
    std::unique_ptr<EndpointHealth> health;
    Outage credentials{WaitReason::Credentials, std::chrono::minutes(1), clock, scheduler};
    std::unique_ptr<Uploader> uploader;
    QList<TransferEventBody> events;
    std::optional<UploadOutcome> outcome;

    /// @param size of the file; parts have 10 bytes, so 20 and more go by multipart.
    explicit UploadBench(qsizetype size) : source(std::make_shared<FakeSourceFile>(patternBytes(size)))
    {
        limits.minPartSize = ByteCount(1);
        options.partSize = ByteCount(10);
        record.id = 1;
        record.connectionId = "c";
        record.sourcePath = source->path();
        record.source = source->identity();
        record.object = {"b", "dir/key"};
        journal.transfers[1] = record;
        makeHealth();
    }

    void makeHealth()
    {
        const auto known = journal.endpoints.find("https://s3");
        EndpointRecord endpoint;
        endpoint.endpointUrl = "https://s3";
        health = std::make_unique<EndpointHealth>(known == journal.endpoints.end() ? endpoint : known->second, store.encrypted, true,
                                                  journal, clock, scheduler);
    }
    UploadContext context()
    {
        const auto open = [this](const QByteArray &, bool) -> Result<std::shared_ptr<SourceFile>> {
            if (openError)
                return std::unexpected(*openError);
            auto opened = std::make_shared<FakeSourceFile>(*source);
            opened->reopen();
            source = opened;  // what the test changes is what the uploader has open
            return std::static_pointer_cast<SourceFile>(opened);
        };
        return {.store = store, .limits = limits, .journal = journal, .slots = slots, .hasher = hasher, .health = *health,
                .credentials = credentials, .clock = clock, .scheduler = scheduler, .newOrphanId = [this] { return nextOrphan++; }, .openSource = open};
    }
    void start()
    {
        outcome.reset();
        uploader = makeUploader(context(), record, options,
                                {.onEvent = [this](TransferEventBody event) { events.append(std::move(event)); },
                                 .onFinished = [this](UploadOutcome ended) { outcome = std::move(ended); }});
        uploader->start();
    }
    /// Until the uploader ends, at most a day of fake time. @return it ended.
    bool run()
    {
        const bool ended = scheduler.runUntil([this] { return outcome.has_value(); });
        scheduler.advance(Milliseconds{250});  // rows that nobody waits for reach the disk
        return ended;
    }
    bool upload()
    {
        start();
        return run();
    }
    /// The process dies: what the journal has on disk is all that is known.
    void crash()
    {
        uploader.reset();
        journal.crash();
        scheduler.runDue();  // requests that land although nobody listens any more
        record = journal.transfers[1];
        makeHealth();
    }

    template<typename T>
    QList<T> all() const
    {
        QList<T> found;
        for (const TransferEventBody &event : events) {
            if (const T *match = std::get_if<T>(&event))
                found.append(*match);
        }
        return found;
    }
    bool hasNotice(const QString &words) const
    {
        return std::ranges::any_of(all<NoticeEvent>(), [&](const NoticeEvent &notice) { return notice.text.contains(words); });
    }
    QByteArray stored() const
    {
        const FakeObject *object = store.model.object(record.object);
        return object ? object->content : QByteArray("(no object)");
    }
    QByteArray storedMetadata(const QByteArray &name) const
    {
        const FakeObject *object = store.model.object(record.object);
        for (const auto &[key, value] : object ? object->settings.metadata : decltype(object->settings.metadata){}) {
            if (key == name)
                return value;
        }
        return {};
    }
};

inline FakeAnswer lost(ErrorKind kind = ErrorKind::ConnectionLost)
{
    FakeAnswer answer;
    answer.error = Error::make(kind, QStringLiteral("scripted"));
    answer.isExecuted = true;
    return answer;
}

inline FakeAnswer failing(ErrorKind kind)
{
    FakeAnswer answer = lost(kind);
    answer.isExecuted = false;
    return answer;
}

/// The service's own word that the credentials have expired.
inline FakeAnswer expired()
{
    FakeAnswer answer = failing(ErrorKind::CredentialsExpired);
    answer.error->httpStatus = 400;
    answer.error->s3Code = "ExpiredToken";
    return answer;
}

/// I1, I2 and I9: the object is the file, nothing is left over, and the journal says so.
#define VERIFY_DONE(bench)                                                     \
    do {                                                                       \
        QVERIFY((bench).outcome.has_value());                                  \
        QCOMPARE((bench).outcome->end, UploadOutcome::End::Done);              \
        QCOMPARE((bench).stored(), (bench).source->content());                 \
        QVERIFY((bench).store.model.uploads.empty());                          \
        QCOMPARE((bench).journal.transfers[1].state, TransferState::Done);     \
        QVERIFY((bench).journal.orphans.empty());                              \
    } while (false)

}  // namespace packmule
