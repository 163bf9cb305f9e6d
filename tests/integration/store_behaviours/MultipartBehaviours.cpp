#include "tests/integration/store_behaviours/MultipartBehaviours.h"

#include "core/integrity/Digest.h"

#include <QTest>

namespace packmule {

namespace {

constexpr int kPartSize = 5 << 20;  // the least that S3 takes for any part but the last

using Numbers = QList<int>;

QByteArray joinedNumbers(const PartPage &page)
{
    QByteArray text;
    for (const StoredPart &part : page.parts)
        text += (text.isEmpty() ? "" : " ") + QByteArray::number(part.partNumber.value());
    return text;
}

/// MD5 of the parts' MD5s, and their count.
QByteArray multipartETag(const QList<QByteArray> &bodies)
{
    QByteArray sums;
    for (const QByteArray &body : bodies)
        sums += md5(body);
    return md5(sums).toHex() + '-' + QByteArray::number(bodies.size());
}

QByteArray ofTwo(ChecksumAlgorithm algorithm, const QByteArray &one, const QByteArray &two)
{
    if (algorithm == ChecksumAlgorithm::Sha256)
        return sha256(QByteArray(digestOf(algorithm, one) + digestOf(algorithm, two)));
    return combineCrc(algorithm, digestOf(algorithm, one), digestOf(algorithm, two), ByteCount(two.size()));
}

void addAlgorithms()
{
    QTest::addColumn<ChecksumAlgorithm>("algorithm");
    QTest::newRow("CRC64NVME") << ChecksumAlgorithm::Crc64Nvme;
    QTest::newRow("CRC32C") << ChecksumAlgorithm::Crc32c;
    QTest::newRow("CRC32") << ChecksumAlgorithm::Crc32;
    QTest::newRow("SHA256") << ChecksumAlgorithm::Sha256;
}

/// "a-1 a-2" and so on: the object by the names of the bodies that it is made of.
QByteArray namedBodies(const QByteArray &object, const std::map<QByteArray, QByteArray> &names)
{
    QByteArray text;
    for (qsizetype at = 0; at < object.size();) {
        const auto found = std::ranges::find_if(names, [&](const auto &entry) {
            return QByteArrayView(object).sliced(at).startsWith(entry.second);
        });
        if (found == names.end())
            return text + " strange bytes";
        text += (text.isEmpty() ? "" : " ") + found->first;
        at += found->second.size();
    }
    return text;
}

}  // namespace

void MultipartBehaviours::initTestCase()
{
    m_one = randomBytes(kPartSize);
    m_two = randomBytes(kPartSize);
    m_last = randomBytes(1000);
}

void MultipartBehaviours::partsBecomeOneObject()
{
    UploadStory upload(m_store, "multipart/film.bin");
    BEHAVES("multipart: create", answerOf(upload.created()), "ok");
    BEHAVES("multipart: parts out of order", answerOf(upload.send(3, m_last)), "ok");
    const auto receipt = upload.send(1, m_one);
    BEHAVES("multipart: part", answerOf(receipt), "ok");
    BEHAVES("multipart: ETag of a part", receipt->eTag, md5(m_one).toHex());
    QVERIFY(upload.send(2, m_two));

    const auto page = upload.list();
    BEHAVES("multipart: list parts", answerOf(page), "ok");
    QCOMPARE(joinedNumbers(*page), QByteArray("1 2 3"));
    QCOMPARE(page->parts[0].size, ByteCount(kPartSize));
    QCOMPARE(page->parts[0].eTag, receipt->eTag);
    QCOMPARE(page->parts[2].size, ByteCount(1000));
    QVERIFY(!page->nextMarker);

    const auto completed = upload.complete();
    BEHAVES("multipart: complete", answerOf(completed), "ok");
    BEHAVES("multipart: ETag", completed->eTag, multipartETag({m_one, m_two, m_last}));
    const auto fetched = m_store.get("multipart/film.bin");
    QVERIFY(fetched);
    QVERIFY(fetched->bytes == m_one + m_two + m_last);
    QCOMPARE(fetched->head.eTag, completed->eTag);
    const auto left = m_store.uploads("multipart/film.bin");
    QVERIFY(left);
    BEHAVES("multipart: uploads left", QByteArray::number(left->uploads.size()), "0");
}

void MultipartBehaviours::partNumbersMayHaveGaps()
{
    UploadStory upload(m_store, "multipart/gaps.bin");
    QVERIFY(upload.send(7, m_one));
    BEHAVES("multipart: part 10000", answerOf(upload.send(10'000, m_last)), "ok");
    BEHAVES("multipart: gaps", answerOf(upload.complete()), "ok");
    QVERIFY(m_store.contentOf("multipart/gaps.bin") == m_one + m_last);
}

void MultipartBehaviours::checksumsGoThroughAWholeUpload_data()
{
    addAlgorithms();
}

void MultipartBehaviours::checksumsGoThroughAWholeUpload()
{
    QFETCH(ChecksumAlgorithm, algorithm);
    const QByteArray behaviour = QByteArray("multipart with ") + QTest::currentDataTag();
    UploadStory upload(m_store, behaviour, algorithm);
    BEHAVES(behaviour, answerOf(upload.created()), "ok");
    const auto first = upload.send(1, m_one);
    BEHAVES(behaviour + ": part", answerOf(first), "ok");
    QVERIFY(upload.send(2, m_last));
    const Checksum whole{.algorithm = algorithm, .rawBytes = ofTwo(algorithm, m_one, m_last),
                         .isComposite = algorithm == ChecksumAlgorithm::Sha256};
    const QByteArray told = whoTold(upload, *first, whole);
    const QByteArray type = whole.isComposite ? "composite" : "full object";
    BEHAVES(behaviour + ": told by", told, "Create, UploadPart, ListParts, Complete, HeadObject as " + type);
}

QByteArray MultipartBehaviours::whoTold(UploadStory &upload, const PartReceipt &first, const Checksum &whole)
{
    QList<QByteArray> told;
    if (upload.created()->checksumEchoed)
        told.append("Create");
    if (first.checksumEchoed)
        told.append("UploadPart");
    const auto page = upload.list();
    if (page && page->parts.size() == 2 && page->parts[0].checksum == upload.parts()[0].checksum)
        told.append("ListParts");
    const auto completed = upload.complete(whole);
    if (!completed)
        return "Complete " + refusalOf(completed.error());
    if (completed->checksum.rawBytes == whole.rawBytes)
        told.append("Complete");
    const auto head = m_store.head(upload.key());
    if (!head)
        return "HeadObject " + refusalOf(head.error());
    if (head->checksum.rawBytes == whole.rawBytes)
        told.append(head->checksum.isComposite ? "HeadObject as composite" : "HeadObject as full object");
    else if (!head->checksum.isEmpty())
        told.append("HeadObject with another");
    return told.isEmpty() ? QByteArray("nothing") : told.join(", ");
}

void MultipartBehaviours::aWrongChecksumOfAPartIsRefused_data()
{
    addAlgorithms();
}

void MultipartBehaviours::aWrongChecksumOfAPartIsRefused()
{
    QFETCH(ChecksumAlgorithm, algorithm);
    const QByteArray behaviour = QByteArray("multipart with a part's wrong ") + QTest::currentDataTag();
    UploadStory upload(m_store, behaviour, algorithm);
    const QByteArray answer = answerOf(upload.send(1, m_last, true));
    const auto page = upload.list();
    QVERIFY(page);
    BEHAVES(behaviour, answer + (page->parts.isEmpty() ? ", no part there" : ", a part there"),
            "bodyMismatch 400 BadDigest, no part there");
    QVERIFY(upload.abort());
}

void MultipartBehaviours::aWrongChecksumOfTheObjectIsRefused_data()
{
    addAlgorithms();
}

void MultipartBehaviours::aWrongChecksumOfTheObjectIsRefused()
{
    QFETCH(ChecksumAlgorithm, algorithm);
    const QByteArray behaviour = QByteArray("complete with a wrong ") + QTest::currentDataTag();
    UploadStory upload(m_store, behaviour, algorithm);
    QVERIFY(upload.send(1, m_one));
    QVERIFY(upload.send(2, m_last));
    const Checksum wrong{.algorithm = algorithm, .rawBytes = ofTwo(algorithm, m_last, m_one),
                         .isComposite = algorithm == ChecksumAlgorithm::Sha256};
    const QByteArray answer = answerOf(upload.complete(wrong));
    BEHAVES(behaviour, answer + ", " + m_store.presenceOf(behaviour), "bodyMismatch 400 BadDigest, nothing there");
}

void MultipartBehaviours::ofAPartSentTwiceTheLastOneCounts_data()
{
    QTest::addColumn<bool>("isSame");
    QTest::newRow("other bytes") << false;
    QTest::newRow("the same bytes") << true;
}

void MultipartBehaviours::ofAPartSentTwiceTheLastOneCounts()
{
    QFETCH(bool, isSame);
    const QByteArray behaviour = QByteArray("resend: ") + QTest::currentDataTag();
    const QByteArray again = isSame ? m_last : randomBytes(700);
    UploadStory upload(m_store, behaviour);
    QVERIFY(upload.send(1, m_one));
    QVERIFY(upload.send(2, m_last));
    BEHAVES(behaviour, answerOf(upload.send(2, again)), "ok");
    const auto page = upload.list();
    QVERIFY(page);
    QCOMPARE(joinedNumbers(*page), QByteArray("1 2"));
    QCOMPARE(page->parts[1].size, ByteCount(again.size()));
    QCOMPARE(page->parts[1].eTag, md5(again).toHex());
    BEHAVES(behaviour + ": complete", answerOf(upload.complete()), "ok");
    QVERIFY(m_store.contentOf(behaviour) == m_one + again);
}

void MultipartBehaviours::partsMayBeSentAgain_data()
{
    QTest::addColumn<Numbers>("again");
    QTest::addColumn<QByteArray>("made");
    // Part numbers one higher than the indexes that the row names.
    QTest::newRow("[0]") << Numbers{1} << QByteArray("new-1 old-2 old-3");
    QTest::newRow("[1]") << Numbers{2} << QByteArray("old-1 new-2 old-3");
    QTest::newRow("[2]") << Numbers{3} << QByteArray("old-1 old-2 new-3");
    QTest::newRow("[1,2]") << Numbers{2, 3} << QByteArray("old-1 new-2 new-3");
    QTest::newRow("[all]") << Numbers{1, 2, 3} << QByteArray("new-1 new-2 new-3");
}

void MultipartBehaviours::partsMayBeSentAgain()
{
    QFETCH(Numbers, again);
    QFETCH(QByteArray, made);
    std::map<QByteArray, QByteArray> bodies{{"old-1", m_one}, {"old-2", m_two}, {"old-3", m_last},
                                            {"new-1", m_two}, {"new-2", m_one}, {"new-3", m_last}};
    for (auto &[name, body] : bodies)
        body.prepend(name);  // none begins with another
    const QByteArray behaviour = QByteArray("resend ") + QTest::currentDataTag();
    UploadStory upload(m_store, behaviour);
    for (int number = 1; number <= 3; ++number)
        QVERIFY(upload.send(number, bodies.at("old-" + QByteArray::number(number))));
    for (const int number : again)
        BEHAVES(behaviour, answerOf(upload.send(number, bodies.at("new-" + QByteArray::number(number)))), "ok");
    BEHAVES(behaviour + ": complete", answerOf(upload.complete()), "ok");
    BEHAVES(behaviour + ": the object", namedBodies(m_store.contentOf(behaviour), bodies), made);
}

void MultipartBehaviours::aCompleteThatCannotBeIsRefusedAndSpoilsNothing_data()
{
    QTest::addColumn<QByteArray>("refusal");
    QTest::newRow("missing part") << QByteArray("invalidPart 400 InvalidPart");
    QTest::newRow("wrong ETag") << QByteArray("invalidPart 400 InvalidPart");
    QTest::newRow("wrong order") << QByteArray("invalidPart 400 InvalidPartOrder");
    QTest::newRow("part named twice") << QByteArray("invalidPart 400 InvalidPartOrder");
    QTest::newRow("no parts") << QByteArray("serviceRefused 400 MalformedXML");
    QTest::newRow("wrong object size") << QByteArray("serviceRefused 400 InvalidRequest");
}

void MultipartBehaviours::aCompleteThatCannotBeIsRefusedAndSpoilsNothing()
{
    QFETCH(QByteArray, refusal);
    const QByteArray tag = QTest::currentDataTag();
    const QByteArray behaviour = "complete: " + tag;
    UploadStory upload(m_store, behaviour);
    QVERIFY(upload.send(1, m_one));
    QVERIFY(upload.send(2, m_two));
    const StoredPart one = upload.parts()[0], two = upload.parts()[1];
    StoredPart missing = two, strange = two;
    missing.partNumber = *PartNumber::from(3);
    strange.eTag = md5("other bytes").toHex();
    const std::map<QByteArray, QList<StoredPart>> lists{
        {"missing part", {one, two, missing}}, {"wrong ETag", {one, strange}}, {"wrong order", {two, one}},
        {"part named twice", {one, one, two}}, {"no parts", {}},               {"wrong object size", {one, two}}};
    const ByteCount size{tag == "wrong object size" ? 1'000 : 2 * kPartSize};
    const CompleteRequest request{.parts = lists.at(tag), .objectSize = size, .objectChecksum = {}};
    const QByteArray answer = answerOf(upload.completeAs(request));
    BEHAVES(behaviour, answer + ", " + m_store.presenceOf(behaviour), refusal + ", nothing there");
    BEHAVES(behaviour + ": then the right one", answerOf(upload.complete()), "ok");
    BEHAVES(behaviour + ": then the object",
            namedBodies(m_store.contentOf(behaviour), {{"one", m_one}, {"two", m_two}}), "one two");
}

void MultipartBehaviours::partsTooSmallAreRefusedAtTheEnd()
{
    UploadStory upload(m_store, "multipart/too-small.bin");
    QVERIFY(upload.send(1, m_last));
    QVERIFY(upload.send(2, m_last));
    BEHAVES("complete: part too small", answerOf(upload.complete()), "partTooSmall 400 EntityTooSmall");
    BEHAVES("complete: part too small: then a large one", answerOf(upload.send(1, m_one)), "ok");
    BEHAVES("complete: part too small: then the right one", answerOf(upload.complete()), "ok");
}

void MultipartBehaviours::theSameCompleteAgainIsAnsweredAgain()
{
    UploadStory upload(m_store, "multipart/twice.bin");
    QVERIFY(upload.send(1, m_one));
    QVERIFY(upload.send(2, m_last));
    const auto first = upload.complete();
    QVERIFY(first);
    const auto second = upload.complete();
    BEHAVES("complete again", answerOf(second), "ok");
    const QByteArray eTag = !second ? "none" : second->eTag.isEmpty() ? "empty" : second->eTag == first->eTag ? "the same" : "another";
    BEHAVES("complete again: ETag", eTag, "the same");
    QVERIFY(m_store.contentOf("multipart/twice.bin") == m_one + m_last);
}

void MultipartBehaviours::aCompletedUploadIsNoUploadAnyMore()
{
    UploadStory upload(m_store, "multipart/over.bin");
    QVERIFY(upload.send(1, m_last));
    QVERIFY(upload.complete());
    BEHAVES("after complete: list parts", answerOf(upload.list()), "noSuchUpload 404 NoSuchUpload");
    BEHAVES("after complete: part", answerOf(upload.send(2, m_last)), "noSuchUpload 404 NoSuchUpload");
    BEHAVES("after complete: abort", answerOf(upload.abort()), "noSuchUpload 404 NoSuchUpload");
    BEHAVES("after complete: what is there", m_store.contentOf("multipart/over.bin") == m_last ? "the object" : "something else", "the object");
}

void MultipartBehaviours::anAbortedUploadIsGone()
{
    UploadStory upload(m_store, "multipart/aborted.bin");
    QVERIFY(upload.send(1, m_last));
    BEHAVES("abort", answerOf(upload.abort()), "ok");
    BEHAVES("after abort: list parts", answerOf(upload.list()), "noSuchUpload 404 NoSuchUpload");
    BEHAVES("after abort: part", answerOf(upload.send(1, m_last)), "noSuchUpload 404 NoSuchUpload");
    BEHAVES("after abort: complete", answerOf(upload.complete()), "noSuchUpload 404 NoSuchUpload");
    BEHAVES("abort again", answerOf(upload.abort()), "noSuchUpload 404 NoSuchUpload");
    BEHAVES("after abort: head", m_store.presenceOf("multipart/aborted.bin"), "nothing there");
    const auto left = m_store.uploads("multipart/aborted.bin");
    QVERIFY(left);
    BEHAVES("after abort: uploads", QByteArray::number(left->uploads.size()), "0");
}

void MultipartBehaviours::anUnknownUploadIsNamed()
{
    const QByteArray key = "multipart/unknown.bin", id = "2~no-such-upload";
    const PartAddress part{.object = m_store.address(key), .uploadId = id};
    const StoredPart invented{.size = ByteCount(4), .eTag = md5("body").toHex(), .checksum = {}};
    BEHAVES("unknown upload: part", answerOf(m_store.sendPart(part, "body", {})), "noSuchUpload 404 NoSuchUpload");
    BEHAVES("unknown upload: list parts", answerOf(m_store.parts(key, id)), "noSuchUpload 404 NoSuchUpload");
    BEHAVES("unknown upload: complete",
            answerOf(m_store.complete(key, id, {.parts = {invented}, .objectSize = ByteCount(4), .objectChecksum = {}})),
            "noSuchUpload 404 NoSuchUpload");
    BEHAVES("unknown upload: abort", answerOf(m_store.abort(key, id)), "noSuchUpload 404 NoSuchUpload");
}

void MultipartBehaviours::anUploadBelongsToItsKey()
{
    UploadStory upload(m_store, "multipart/mine.bin");
    QVERIFY(upload.send(1, m_last));
    BEHAVES("another key's upload: list parts", answerOf(m_store.parts("multipart/other.bin", upload.id())), "noSuchUpload 404 NoSuchUpload");
    BEHAVES("another key's upload: complete",
            answerOf(m_store.complete("multipart/other.bin", upload.id(),
                                      {.parts = upload.parts(), .objectSize = ByteCount(m_last.size()), .objectChecksum = {}})),
            "noSuchUpload 404 NoSuchUpload");
    BEHAVES("another key's upload: abort", answerOf(m_store.abort("multipart/other.bin", upload.id())), "noSuchUpload 404 NoSuchUpload");
    BEHAVES("another key's upload: its own complete", answerOf(upload.complete()), "ok");
}

void MultipartBehaviours::theOldObjectStandsUntilComplete()
{
    const QByteArray key = "multipart/replaced.bin";
    QVERIFY(m_store.put(key, "the old object"));
    UploadStory upload(m_store, key);
    QVERIFY(upload.send(1, m_last));
    BEHAVES("upload over an object: before complete", m_store.contentOf(key), "the old object");
    UploadStory given(m_store, key);
    QVERIFY(given.send(1, "never meant to last"));
    QVERIFY(given.abort());
    BEHAVES("upload over an object: after the abort of another", m_store.contentOf(key), "the old object");
    QVERIFY(upload.complete());
    BEHAVES("upload over an object: after complete", m_store.contentOf(key) == m_last ? "the new object" : "something else", "the new object");
}

void MultipartBehaviours::aCompleteThatMustNotOverwriteDoesNot()
{
    const QByteArray key = "multipart/once.bin";
    UploadStory first(m_store, key);
    QVERIFY(first.send(1, m_last));
    BEHAVES("complete If-None-Match: nothing there", answerOf(first.complete({}, true)), "ok");
    UploadStory second(m_store, key);
    QVERIFY(second.send(1, "the second"));
    BEHAVES("complete If-None-Match: an object there", answerOf(second.complete({}, true)), "preconditionFailed 412 PreconditionFailed");
    BEHAVES("complete If-None-Match: what is there", m_store.contentOf(key) == m_last ? "the first" : "something else", "the first");
}

void MultipartBehaviours::partsAreListedInPages()
{
    UploadStory upload(m_store, "multipart/pages.bin");
    for (const int number : {1, 2, 5, 9, 100})
        QVERIFY(upload.send(number, "part " + QByteArray::number(number)));
    QByteArray pages;
    int marker = 0;
    for (int page = 0; page < 5; ++page) {
        const auto listed = upload.list(marker, 2);
        BEHAVES("list parts: pages of two", answerOf(listed), "ok");
        pages += (pages.isEmpty() ? "" : ", ") + joinedNumbers(*listed);
        if (!listed->nextMarker)
            break;
        marker = *listed->nextMarker;
    }
    BEHAVES("list parts: what the pages hold", pages, "1 2, 5 9, 100");
    const auto behind = upload.list(100, 2);
    QVERIFY(behind);
    BEHAVES("list parts: behind the last", joinedNumbers(*behind), "");
    QVERIFY(upload.abort());
}

void MultipartBehaviours::theClientTokenComesBack()
{
    const QByteArray token = randomBytes(16).toHex();
    UploadStory upload(m_store, "multipart/token.bin", ChecksumAlgorithm::None,
                       settingsWith("video/x-test", {{kTokenMetadataName, token}}));
    QVERIFY(upload.send(1, m_last));
    QVERIFY(upload.complete());
    const auto head = m_store.head("multipart/token.bin");
    QVERIFY(head);
    const bool isBack = head->metadata.contains(std::pair<QByteArray, QByteArray>(kTokenMetadataName, token));
    BEHAVES("multipart: client token", isBack ? "the same" : "none", "the same");
    BEHAVES("multipart: content type", head->contentType, "video/x-test");
}

}  // namespace packmule
