#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>
#include <QStringList>

namespace packmule {

/// Standard output and standard error of the command line: results on the one, everything else on the other, and the
/// progress lines at the foot of a terminal, which other lines push up and never cut through. Text is plain; callers
/// escape names with displayName(). Thread: main (the log sink uses writeLog there too).
class Output
{
public:
    struct Style {
        bool isJson = false;
        bool isQuiet = false;
        bool showsProgress = false;  ///< standard error is a terminal and nobody forbade it
        bool usesColor = false;
    };
    /// Looks at the terminal, NO_COLOR and TERM.
    static Style styleFor(bool isJson, bool isQuiet, bool noProgress);

    explicit Output(Style style) : m_style(style) {}
    ~Output();

    const Style &style() const { return m_style; }

    /// One line of a result on stdout; never silenced. Buffered: call flush() at the end of a page.
    void printLine(const QString &line);
    /// Bytes as they are.
    void printRaw(const QByteArray &bytes);
    /// One JSON object on a line of its own; written at once.
    void printJson(const QJsonObject &object);
    void flush();
    /// False once the reader of stdout has gone away (a closed pipe).
    bool isStdoutOpen() const { return m_isStdoutOpen; }

    /// For people, on stderr; silenced by --quiet.
    void note(const QString &line);
    /// "packmule: …" on stderr; never silenced.
    void warn(const QString &line);
    void error(const QString &line);
    void writeLog(const QString &line);

    /// Replaces the progress lines; an empty list removes them.
    void showProgress(const QStringList &lines);

    /// Asks on the terminal. @return false if stdin or stderr is no terminal, or for any answer but y or yes.
    bool confirm(const QString &question);
    static bool canAsk();
    static int terminalWidth();

private:
    void writeStderr(const QString &line);
    void eraseProgress();

    Style m_style;
    QByteArray m_pending;
    QStringList m_progress;
    bool m_isStdoutOpen = true;
};

}  // namespace packmule
