#include "app/cli/Output.h"

#include <QJsonDocument>
#include <QtEnvironmentVariables>

#include <cerrno>
#include <cstdio>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace packmule {

namespace {

constexpr qsizetype kFlushBytes = 32 * 1024;
constexpr int kUsualWidth = 80;

/// @return false when the reader is gone.
bool writeAll(int descriptor, const QByteArray &bytes)
{
    qsizetype at = 0;
    while (at < bytes.size()) {
        const ssize_t written = ::write(descriptor, bytes.constData() + at, static_cast<size_t>(bytes.size() - at));
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
    }
    return true;
}

QByteArray colored(const char *code, const QString &text, bool usesColor)
{
    return usesColor ? QByteArray("\x1b[") + code + 'm' + text.toUtf8() + "\x1b[0m" : text.toUtf8();
}

}  // namespace

Output::Style Output::styleFor(bool isJson, bool isQuiet, bool noProgress)
{
    const bool isTerminal = ::isatty(STDERR_FILENO) == 1 && qgetenv("TERM") != "dumb";
    Style style;
    style.isJson = isJson;
    style.isQuiet = isQuiet;
    style.showsProgress = isTerminal && !isQuiet && !noProgress;
    style.usesColor = isTerminal && qgetenv("NO_COLOR").isEmpty();
    return style;
}

Output::~Output()
{
    eraseProgress();
    flush();
}

void Output::printLine(const QString &line)
{
    const QStringList progress = m_progress;
    eraseProgress();
    m_pending += line.toUtf8() + '\n';
    if (m_pending.size() >= kFlushBytes || m_style.showsProgress)
        flush();
    if (!progress.isEmpty())
        showProgress(progress);
}

void Output::printRaw(const QByteArray &bytes)
{
    m_pending += bytes;
    if (m_pending.size() >= kFlushBytes)
        flush();
}

void Output::printJson(const QJsonObject &object)
{
    m_pending += QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
    flush();
}

void Output::flush()
{
    if (m_pending.isEmpty())
        return;
    m_isStdoutOpen = m_isStdoutOpen && writeAll(STDOUT_FILENO, m_pending);
    m_pending.clear();
}

void Output::note(const QString &line)
{
    if (!m_style.isQuiet)
        writeStderr(line);
}

void Output::warn(const QString &line)
{
    if (!m_style.isQuiet)
        writeStderr(QString::fromUtf8(colored("33", QStringLiteral("packmule: warning: "), m_style.usesColor)) + line);
}

void Output::error(const QString &line)
{
    writeStderr(QString::fromUtf8(colored("31", QStringLiteral("packmule: "), m_style.usesColor)) + line);
}

void Output::writeLog(const QString &line)
{
    writeStderr(line);
}

void Output::writeStderr(const QString &line)
{
    flush();
    const QStringList progress = m_progress;
    eraseProgress();
    writeAll(STDERR_FILENO, line.toUtf8() + '\n');
    if (!progress.isEmpty())
        showProgress(progress);
}

void Output::eraseProgress()
{
    if (m_progress.isEmpty())
        return;
    // The cursor stands at the end of the last progress line: go to the first and clear down.
    QByteArray erase = "\r";
    if (m_progress.size() > 1)
        erase += "\x1b[" + QByteArray::number(m_progress.size() - 1) + 'A';
    writeAll(STDERR_FILENO, erase + "\x1b[J");
    m_progress.clear();
}

void Output::showProgress(const QStringList &lines)
{
    if (!m_style.showsProgress)
        return;
    eraseProgress();
    m_progress = lines;
    if (!lines.isEmpty())
        writeAll(STDERR_FILENO, lines.join(QLatin1Char('\n')).toUtf8());
}

bool Output::canAsk()
{
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
}

bool Output::confirm(const QString &question)
{
    if (!canAsk())
        return false;
    flush();
    writeAll(STDERR_FILENO, question.toUtf8() + " [y/N] ");
    QByteArray answer;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    char c = 0;
    // poll() ends with EINTR at a signal, whatever SA_RESTART says: Ctrl-C at the question is a no.
    while (::poll(&input, 1, -1) == 1 && ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n')
        answer += c;
    answer = answer.trimmed().toLower();
    return answer == "y" || answer == "yes";
}

int Output::terminalWidth()
{
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return kUsualWidth;
}

}  // namespace packmule
