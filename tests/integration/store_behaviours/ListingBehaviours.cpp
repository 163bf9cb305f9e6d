#include "tests/integration/store_behaviours/ListingBehaviours.h"

#include "core/base/Redaction.h"
#include "core/integrity/Digest.h"

#include <QTest>

namespace packmule {

namespace {

constexpr int kMostPages = 10;  // a store whose pages never end shall not keep us

/// "a b c|folder/": keys without their prefix, then folders.
QByteArray pageText(const ObjectPage &page, const QByteArray &prefix)
{
    QList<QByteArray> keys, folders;
    for (const ObjectSummary &object : page.objects)
        keys.append(object.key.sliced(prefix.size()));
    for (const QByteArray &folder : page.commonPrefixes)
        folders.append(folder.sliced(prefix.size()));
    const QByteArray folded = folders.isEmpty() ? QByteArray() : QByteArray("|" + folders.join(' '));
    return keys.join(' ') + folded;
}

}  // namespace

QByteArray ListingBehaviours::objectPages(const QByteArray &prefix, const QByteArray &delimiter)
{
    QList<QByteArray> pages;
    QByteArray token;
    while (pages.size() < kMostPages) {
        const auto page = m_store.objects(prefix, delimiter, token, 2);
        if (!page)
            return refusalOf(page.error());
        pages.append(pageText(*page, prefix));
        token = page->nextToken;
        if (token.isEmpty())
            break;
    }
    return pages.join(" / ");
}

void ListingBehaviours::initTestCase()
{
    for (const char *key : {"a", "b", "b/1", "b/2", "c/1", "d"})
        QVERIFY(m_store.put(QByteArray("list/tree/") + key, key));
}

void ListingBehaviours::objectsAreListedInPages()
{
    BEHAVES("list: pages of two", objectPages("list/tree/", {}), "a b / b/1 b/2 / c/1 d");
}

void ListingBehaviours::objectsAreListedInTheOrderOfTheirBytes()
{
    // Bytes of UTF-8: U+FF5E comes before U+1F434, which UTF-16 would have the other way round.
    const QList<QByteArray> keys{"B", "Z", "_", "a", "~", "\xC3\xA9", "\xEF\xBD\x9E", "\xF0\x9F\x90\xB4"};
    for (qsizetype at = keys.size(); at > 0; --at)
        QVERIFY(m_store.put("list/order/" + keys[at - 1], "x"));
    const auto page = m_store.objects("list/order/");
    BEHAVES("list: order", answerOf(page), "ok");
    BEHAVES("list: order of bytes", pageText(*page, "list/order/"), keys.join(' '));
}

void ListingBehaviours::aPrefixSelects()
{
    const auto page = m_store.objects("list/tree/b");
    BEHAVES("list: prefix", answerOf(page), "ok");
    BEHAVES("list: what the prefix selects", pageText(*page, "list/tree/"), "b b/1 b/2");
}

void ListingBehaviours::aDelimiterFoldsFolders()
{
    const auto page = m_store.objects("list/tree/", "/");
    BEHAVES("list: delimiter", answerOf(page), "ok");
    BEHAVES("list: what the delimiter folds", pageText(*page, "list/tree/"), "a b d|b/ c/");
}

void ListingBehaviours::foldersAndObjectsShareThePages()
{
    BEHAVES("list: pages with a delimiter", objectPages("list/tree/", "/"), "a b / |b/ c/ / d");
}

void ListingBehaviours::aListedObjectIsDescribed()
{
    const auto page = m_store.objects("list/tree/b/1");
    QVERIFY(page);
    QCOMPARE(page->objects.size(), 1);
    QCOMPARE(page->objects[0].size, ByteCount(3));
    BEHAVES("list: ETag", page->objects[0].eTag, md5("b/1").toHex());
    QVERIFY(page->objects[0].lastModified != WallTime{});
}

void ListingBehaviours::aPrefixOfNothingListsNothing()
{
    const auto page = m_store.objects("list/nothing/");
    BEHAVES("list: nothing", answerOf(page), "ok");
    QVERIFY(page->objects.isEmpty());
    QVERIFY(page->nextToken.isEmpty());
}

void ListingBehaviours::uploadsAreListedInPages()
{
    for (const char *key : {"e", "d", "c", "b", "a"})
        QVERIFY(UploadStory(m_store, QByteArray("uploads/pages/") + key).created());
    QList<QByteArray> pages;
    QByteArray keyMarker, idMarker;
    while (pages.size() < kMostPages) {
        const auto page = m_store.uploads("uploads/pages/", keyMarker, idMarker, 2);
        BEHAVES("list uploads: page", answerOf(page), "ok");
        QByteArray text;
        for (const UnfinishedUpload &upload : page->uploads)
            text += upload.object.key.sliced(14);
        pages.append(text);
        keyMarker = page->nextKeyMarker;
        idMarker = page->nextUploadIdMarker;
        if (keyMarker.isEmpty())
            break;
    }
    BEHAVES("list uploads: pages of two", pages.join(" / "), "ab / cd / e");
}

void ListingBehaviours::uploadsOfOneKeyAreToldApart()
{
    QSet<QByteArray> begun, seen;
    for (int i = 0; i < 3; ++i)
        begun.insert(UploadStory(m_store, "uploads/same-key").id());
    QCOMPARE(begun.size(), 3);
    QByteArray keyMarker, idMarker;
    int pages = 0;
    for (; pages < kMostPages; ++pages) {
        const auto page = m_store.uploads("uploads/same-key", keyMarker, idMarker, 1);
        BEHAVES("list uploads: of one key", answerOf(page), "ok");
        for (const UnfinishedUpload &upload : page->uploads)
            seen.insert(upload.uploadId);
        keyMarker = page->nextKeyMarker;
        idMarker = page->nextUploadIdMarker;
        if (keyMarker.isEmpty())
            break;
    }
    BEHAVES("list uploads: of one key, in pages of one", QByteArray::number((seen & begun).size()) + " of 3", "3 of 3");
}

void ListingBehaviours::aPrefixSelectsUploads()
{
    UploadStory mine(m_store, "uploads/prefix/mine"), other(m_store, "uploads/prefix/other");
    const auto page = m_store.uploads("uploads/prefix/m");
    BEHAVES("list uploads: prefix", answerOf(page), "ok");
    QCOMPARE(page->uploads.size(), 1);
    QCOMPARE(page->uploads[0].object.key, mine.key());
    QCOMPARE(page->uploads[0].uploadId, mine.id());
    QVERIFY(page->uploads[0].initiated != WallTime{});
}

}  // namespace packmule
