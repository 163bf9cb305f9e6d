#include "core/files/PartReader.h"

#include "tests/unit/files/FileTree.h"

#include <QTest>

#include <cerrno>

using namespace packmule;
using namespace packmule::literals;

namespace {

/// A file whose reads fail with EIO from an offset on, as a dying disk's do.
class DyingFile final : public SourceFile
{
public:
    explicit DyingFile(qint64 deadFrom) : m_deadFrom(deadFrom) {}
    const QByteArray &path() const override { return m_path; }
    const SourceIdentity &identity() const override { return m_identity; }
    Result<void> check() const override { return {}; }
    Result<qint64> read(char *buffer, qint64 maxSize, qint64 offset) const override
    {
        if (offset + maxSize > m_deadFrom) {
            Error error = Error::make(ErrorKind::SourceUnreadable, QStringLiteral("cannot read dying: Input/output error"));
            error.osError = EIO;
            return std::unexpected(error);
        }
        memset(buffer, 'x', size_t(maxSize));
        return maxSize;
    }
    std::unique_ptr<QIODevice> window(qint64, ByteCount) override { return nullptr; }

private:
    qint64 m_deadFrom;
    QByteArray m_path = "dying";
    SourceIdentity m_identity;
};

}  // namespace

class TestPartReader : public QObject
{
    Q_OBJECT

private:
    FileTree m_tree;

    std::unique_ptr<QIODevice> window(qint64 offset, ByteCount size)
    {
        m_tree.file("a", "0123456789");
        return SourceFile::open(m_tree.path("a"), false).value()->window(offset, size);
    }

private Q_SLOTS:
    void showsItsWindowAndNothingElse()
    {
        const auto reader = window(3, 4_B);
        QVERIFY(reader->isOpen() && reader->isReadable() && !reader->isWritable() && !reader->isSequential());
        QVERIFY(reader->openMode() & QIODevice::Unbuffered);
        QCOMPARE(reader->size(), 4);
        QCOMPARE(reader->bytesAvailable(), 4);
        QCOMPARE(reader->readAll(), QByteArray("3456"));
        QVERIFY(reader->atEnd());
        QCOMPARE(reader->read(1), QByteArray());
    }

    void rewindsAndSeeks()
    {
        const auto reader = window(3, 4_B);
        QCOMPARE(reader->read(3), QByteArray("345"));
        QVERIFY(reader->reset());
        QCOMPARE(reader->read(2), QByteArray("34"));
        QVERIFY(reader->seek(3));
        QCOMPARE(reader->read(10), QByteArray("6"));
        QVERIFY(reader->seek(4));
        QVERIFY(!reader->seek(5));
        QVERIFY(!reader->seek(-1));
    }

    void peekingMovesNothing()
    {
        const auto reader = window(0, 10_B);
        QCOMPARE(reader->peek(4), QByteArray("0123"));
        QCOMPARE(reader->pos(), 0);
        QCOMPARE(reader->read(4), QByteArray("0123"));
    }

    void anEmptyWindowIsAtItsEnd()
    {
        const auto reader = window(10, 0_B);
        QVERIFY(reader->atEnd());
        char byte = 0;
        QCOMPARE(reader->read(&byte, 1), 0);
        QVERIFY(!static_cast<PartReader &>(*reader).failure());
    }

    void windowsOfOneFileDoNotDisturbEachOther()
    {
        m_tree.file("a", "0123456789");
        const auto file = SourceFile::open(m_tree.path("a"), false).value();
        const auto first = file->window(0, 5_B);
        const auto second = file->window(5, 5_B);
        QCOMPARE(first->read(2), QByteArray("01"));
        QCOMPARE(second->read(2), QByteArray("56"));
        QCOMPARE(first->read(2), QByteArray("23"));
    }

    void outlivesItsSourceFile()
    {
        const auto reader = window(0, 10_B);  // the file is only held by the window now
        m_tree.remove("a");
        QCOMPARE(reader->readAll(), QByteArray("0123456789"));
    }

    void aFileThatShrankIsAnErrorAndNeverPadded()
    {
        const auto reader = window(2, 8_B);
        char buffer[8] = {};
        QCOMPARE(reader->read(buffer, 2), 2);
        m_tree.truncate("a", 6);
        QCOMPARE(reader->read(buffer, 6), -1);
        const auto &failure = static_cast<PartReader &>(*reader).failure();
        QVERIFY(failure);
        QCOMPARE(failure->kind, ErrorKind::SourceChanged);
        QCOMPARE(failure->osError, 0);
        QVERIFY(reader->errorString().contains(QStringLiteral("has become shorter")));
    }

    void aFailureIsFinal()
    {
        const auto reader = window(0, 10_B);
        m_tree.truncate("a", 5);
        char buffer[10] = {};
        QCOMPARE(reader->read(buffer, 10), -1);
        m_tree.file("a", "0123456789");
        QVERIFY(reader->reset());
        QCOMPARE(reader->read(buffer, 1), -1);
    }

    void aReadErrorKeepsItsErrno()
    {
        PartReader reader(std::make_shared<DyingFile>(100), 90, 20_B);
        char buffer[20] = {};
        QCOMPARE(reader.read(buffer, 10), 10);
        QCOMPARE(reader.read(buffer, 10), -1);
        QVERIFY(reader.failure());
        QCOMPARE(reader.failure()->kind, ErrorKind::SourceUnreadable);
        QCOMPARE(reader.failure()->osError, EIO);
        QVERIFY(reader.errorString().contains(QStringLiteral("Input/output error")));
    }

    void readsBeyondFourGibibytes()
    {
        m_tree.file("sparse", "");
        m_tree.truncate("sparse", (5_GiB).value());
        m_tree.append("sparse", "tail");
        const auto reader = SourceFile::open(m_tree.path("sparse"), false).value()->window((5_GiB).value() - 2, 6_B);
        QCOMPARE(reader->readAll(), QByteArray("\0\0tail", 6));
        m_tree.remove("sparse");
    }
};

QTEST_GUILESS_MAIN(TestPartReader)
#include "test_part_reader.moc"
