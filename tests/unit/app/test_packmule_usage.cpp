#include <QProcess>
#include <QProcessEnvironment>
#include <QTemporaryDir>
#include <QTest>

/// The built program, from outside: what it says and how it ends before it would ask any server.
class TestPackmuleUsage : public QObject
{
    Q_OBJECT

private:
    struct Ended { int code = -1; QByteArray out, err; };
    QTemporaryDir m_home;

    Ended run(const QStringList &arguments, const QProcessEnvironment &extra = {})
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL"})
            environment.remove(QLatin1String(name));
        environment.insert(QStringLiteral("HOME"), m_home.path());
        environment.insert(QStringLiteral("PACKMULE_HOME"), m_home.path() + QStringLiteral("/packmule"));
        environment.insert(extra);
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(m_home.path());
        process.start(QStringLiteral(PACKMULE_PROGRAM), arguments);
        if (!process.waitForFinished(30'000) || process.exitStatus() != QProcess::NormalExit)
            return {};
        return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    }
    static QStringList words(const char *line) { return QString::fromUtf8(line).split(QLatin1Char(' '), Qt::SkipEmptyParts); }

private Q_SLOTS:
    void whatIsWrongIsNamed_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("sentence");
        const auto row = [](const char *line, const char *sentence) { QTest::newRow(*line ? line : "(nothing)") << words(line) << QByteArray(sentence); };
        row("", "A command is needed");
        row("fly", "There is no command \"fly\".");
        row("queue fly", "\"queue\" has no command \"fly\".");
        row("uploads", "uploads needs a command.");
        row("config connections fly", "\"connections\" has no command \"fly\".");
        row("--fly", "There is no option \"--fly\" here.");
        row("put --fly a s3://b/c", "There is no option \"--fly\" here.");
        row("ls s3://b more and-more", "\"more\" is one argument too many.");
        row("put a", "put needs at least one file and a destination.");
    }
    void whatIsWrongIsNamed()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, sentence);
        const Ended ended = run(arguments);
        QCOMPARE(ended.code, 252);
        QVERIFY2(ended.err.contains(sentence), ended.err.constData());
    }

    void usageErrorsEndWith252_data()
    {
        QTest::addColumn<QStringList>("arguments");
        const auto row = [](const char *line) { QTest::newRow(*line ? line : "(nothing)") << words(line); };
        row("");
        row("fly");
        row("--fly");
        row("ls --fly");
        row("ls s3://");
        row("ls http://bucket/");
        row("ls s3://bucket --addressing sideways");
        row("ls s3://bucket --endpoint-url ftp://host");
        row("ls s3://bucket --endpoint-url http://user:secret@host");
        row("ls s3://bucket --endpoint-url http://host/path");
        row("ls s3://bucket --endpoint-url junk");
        row("ls s3://bucket --provider nobody");
        row("ls s3://bucket --region not/a/region");
        row("ls s3://bucket --journal a --no-journal");
        row("head");
        row("head s3://bucket/");
        row("head s3://bucket/a --json --json=x");
        row("rm s3://bucket");
        row("rm -r s3://bucket/prefix/");
        row("mb s3://bucket/key");
        row("rb");
        row("uploads");
        row("uploads fly s3://bucket");
        row("uploads ls");
        row("uploads abort s3://bucket");
        row("uploads abort s3://bucket --upload-id x");
        row("uploads ls s3://bucket --older-than yesterday");
        row("local-store");
        row("local-store --root r --listen 0.0.0.0:9000");
        row("local-store --root r --listen 127.0.0.1");
        row("serve");
        row("serve --root r --listen nowhere");
        row("serve --root r --listen 0.0.0.0:0");
        row("serve --root r --fsync sometimes");
        row("serve --root r --quota much");
        row("serve --root r --tls-cert c.pem");
        row("config fly");
        row("config set");
        row("config set no.such 1");
        row("config set transfers.slots many");
        row("config get no.such");
        row("config connections fly");
        row("config connections add x --access-key-id A --password carrot");
        row("config connections edit nobody");
        row("ls --connection a --profile b");
        row("completion");
        row("completion tcsh");
    }
    void usageErrorsEndWith252()
    {
        QFETCH(QStringList, arguments);
        const Ended ended = run(arguments);
        QVERIFY2(ended.code == 252, QByteArray(QByteArray::number(ended.code) + ' ' + ended.err).constData());
        QVERIFY(ended.out.isEmpty());
        QVERIFY(ended.err.startsWith("packmule: "));
        QVERIFY(!ended.err.contains("secret"));
    }

    void missingCredentialsEndWith253()
    {
        const Ended ended = run(words("ls s3://bucket"));
        QCOMPARE(ended.code, 253);
        QVERIFY2(ended.err.contains("AWS_ACCESS_KEY_ID"), ended.err.constData());
    }
    void anUnknownProfileEndsWith253()
    {
        const Ended ended = run(words("ls s3://bucket --profile nobody"));
        QCOMPARE(ended.code, 253);
        QVERIFY2(ended.err.contains("nobody"), ended.err.constData());
    }
    void aBrokenConfigFileIsNamedWithItsLine()
    {
        const QString path = m_home.filePath(QStringLiteral("broken"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("[default]\nregion\n") > 0);
        file.close();
        QProcessEnvironment extra;
        extra.insert(QStringLiteral("AWS_CONFIG_FILE"), path);
        const Ended ended = run(words("ls s3://bucket"), extra);
        QCOMPARE(ended.code, 253);
        QVERIFY2(ended.err.contains("broken, line 2"), ended.err.constData());
    }
    void theLocaleOfCronIsNoNews()
    {
        for (const char *variable : {"LC_ALL", "LANG"}) {
            QProcessEnvironment plain;
            plain.insert(QStringLiteral("LC_ALL"), QString());
            plain.insert(QStringLiteral("LC_CTYPE"), QString());
            plain.insert(QLatin1String(variable), QStringLiteral("C"));
            const Ended ended = run(words("ls s3://"), plain);
            QVERIFY2(ended.err.startsWith("packmule: ") && ended.err.count('\n') == 1, ended.err.constData());
        }
    }
    void aLogFileThatCannotBeWrittenEndsWith253()
    {
        QCOMPARE(run(words("ls --log /nonexistent/x/log")).code, 253);
    }

    void everyCommandHasHelpWithAnExample_data()
    {
        QTest::addColumn<QStringList>("command");
        for (const char *line : {"", "put", "resume", "queue", "queue ls", "queue pause", "queue resume", "queue retry", "queue remove", "queue watch",
                                 "uploads", "uploads ls", "uploads abort", "ls", "head", "rm", "mb", "rb", "doctor", "verify", "serve", "local-store", "completion"})
            QTest::newRow(*line ? line : "packmule") << words(line);
    }
    void everyCommandHasHelpWithAnExample()
    {
        QFETCH(QStringList, command);
        const Ended ended = run(command + QStringList{QStringLiteral("--help")});
        QCOMPARE(ended.code, 0);
        QVERIFY(ended.err.isEmpty());
        QVERIFY2(ended.out.contains(QByteArray("packmule ").append(command.join(QLatin1Char(' ')).toUtf8())), ended.out.constData());
        const qsizetype example = ended.out.indexOf("Example:");
        QVERIFY2(example > 0 && ended.out.indexOf(QByteArray("packmule ").append(command.join(QLatin1Char(' ')).toUtf8()), example) > 0, "an example of its own");
    }
    void versionIsOneLine()
    {
        const Ended ended = run({QStringLiteral("--version")});
        QCOMPARE(ended.code, 0);
        QVERIFY(ended.out.startsWith("packmule ") && ended.out.count('\n') == 1);
    }

    void bashReadsItsCompletion()
    {
        const Ended ended = run(words("completion bash"));
        QCOMPARE(ended.code, 0);
        QProcess bash;
        bash.start(QStringLiteral("bash"), {QStringLiteral("-n")});
        bash.write(ended.out);
        bash.closeWriteChannel();
        QVERIFY(bash.waitForFinished());
        QCOMPARE(bash.exitCode(), 0);
        QCOMPARE(bash.readAllStandardError(), QByteArray());
    }
    void bashCompletes_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("a command") << QByteArray("packmule ver") << QByteArray("verify");
        QTest::newRow("a command of a group") << QByteArray("packmule uploads ab") << QByteArray("abort");
        QTest::newRow("an option") << QByteArray("packmule put --stor") << QByteArray("--storage-class");
        QTest::newRow("an option of every command") << QByteArray("packmule put --no-j") << QByteArray("--no-journal");
        QTest::newRow("the value of an option") << QByteArray("packmule put --if-changed ver") << QByteArray("verify");
    }
    void bashCompletes()
    {
        QFETCH(QByteArray, line);
        const QByteArray script = run(words("completion bash")).out
            + "\nCOMP_WORDS=(" + line + "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _packmule; echo \"${COMPREPLY[@]}\"\n";
        QProcess bash;
        bash.start(QStringLiteral("bash"), {});
        bash.write(script);
        bash.closeWriteChannel();
        QVERIFY(bash.waitForFinished());
        QTEST(bash.readAllStandardOutput().trimmed(), "expected");
    }
    void zshAndFishGetAScriptToo()
    {
        QVERIFY(run(words("completion zsh")).out.startsWith("#compdef packmule\n"));
        QVERIFY(run(words("completion fish")).out.contains("complete -c packmule"));
    }
};

QTEST_GUILESS_MAIN(TestPackmuleUsage)
#include "test_packmule_usage.moc"
