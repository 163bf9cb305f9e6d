#include "app/cli/SecretInput.h"

#include "app/cli/Output.h"
#include "core/base/Redaction.h"

#include <QFile>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace packmule {

namespace {

constexpr qsizetype kLongest = 4096;  // keys have 40 characters

/// The terminal without echo, as it was again at the end.
class EchoOff
{
public:
    EchoOff()
    {
        m_isChanged = ::tcgetattr(STDIN_FILENO, &m_before) == 0;
        termios quiet = m_before;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        m_isChanged = m_isChanged && ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
    }
    ~EchoOff()
    {
        if (m_isChanged)
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
    }
    EchoOff(const EchoOff &) = delete;
    EchoOff &operator=(const EchoOff &) = delete;
    bool isOff() const { return m_isChanged; }

private:
    termios m_before{};
    bool m_isChanged = false;
};

Result<QByteArray> readLine()
{
    QByteArray line;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    char c = 0;
    while (line.size() <= kLongest) {
        // poll() ends with EINTR at a signal, whatever SA_RESTART says.
        if (::poll(&input, 1, -1) != 1)
            return failure(ErrorKind::Cancelled, QStringLiteral("Nothing was saved."));
        if (::read(STDIN_FILENO, &c, 1) != 1 || c == '\n')
            break;
        line += c;
    }
    return line;
}

Result<QByteArray> readAll(int descriptor, const QByteArray &name)
{
    QByteArray bytes(kLongest + 2, Qt::Uninitialized);
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t got = ::read(descriptor, bytes.data() + done, static_cast<size_t>(bytes.size() - done));
        if (got < 0 && errno == EINTR)
            return failure(ErrorKind::Cancelled, QStringLiteral("Nothing was saved."));
        if (got < 0)
            return failure(ErrorKind::LocalIo, QStringLiteral("%1 cannot be read: %2").arg(displayName(name), QString::fromLocal8Bit(std::strerror(errno))));
        if (got == 0)
            break;
        done += got;
    }
    bytes.truncate(done);
    return bytes;
}

Result<QByteArray> askOnTerminal(const QString &question)
{
    if (!Output::canAsk())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("The secret is needed, and nobody can be asked here: give it with --secret-file FILE, or --secret-file - for standard input."));
    const EchoOff echo;
    if (!echo.isOff())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("This terminal cannot hide what is typed; use --secret-file."));
    const QByteArray text = question.toUtf8() + ": ";
    [[maybe_unused]] const ssize_t asked = ::write(STDERR_FILENO, text.constData(), static_cast<size_t>(text.size()));
    auto line = readLine();
    [[maybe_unused]] const ssize_t ended = ::write(STDERR_FILENO, "\n", 1);
    return line;
}

}  // namespace

Result<QByteArray> readSecret(const QByteArray &file, const QString &question)
{
    Result<QByteArray> read;
    if (file.isEmpty()) {
        read = askOnTerminal(question);
    } else if (file == "-") {
        read = readAll(STDIN_FILENO, "standard input");
    } else {
        const int descriptor = ::open(file.constData(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0)
            return failure(ErrorKind::LocalIo, QStringLiteral("%1 cannot be read: %2").arg(displayName(file), QString::fromLocal8Bit(std::strerror(errno))));
        read = readAll(descriptor, file);
        ::close(descriptor);
    }
    if (!read)
        return read;
    QByteArray secret = read->trimmed();
    if (secret.isEmpty())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("The secret is empty; nothing was saved."));
    if (secret.size() > kLongest || secret.contains('\n') || !secret.isValidUtf8())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("A secret is one line of text; this is something else. Nothing was saved."));
    return secret;
}

}  // namespace packmule
