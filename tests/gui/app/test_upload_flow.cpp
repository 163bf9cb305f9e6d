#include "app/gui/UploadFlow.h"
#include "tests/support/fakes/FakeEngineClient.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/support/fakes/FakeStoreClient.h"
#include "tests/support/fakes/FakeUserPrompts.h"
#include "ui/destination/DestinationDialog.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace packmule;

namespace {

/// Answers with one place, at once or never.
class OnePlace final : public DestinationSource
{
public:
    explicit OnePlace(Scheduler &scheduler) : m_scheduler(scheduler) {}

    std::optional<UploadDestination> place = UploadDestination{"c1", "bucket", "in/"};
    std::optional<Error> refusal;
    int asked = 0;

    CallHandle choose(const UploadSources &, std::function<void(std::optional<UploadDestination>)> chosen) override
    {
        ++asked;
        return m_scheduler.after(Milliseconds(0), [this, chosen = std::move(chosen)] { chosen(place); });
    }
    CallHandle open(const QByteArray &connectionId, std::function<void(Result<ConnectionRecord>)> done) override
    {
        return m_scheduler.after(Milliseconds(0), [this, connectionId, done = std::move(done)] {
            ConnectionRecord record;
            record.id = connectionId;
            if (refusal)
                done(std::unexpected(*refusal));
            else
                done(record);
        });
    }

private:
    Scheduler &m_scheduler;
};

/// A door for files with everything behind it in memory; the files are real.
struct Scene {
    FakeClock clock;
    FakeScheduler scheduler{clock};
    FakeStoreClient stores{scheduler};
    FakeEngineClient engine{scheduler};
    FakeUserPrompts prompts;
    OnePlace places{scheduler};
    DiskThread disk;
    AppSettings settings;
    QTemporaryDir folder;
    UploadFlow flow{{places, stores, engine, prompts, disk, scheduler, [this] { return settings; },
                     [this](AppSettings::Conflict conflict) { settings.conflict = conflict; }}};
    QSignalSpy refused{&flow, &UploadFlow::refused};

    QByteArray file(const char *name)
    {
        QFile made(folder.filePath(QString::fromUtf8(name)));
        if (made.open(QIODevice::WriteOnly))
            made.write("x");
        return QFile::encodeName(made.fileName());
    }
    QByteArray subfolder(const char *name)
    {
        QDir(folder.path()).mkdir(QString::fromUtf8(name));
        return QFile::encodeName(folder.filePath(QString::fromUtf8(name)));
    }
    /// The disk answers through the real event loop, everything else through the scheduler.
    bool settle(const std::function<bool()> &isTrue)
    {
        return QTest::qWaitFor([&] {
            scheduler.runDue();
            return isTrue();
        });
    }
    bool settleIdle() { return settle([this] { return !flow.isBusy(); }); }
    QString refusal() const { return refused.isEmpty() ? QString() : refused.last().at(1).toString(); }
};

}  // namespace

