#include "tests/integration/store_behaviours/KeyBehaviours.h"

#include "core/base/Redaction.h"
#include "core/integrity/Digest.h"
#include "core/s3/S3Requests.h"

#include <QTest>

#include <algorithm>

namespace packmule {

namespace {

QByteArray shown(const QByteArray &key)
{
    return displayName(key.left(40)).toUtf8();
}

/// Empty if `key` is among them, else what is there in its place.
template<typename List, typename KeyOf>
QByteArray objectionToList(const List &list, const QByteArray &key, KeyOf keyOf)
{
    if (std::ranges::any_of(list, [&](const auto &entry) { return keyOf(entry) == key; }))
        return {};
    return list.isEmpty() ? QByteArray("nothing") : "reads " + shown(keyOf(list.first()));
}

}  // namespace

QByteArray KeyBehaviours::lifeAsObject(const QByteArray &key)
{
    const QByteArray body = "object " + key;
    if (const auto stored = m_store.put(key, body); !stored)
        return "put " + refusalOf(stored.error());
    QList<QByteArray> objections;
    if (const auto head = m_store.head(key); !head)
        objections.append("head " + refusalOf(head.error()));
    if (const auto fetched = m_store.get(key); !fetched || fetched->bytes != body)
        objections.append("get " + (fetched ? QByteArray("other bytes") : refusalOf(fetched.error())));
    const auto page = m_store.objects(key);
    const QByteArray listed =
        page ? objectionToList(page->objects, key, [](const ObjectSummary &object) { return object.key; }) : refusalOf(page.error());
    if (!listed.isEmpty())
        objections.append("list " + listed);
    if (const auto removed = m_store.remove(key); !removed)
        objections.append("delete " + refusalOf(removed.error()));
    if (m_store.head(key))
        objections.append("still there when deleted");
    return objections.join(", ");
}

QByteArray KeyBehaviours::lifeAsUpload(const QByteArray &key)
{
    const QByteArray body = "upload " + key;
    UploadStory upload(m_store, key);
    if (!upload.created())
        return "create " + refusalOf(upload.created().error());
    QList<QByteArray> objections;
    const auto page = m_store.uploads(key);
    const QByteArray listed =
        page ? objectionToList(page->uploads, key, [](const UnfinishedUpload &found) { return found.object.key; }) : refusalOf(page.error());
    if (!listed.isEmpty())
        objections.append("list uploads " + listed);
    if (const auto sent = upload.send(1, body); !sent)
        objections.append("part " + refusalOf(sent.error()));
    if (const auto completed = upload.complete(); !completed)
        objections.append("complete " + refusalOf(completed.error()));
    if (m_store.contentOf(key) != body)
        objections.append("other bytes");
    return objections.join(", ");
}

QByteArray KeyBehaviours::lifeOf(const QByteArray &key)
{
    const QByteArray asObject = lifeAsObject(key), asUpload = lifeAsUpload(key);
    QList<QByteArray> lives;
    if (!asObject.isEmpty())
        lives.append("object: " + asObject);
    if (!asUpload.isEmpty())
        lives.append("upload: " + asUpload);
    return lives.isEmpty() ? QByteArray("kept") : lives.join("; ");
}

void KeyBehaviours::aKeyIsKeptByteForByte_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("space") << QByteArray("key/a b  c.txt");
    QTest::newRow("leading and trailing space") << QByteArray(" key/both ");
    QTest::newRow("plus") << QByteArray("key/a+b+c");
    QTest::newRow("percent") << QByteArray("key/100%");
    QTest::newRow("percent-encoded") << QByteArray("key/a%20b%2Fc%41");
    QTest::newRow("ampersand and equals") << QByteArray("key/a&b=c&amp;d");
    QTest::newRow("question mark") << QByteArray("key/what?uploads&x=y");
    QTest::newRow("hash") << QByteArray("key/#1#fragment");
    QTest::newRow("semicolon, colon, comma") << QByteArray("key/a;b:c,d");
    QTest::newRow("angle brackets") << QByteArray("key/<Key>a</Key>");
    QTest::newRow("quotes") << QByteArray("key/\"a\" 'b' `c`");
    QTest::newRow("backslash") << QByteArray("key\\a\\b");
    QTest::newRow("tilde and the rest of ASCII") << QByteArray("key/~!@$^*()[]{}|-_.");
    QTest::newRow("trailing slash") << QByteArray("key/folder/");
    QTest::newRow("leading slash") << QByteArray("/key/absolute");
    QTest::newRow("double slash") << QByteArray("key//a///b");
    QTest::newRow("dot-prefixed names") << QByteArray(".key/..a/...b/.c.");
    QTest::newRow("umlauts") << QByteArray("key/Gr\xC3\xBC\xC3\x9F" "e aus K\xC3\xB6ln.txt");
    QTest::newRow("several scripts") << QByteArray("key/日本語/Привет/שלום");
    QTest::newRow("emoji") << QByteArray("key/\xF0\x9F\x90\xB4\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7.jpg");
    QTest::newRow("1,024 bytes") << QByteArray("key/long/" + QByteArray(1015, 'k'));
    QTest::newRow("1,024 bytes of UTF-8") << QByteArray("key/long/" + QByteArray("\xE6\x97\xA5").repeated(338) + "k");
    QTest::newRow("control character 0x01") << QByteArray("key/a\x01" "b");
    QTest::newRow("newline") << QByteArray("key/two\nlines");
    QTest::newRow("carriage return and tab") << QByteArray("key/a\r\n\tb");
    QTest::newRow("delete character 0x7F") << QByteArray("key/a\x7F" "b");
}

void KeyBehaviours::aKeyIsKeptByteForByte()
{
    QFETCH(QByteArray, key);
    BEHAVES(QByteArray("key: ") + QTest::currentDataTag(), lifeOf(key), "kept");
}

void KeyBehaviours::composedAndDecomposedAreTwoKeys()
{
    const QByteArray composed = "key/nf/caf\xC3\xA9", decomposed = "key/nf/cafe\xCC\x81";
    QVERIFY(m_store.put(composed, "composed"));
    QVERIFY(m_store.put(decomposed, "decomposed"));
    BEHAVES("key: NFC", m_store.contentOf(composed), "composed");
    BEHAVES("key: NFD", m_store.contentOf(decomposed), "decomposed");
    const auto page = m_store.objects("key/nf/");
    QVERIFY(page);
    BEHAVES("key: NFC and NFD listed", QByteArray::number(page->objects.size()), "2");
}

void KeyBehaviours::aFolderAndItsMarkerAreTwoKeys()
{
    QVERIFY(m_store.put("key/marker", "file"));
    QVERIFY(m_store.put("key/marker/", {}));
    QVERIFY(m_store.put("key/marker/inside", "inside"));
    BEHAVES("key: a file", m_store.contentOf("key/marker"), "file");
    BEHAVES("key: a marker of its name", m_store.contentOf("key/marker/"), "");
    BEHAVES("key: a file inside", m_store.contentOf("key/marker/inside"), "inside");
}

void KeyBehaviours::aKeyTooLongIsRefused()
{
    // The product refuses such a key before it asks; so the store is asked behind its back.
    auto request = deleteObjectRequest(m_store.address("short"));
    QVERIFY(request);
    request->operation = S3Operation::PutObject;
    request->method = "PUT";
    request->key = QByteArray(1025, 'k');
    BEHAVES("key: 1,025 bytes", answerOf(m_store.ask(request)), "serviceRefused 400 KeyTooLongError");
}

}  // namespace packmule
