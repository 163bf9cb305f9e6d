#pragma once

#include "core/journal/Journal.h"

#include <QTest>

#include <functional>
#include <optional>
#include <tuple>

// Records with every field set, their comparison field by field, and waiting for a journal's answer.

namespace packmule::samples {

inline WallTime at(qint64 ms)
{
    return WallTime(Milliseconds(ms));
}

inline TransferRecord transfer(TransferId id, TransferState state = TransferState::Queued)
{
    TransferRecord t;
    t.id = id;
    t.run = 7;
    t.connectionId = "connection";
    t.sourcePath = "/home/me/f\xff\nile";
    t.source = {.device = 0xfedcba9876543210ULL, .inode = ~0ULL, .size = ByteCount(1LL << 40), .modifiedNs = 1'700'000'000'123'456'789,
                .changedNs = 1'700'000'000'123'456'790, .isRacy = true};
    t.object = {"bucket", QByteArray("key\x01\xfe/") + QByteArray::number(id)};
    t.state = state;
    t.isPaused = true;
    t.position = 12;
    t.partSize = ByteCount(16 << 20);
    t.integrity = {.algorithm = ChecksumAlgorithm::Crc64Nvme, .signPayload = false};
    t.token = "00112233445566778899aabbccddeeff";
    t.uploadId = QByteArray("id\0with nul", 11);
    t.createStarted = at(1'700'000'000'001);
    t.abortDate = at(1'800'000'000'002);
    t.eTag = "etag-3";
    t.versionId = "v1";
    t.checksum = {.algorithm = ChecksumAlgorithm::Sha256, .rawBytes = QByteArray("\0\1\2", 3), .isComposite = true};
    t.isVerified = true;
    Error error = Error::make(ErrorKind::NoSuchBucket, QStringLiteral("kein Eimer ☂"));
    error.httpStatus = 404;
    error.s3Code = "NoSuchBucket";
    error.requestId = "r-1";
    error.retryAfter = Milliseconds(1500);
    error.osError = 5;
    t.error = error;
    t.ended = at(1'700'000'000'003);
    return t;
}

/// As small as a record may be: everything optional is absent.
inline TransferRecord bareTransfer(TransferId id, TransferState state = TransferState::Queued)
{
    TransferRecord t;
    t.id = id;
    t.run = 1;
    t.connectionId = "c";
    t.sourcePath = "/f";
    t.object = {"b", QByteArray::number(id)};
    t.state = state;
    return t;
}

inline PartRecord part(TransferId transfer, int number)
{
    return {.transfer = transfer,
            .partNumber = *PartNumber::from(number),
            .size = ByteCount(5 << 20),
            .checksum = {.algorithm = ChecksumAlgorithm::Crc32c, .rawBytes = QByteArray("\0\xff\0\1", 4), .isComposite = false},
            .eTag = "part-etag"};
}

inline bool isSame(const std::optional<Error> &a, const std::optional<Error> &b)
{
    if (!a || !b)
        return !a && !b;
    return std::tie(a->kind, a->detail, a->httpStatus, a->s3Code, a->requestId, a->retryAfter, a->osError)
        == std::tie(b->kind, b->detail, b->httpStatus, b->s3Code, b->requestId, b->retryAfter, b->osError);
}

inline bool isSame(const TransferRecord &a, const TransferRecord &b)
{
    const auto source = [](const SourceIdentity &s) {
        return std::tie(s.device, s.inode, s.size, s.modifiedNs, s.changedNs, s.isRacy);
    };
    return std::tie(a.id, a.run, a.connectionId, a.sourcePath, a.object, a.state, a.isPaused, a.position, a.partSize,
                    a.integrity, a.token, a.uploadId, a.createStarted, a.abortDate, a.eTag, a.versionId, a.checksum,
                    a.isVerified, a.ended)
        == std::tie(b.id, b.run, b.connectionId, b.sourcePath, b.object, b.state, b.isPaused, b.position, b.partSize,
                    b.integrity, b.token, b.uploadId, b.createStarted, b.abortDate, b.eTag, b.versionId, b.checksum,
                    b.isVerified, b.ended)
        && source(a.source) == source(b.source) && isSame(a.error, b.error);
}

inline bool isSame(const PartRecord &a, const PartRecord &b)
{
    return std::tie(a.transfer, a.partNumber, a.size, a.checksum, a.eTag)
        == std::tie(b.transfer, b.partNumber, b.size, b.checksum, b.eTag);
}

/// Starts a call and runs the event loop until it has answered.
template<typename T>
Result<T> answerOf(const std::function<CallHandle(std::function<void(Result<T>)>)> &start)
{
    std::optional<Result<T>> answer;
    const CallHandle handle = start([&](Result<T> result) { answer = std::move(result); });
    if (!QTest::qWaitFor([&] { return answer.has_value(); }, 20'000))
        return failure(ErrorKind::Stalled, QStringLiteral("no answer"));
    return *answer;
}

inline Result<void> commit(Journal &journal, const JournalBatch &batch)
{
    return answerOf<void>([&](auto done) { return journal.commit(batch, done); });
}

inline Result<JournalContents> load(Journal &journal)
{
    return answerOf<JournalContents>([&](auto done) { return journal.load(done); });
}

inline Result<QList<PartRecord>> parts(Journal &journal, TransferId transfer)
{
    return answerOf<QList<PartRecord>>([&](auto done) { return journal.loadParts(transfer, done); });
}

inline QList<TransferId> idsOf(const Result<QList<TransferRecord>> &transfers)
{
    QList<TransferId> ids;
    for (const TransferRecord &transfer : transfers.value_or(QList<TransferRecord>()))
        ids.append(transfer.id);
    return ids;
}

inline QList<ListedTransfer> listed(Journal &journal, int offset, int limit)
{
    const auto page = answerOf<QList<ListedTransfer>>([&](auto done) { return journal.loadList(offset, limit, done); });
    return page.value_or(QList<ListedTransfer>());
}

inline QList<TransferId> newest(Journal &journal, int offset, int limit)
{
    QList<TransferId> ids;
    for (const ListedTransfer &row : listed(journal, offset, limit))
        ids.append(row.transfer.id);
    return ids;
}

inline QList<TransferId> finished(Journal &journal, RunId run, TransferId after, int limit)
{
    return idsOf(
        answerOf<QList<TransferRecord>>([&](auto done) { return journal.loadFinished(run, after, limit, done); }));
}

inline bool closeAndWait(Journal &journal)
{
    bool isClosed = false;
    journal.close([&] { isClosed = true; });
    return QTest::qWaitFor([&] { return isClosed; }, 20'000);
}

}  // namespace packmule::samples