class TestUploadFlow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatReplacesNothingGoesWithoutAQuestion()
    {
        Scene scene;
        scene.stores.add("bucket", "in/other");
        scene.flow.begin({scene.file("film.mov")});
        QVERIFY(scene.settleIdle());
        QCOMPARE(scene.engine.puts.size(), 1);
        const PutCommand &put = scene.engine.puts.first();
        QCOMPARE(put.bucket, QByteArray("bucket"));
        QCOMPARE(put.destinationKey, QByteArray("in/"));
        QCOMPARE(put.connection.id, QByteArray("c1"));
        QVERIFY(scene.prompts.questions.isEmpty());
    }

    void anObjectOfTheSameNameIsAskedAbout_data()
    {
        QTest::addColumn<int>("choice");
        QTest::addColumn<int>("puts");
        QTest::addColumn<WriteCondition>("condition");
        QTest::newRow("cancel") << 0 << 0 << WriteCondition::Always;
        QTest::newRow("skip") << 1 << 1 << WriteCondition::NoOverwrite;
        QTest::newRow("overwrite") << 2 << 1 << WriteCondition::Always;
        QTest::newRow("if different") << 3 << 1 << WriteCondition::IfSizeDiffers;
    }

    void anObjectOfTheSameNameIsAskedAbout()
    {
        QFETCH(int, choice);
        QFETCH(int, puts);
        QFETCH(WriteCondition, condition);
        Scene scene;
        scene.stores.add("bucket", "in/film.mov");
        scene.flow.begin({scene.file("film.mov"), scene.file("new.mov")});
        QVERIFY(scene.settle([&] { return scene.prompts.isAsking(); }));
        QVERIFY(scene.prompts.questions.last().text.contains(QLatin1String("in/film.mov")));
        QVERIFY(scene.engine.puts.isEmpty());
        scene.prompts.answer(choice);
        QVERIFY(scene.settleIdle());
        QCOMPARE(scene.engine.puts.size(), puts);
        QCOMPARE(scene.engine.puts.value(0).options.condition, condition);
    }

    void manyFilesAreComparedWithTheListing()
    {
        Scene scene;
        QList<QByteArray> files;
        for (int i = 0; i < 40; ++i)
            files.append(scene.file(QByteArray("f" + QByteArray::number(i)).constData()));
        scene.stores.add("bucket", "in/f39");
        scene.flow.begin(files);
        QVERIFY(scene.settle([&] { return scene.prompts.isAsking(); }));
        QVERIFY(scene.prompts.questions.last().text.contains(QLatin1String("in/f39")));
        QCOMPARE(scene.stores.count("head"), 0);
    }

    void aFolderThatIsThereIsAskedAboutAndKeepsItsName()
    {
        Scene scene;
        scene.stores.add("bucket", "in/photos/1.jpg");
        scene.flow.begin({scene.subfolder("photos")});
        QVERIFY(scene.settle([&] { return scene.prompts.isAsking(); }));
        QVERIFY(scene.prompts.questions.last().text.contains(QLatin1String("in/photos/")));
        scene.prompts.answer(1);
        QVERIFY(scene.settleIdle());
        QCOMPARE(scene.engine.puts.first().destinationKey, QByteArray("in/photos/"));
        QVERIFY(scene.engine.puts.first().options.recursive);
    }

    void aStoreThatCannotBeAskedHoldsNothingUp()
    {
        Scene scene;
        scene.stores.refuse("head", ErrorKind::NetworkUnreachable);
        scene.flow.begin({scene.file("film.mov")});
        QVERIFY(scene.settle([&] { return scene.prompts.isAsking(); }));
        QVERIFY(scene.prompts.questions.last().text.contains(QLatin1String("could not find out")));
        scene.prompts.answer(1);
        QVERIFY(scene.settleIdle());
        QCOMPARE(scene.engine.puts.size(), 1);
    }

    void aStoreThatDoesNotAnswerIsNotWaitedForLong()
    {
        Scene scene;
        scene.stores.latency = std::chrono::hours(1);
        scene.flow.begin({scene.file("film.mov")});
        QVERIFY(scene.settle([&] { return scene.stores.count("head") == 1; }));
        scene.scheduler.advance(ConflictCheck::kPatience);
        QVERIFY(scene.prompts.isAsking());
    }

    void theSettingAnswersInsteadOfThePerson()
    {
        Scene scene;
        scene.settings.conflict = AppSettings::Conflict::Skip;
        scene.stores.add("bucket", "in/film.mov");
        scene.flow.begin({scene.file("film.mov")});
        QVERIFY(scene.settleIdle());
        QCOMPARE(scene.engine.puts.first().options.condition, WriteCondition::NoOverwrite);
        QVERIFY(scene.prompts.questions.isEmpty());
        QVERIFY(scene.stores.calls.isEmpty());
    }

    void whatCannotBeUploadedIsSaid_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("device") << QStringLiteral("device") << QStringLiteral("/dev/null is a device, not a file.");
        QTest::newRow("broken link") << QStringLiteral("link") << QStringLiteral("is a link to something that is not there.");
        QTest::newRow("gone") << QStringLiteral("gone") << QStringLiteral("is not there any more.");
        QTest::newRow("pipe") << QStringLiteral("pipe") << QStringLiteral("is a pipe or a socket, not a file.");
    }

    void whatCannotBeUploadedIsSaid()
    {
        QFETCH(QString, kind);
        QFETCH(QString, sentence);
        Scene scene;
        const QByteArray place = QFile::encodeName(scene.folder.filePath(kind));
        if (kind == QLatin1String("link"))
            QCOMPARE(::symlink("/nowhere/at/all", place.constData()), 0);
        if (kind == QLatin1String("pipe"))
            QCOMPARE(::mkfifo(place.constData(), 0600), 0);
        scene.flow.begin({kind == QLatin1String("device") ? QByteArray("/dev/null") : place});
        QVERIFY(scene.settleIdle());
        QVERIFY2(scene.refusal().contains(sentence), qPrintable(scene.refusal()));
        QVERIFY(scene.engine.puts.isEmpty());
        QCOMPARE(scene.places.asked, 0);
    }

    void theRestGoesWhenSomeCannot()
    {
        Scene scene;
        QList<QByteArray> paths{scene.file("good")};
        for (int i = 0; i < 20; ++i)
            paths.append("/nowhere/" + QByteArray::number(i));
        scene.flow.begin(paths);
        QVERIFY(scene.settle([&] { return scene.prompts.isAsking(); }));
        QVERIFY(scene.prompts.questions.last().text.contains(QLatin1String("15")));
        scene.prompts.answer(1);
        QVERIFY(scene.settleIdle());
        QCOMPARE(scene.engine.puts.first().sources.size(), 1);
    }

    void twoDropsAreAskedAboutOneAfterTheOther()
    {
        Scene scene;
        scene.stores.add("bucket", "in/a");
        scene.stores.add("bucket", "in/b");
        scene.flow.begin({scene.file("a")});
        scene.flow.begin({scene.file("b")});
        QVERIFY(scene.settle([&] { return scene.prompts.isAsking(); }));
        QCOMPARE(scene.prompts.questions.size(), 1);
        scene.prompts.answer(1);
        QVERIFY(scene.settle([&] { return scene.prompts.questions.size() == 2; }));
        scene.prompts.answer(0);
        QVERIFY(scene.settleIdle());
        QCOMPARE(scene.engine.puts.size(), 1);
    }

    void aDropOnAFolderOfBrowseNeedsNoQuestionWhere()
    {
        Scene scene;
        scene.flow.beginAt({scene.file("a")}, {"c2", "other", "x/"});
        QVERIFY(scene.settleIdle());
        QCOMPARE(scene.places.asked, 0);
        QCOMPARE(scene.engine.puts.first().bucket, QByteArray("other"));
        QCOMPARE(scene.engine.puts.first().connection.id, QByteArray("c2"));
    }

    void whoChangesTheirMindHasChangedNothing()
    {
        Scene scene;
        scene.places.place.reset();
        scene.flow.begin({scene.file("a")});
        QVERIFY(scene.settleIdle());
        QVERIFY(scene.engine.puts.isEmpty());
        QVERIFY(scene.refused.isEmpty());
    }

    void whatIsTypedAsPrefixIsTidied_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QByteArray>("prefix");
        QTest::newRow("empty") << QString() << QByteArray();
        QTest::newRow("blanks") << QStringLiteral("  ") << QByteArray();
        QTest::newRow("no slash") << QStringLiteral("photos") << QByteArray("photos/");
        QTest::newRow("slashes") << QStringLiteral("/photos/2026/") << QByteArray("photos/2026/");
        QTest::newRow("only slash") << QStringLiteral("/") << QByteArray();
    }

    void whatIsTypedAsPrefixIsTidied()
    {
        QFETCH(QString, typed);
        QFETCH(QByteArray, prefix);
        QCOMPARE(DestinationDialog::prefixFromText(typed), prefix);
    }
};

QTEST_MAIN(TestUploadFlow)
#include "test_upload_flow.moc"
