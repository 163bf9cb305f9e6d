#include "app/cli/CommandLine.h"
#include "app/cli/ManPages.h"

#include <CLI/CLI.hpp>

#include <QRegularExpression>
#include <QTest>

using namespace packmule;

namespace {

/// What man(1) would show of it, as far as these tests care.
QByteArray shown(QByteArray roff)
{
    return roff.replace("\\fB", "").replace("\\fI", "").replace("\\fR", "").replace("\\-", "-").replace("\\&", "").replace("\\e", "\\");
}

QByteArray words(QByteArray text)
{
    return text.simplified();
}

}  // namespace

/// The manual says what --help says, of every command.
class TestManPages : public QObject
{
    Q_OBJECT

private:
    CommandLine m_whole;
    QList<ManPage> m_pages = manPages(m_whole.root(), "2026-11-21");

    QByteArray page(const QByteArray &fileName) const
    {
        for (const ManPage &candidate : m_pages) {
            if (candidate.fileName == fileName)
                return candidate.roff;
        }
        return {};
    }

    static void addRows(const CLI::App &app, const QByteArray &name)
    {
        QTest::newRow(name.constData()) << name + ".1" << QByteArray::fromStdString(app.help());
        for (const CLI::App *child : app.get_subcommands([](const CLI::App *) { return true; }))
            addRows(*child, name + '-' + QByteArray::fromStdString(child->get_name()));
    }

private Q_SLOTS:
    void saysEveryOptionOfTheHelp_data()
    {
        QTest::addColumn<QByteArray>("fileName");
        QTest::addColumn<QByteArray>("help");
        addRows(m_whole.root(), "packmule");
    }
    void saysEveryOptionOfTheHelp()
    {
        QFETCH(QByteArray, fileName);
        QFETCH(QByteArray, help);
        const QByteArray text = words(shown(page(fileName)));
        QVERIFY2(!text.isEmpty(), fileName.constData());
        int options = 0;
        static const QRegularExpression option(QStringLiteral("(?<![\\w-])--?[A-Za-z][A-Za-z0-9-]*"));
        for (const QByteArray &line : help.split('\n')) {
            if (!line.startsWith("  -"))
                continue;
            for (auto match = option.globalMatch(QString::fromUtf8(line.left(34))); match.hasNext(); ++options) {
                const QByteArray name = match.next().captured().toUtf8();
                QVERIFY2(text.contains(name), name.constData());
            }
        }
        QVERIFY(options > 0);  // --help at least
    }

    void theProgramsPageNamesEveryCommand()
    {
        const QByteArray text = shown(page("packmule.1"));
        for (const CLI::App *child : m_whole.root().get_subcommands([](const CLI::App *) { return true; }))
            QVERIFY2(text.contains(QByteArray("packmule-" + QByteArray::fromStdString(child->get_name()) + "(1)")), child->get_name().c_str());
    }

    void textNeverBecomesARequest()
    {
        for (const ManPage &candidate : m_pages) {
            for (const QByteArray &line : candidate.roff.split('\n')) {
                if (line.startsWith('\''))
                    QFAIL(line.constData());
                if (line.startsWith('.'))
                    QVERIFY2(QByteArrayList({".TH", ".SH", ".SS", ".TP", ".P", ".nf", ".fi", ".RS", ".RE"}).contains(line.split(' ').first()), line.constData());
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestManPages)
#include "test_man_pages.moc"
