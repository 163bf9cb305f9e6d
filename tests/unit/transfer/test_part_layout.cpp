#include "core/transfer/PartLayout.h"

#include <QTest>

using namespace packmule;
using namespace packmule::literals;

class TestPartLayout : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutsEveryByteExactlyOnce_data();
    void cutsEveryByteExactlyOnce();
    void choosesThePartSize_data();
    void choosesThePartSize();
    void refusesWhatNoPartSizeCanCarry_data();
    void refusesWhatNoPartSizeCanCarry();
    void keepsAFrozenPartSize();
};

namespace {

struct Size {
    const char *name;
    qint64 size;
    int parts;  // 0: one PutObject
};

constexpr qint64 kPart = 16LL << 20;

}  // namespace

void TestPartLayout::cutsEveryByteExactlyOnce_data()
{
    QTest::addColumn<qint64>("size");
    QTest::addColumn<int>("parts");
    const QList<Size> sizes = {
        {"empty", 0, 0}, {"one byte", 1, 0}, {"part - 1", kPart - 1, 0}, {"part", kPart, 0}, {"part + 1", kPart + 1, 0},
        {"2 parts - 1", 2 * kPart - 1, 0}, {"2 parts", 2 * kPart, 2}, {"2 parts + 1", 2 * kPart + 1, 3},
        {"7 parts", 7 * kPart, 7}, {"7 parts + 1", 7 * kPart + 1, 8},
        {"10,000 parts", 10'000 * kPart, 10'000}, {"10,000 parts + 1", 10'000 * kPart + 1, 9'412},
        {"5 TiB", 5LL << 40, 9'987}, {"48.8 TiB", 10'000LL * (5LL << 30), 10'000},
    };
    for (const Size &row : sizes)
        QTest::newRow(row.name) << row.size << row.parts;
}

void TestPartLayout::cutsEveryByteExactlyOnce()
{
    QFETCH(qint64, size);
    QFETCH(int, parts);
    const auto layout = PartLayout::plan(ByteCount(size), {}, StoreLimits{});
    QVERIFY(layout);
    QCOMPARE(layout->isMultipart(), parts > 0);
    QCOMPARE(layout->partCount(), std::max(parts, 1));
    const PartNumber last = PartNumber::fromIndex(layout->partCount() - 1);
    QCOMPARE(layout->offsetOf(last) + layout->sizeOf(last).value(), size);
    QVERIFY(parts == 0 || layout->sizeOf(last) > 0_B);
    QVERIFY(layout->sizeOf(last) <= layout->sizeOf(PartNumber::fromIndex(0)));
    QVERIFY(!layout->isPartSizeRaised());
}

void TestPartLayout::choosesThePartSize_data()
{
    QTest::addColumn<qint64>("size");
    QTest::addColumn<qint64>("asked");
    QTest::addColumn<int>("maxParts");
    QTest::addColumn<qint64>("minPartSize");
    QTest::addColumn<qint64>("expected");
    QTest::addColumn<bool>("isRaised");
    const qint64 mib = 1 << 20;
    const qint64 five = 5 * mib;
    QTest::newRow("as asked") << 100 * mib << 8 * mib << 10'000 << five << 8 * mib << false;
    QTest::newRow("odd as asked") << 100 * mib << five + 1 << 10'000 << five << five + 1 << false;
    QTest::newRow("just fits") << 10'000 * five << five << 10'000 << five << five << false;
    QTest::newRow("one byte too many") << 10'000 * five + 1 << five << 10'000 << five << 6 * mib << true;
    QTest::newRow("store with 1,000 parts") << 1'000 * five + 1 << five << 1'000 << five << 6 * mib << true;
    QTest::newRow("store with large parts") << 1'000 * mib << 8 * mib << 10'000 << 64 * mib << 64 * mib << true;
    QTest::newRow("too small for multipart, not raised aloud") << 2 * mib << five << 10'000 << five << qint64(0) << false;
}

void TestPartLayout::choosesThePartSize()
{
    QFETCH(qint64, size);
    QFETCH(qint64, asked);
    QFETCH(int, maxParts);
    QFETCH(qint64, minPartSize);
    QFETCH(qint64, expected);
    QFETCH(bool, isRaised);
    StoreLimits limits;
    limits.maxParts = maxParts;
    limits.minPartSize = ByteCount(minPartSize);
    const auto layout = PartLayout::plan(ByteCount(size), ByteCount(asked), limits);
    QVERIFY(layout);
    QCOMPARE(layout->partSize().value(), expected);
    QCOMPARE(layout->isPartSizeRaised(), isRaised);
    QVERIFY(layout->partCount() <= maxParts);
}

void TestPartLayout::refusesWhatNoPartSizeCanCarry_data()
{
    QTest::addColumn<qint64>("size");
    QTest::addColumn<bool>("hasMultipart");
    QTest::addColumn<int>("maxParts");
    QTest::newRow("larger than the largest object") << 10'000LL * (5LL << 30) + 1 << true << 10'000;
    QTest::newRow("too many of the largest parts") << 1'000LL * (5LL << 30) + 1 << true << 1'000;
    QTest::newRow("no multipart") << (5LL << 30) + 1 << false << 10'000;
}

void TestPartLayout::refusesWhatNoPartSizeCanCarry()
{
    QFETCH(qint64, size);
    QFETCH(bool, hasMultipart);
    QFETCH(int, maxParts);
    StoreLimits limits;
    limits.hasMultipart = hasMultipart;
    limits.maxParts = maxParts;
    const auto refused = PartLayout::plan(ByteCount(size), {}, limits);
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::InvalidRequest);
    QVERIFY(PartLayout::plan(ByteCount(size - 1), {}, limits));
}

void TestPartLayout::keepsAFrozenPartSize()
{
    const PartLayout layout = PartLayout::frozen(25_B, 10_B);
    QCOMPARE(layout.partCount(), 3);
    QCOMPARE(layout.sizeOf(*PartNumber::from(3)), 5_B);
    QCOMPARE(layout.offsetOf(*PartNumber::from(3)), 20);
    QVERIFY(!PartLayout::frozen(25_B, 0_B).isMultipart());
}

QTEST_GUILESS_MAIN(TestPartLayout)
#include "test_part_layout.moc"
