#include "app/gui/desktop/SingleInstance.h"

#include <QFileInfo>
#include <QJsonArray>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace packmule;

class TestSingleInstance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_journal = m_folder->filePath(QStringLiteral("home/journal.db"));
    }

    void theSecondSendsItsFilesToTheFirst()
    {
        SingleInstance first(m_journal, m_scheduler), second(m_journal, m_scheduler);
        QVERIFY(first.claim().value_or(false));
        first.listen();
        const auto claimed = second.claim();
        QVERIFY(claimed && !*claimed);
        QList<WindowCall> calls;
        connect(&first, &SingleInstance::called, this, [&](const WindowCall &call) { calls.append(call); });
        const WindowCall sent{.paths = {"/a/b.mov", "/c/\xff name"}, .activationToken = QStringLiteral("token-1")};
        std::optional<bool> isTaken;
        second.callFirst(sent, [&](Result<void> result) { isTaken = result.has_value(); });
        QTRY_VERIFY(isTaken);
        QVERIFY(*isTaken);
        QCOMPARE(calls, QList<WindowCall>{sent});
    }

    void thousandsOfFilesArriveAsOneCall()
    {
        SingleInstance first(m_journal, m_scheduler), second(m_journal, m_scheduler);
        QVERIFY(first.claim().value_or(false));
        first.listen();
        QVERIFY(second.claim().has_value());
        QList<WindowCall> calls;
        connect(&first, &SingleInstance::called, this, [&](const WindowCall &call) { calls.append(call); });
        WindowCall sent;
        for (int i = 0; i < 5000; ++i)
            sent.paths.append("/folder/" + QByteArray(100, 'x') + QByteArray::number(i));
        second.callFirst(sent, [](Result<void>) {});
        QTRY_COMPARE(calls.size(), 1);
        QCOMPARE(calls.first().paths, sent.paths);
    }

    void aFirstThatIsGoneLeavesItsPlace()
    {
        auto first = std::make_unique<SingleInstance>(m_journal, m_scheduler);
        QVERIFY(first->claim().value_or(false));
        first.reset();
        SingleInstance next(m_journal, m_scheduler);
        QVERIFY(next.claim().value_or(false));
    }

    void twoJournalsHaveTwoWindows()
    {
        SingleInstance one(m_journal, m_scheduler), other(m_folder->filePath(QStringLiteral("home/other.db")), m_scheduler);
        QVERIFY(one.claim().value_or(false));
        QVERIFY(other.claim().value_or(false));
    }

    void theFolderIsTheUsersAlone()
    {
        SingleInstance first(m_journal, m_scheduler);
        QVERIFY(first.claim().value_or(false));
        struct stat facts = {};
        QCOMPARE(::stat(qPrintable(QFileInfo(m_journal).absolutePath()), &facts), 0);
        QCOMPARE(facts.st_mode & 0777U, 0700U);
    }

    void whatIsNoCallIsRefused_data()
    {
        QTest::addColumn<QJsonObject>("message");
        QTest::newRow("other type") << QJsonObject{{QLatin1String("type"), QLatin1String("put")}, {QLatin1String("protocol"), 1}};
        QTest::newRow("other version") << QJsonObject{{QLatin1String("type"), QLatin1String("open")}, {QLatin1String("protocol"), 2}};
        const QString relative = QString::fromLatin1(QByteArray("film.mov").toBase64());
        QTest::newRow("relative path") << QJsonObject{{QLatin1String("type"), QLatin1String("open")}, {QLatin1String("protocol"), 1},
                                                      {QLatin1String("paths"), QJsonArray{relative}}};
    }

    void whatIsNoCallIsRefused()
    {
        QFETCH(QJsonObject, message);
        WindowCall call;
        QVERIFY(!call.take(message));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_journal;
    QtScheduler m_scheduler;
};

QTEST_GUILESS_MAIN(TestSingleInstance)
#include "test_single_instance.moc"
