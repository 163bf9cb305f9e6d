#include "app/cli/LogSink.h"

#include "app/cli/Output.h"
#include "core/base/Redaction.h"

#include <QDateTime>
#include <QLoggingCategory>
#include <QThread>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace packmule {

namespace {

LogSink *s_sink = nullptr;  // Qt's message handler is a plain function

void passMessage(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    if (s_sink)
        s_sink->write(type, context, message);
}

QLatin1String levelName(QtMsgType type)
{
    switch (type) {
    case QtDebugMsg: return QLatin1String("debug");
    case QtInfoMsg: return QLatin1String("info");
    case QtWarningMsg: return QLatin1String("warning");
    case QtCriticalMsg: return QLatin1String("error");
    case QtFatalMsg: return QLatin1String("fatal");
    }
    return QLatin1String("?");
}

QString filterRules(int verbosity, bool hasFile)
{
    // A file is asked for in order to look into something, so it gets everything that -v would show.
    const int level = hasFile ? std::max(verbosity, 1) : verbosity;
    return QStringLiteral("packmule.*.debug=%1\npackmule.*.info=%2").arg(level >= 2 ? QLatin1String("true") : QLatin1String("false"),
                                                                        level >= 1 ? QLatin1String("true") : QLatin1String("false"));
}

}  // namespace

LogSink::LogSink(Output &output, int verbosity) : m_output(output), m_verbosity(verbosity), m_mainThread(QThread::currentThread())
{
    s_sink = this;
    qInstallMessageHandler(passMessage);
    QLoggingCategory::setFilterRules(filterRules(verbosity, false));
}

LogSink::~LogSink()
{
    qInstallMessageHandler(nullptr);
    s_sink = nullptr;
}

Result<void> LogSink::openFile(const QByteArray &path)
{
    const int descriptor = ::open(path.constData(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    if (descriptor < 0) {
        return std::unexpected(Error{.kind = ErrorKind::LocalIo, .detail = QStringLiteral("The log file %1 cannot be written: %2.")
                                                                               .arg(displayName(path), QString::fromLocal8Bit(std::strerror(errno))),
                                     .httpStatus = {}, .s3Code = {}, .requestId = {}, .retryAfter = {}, .osError = errno});
    }
    auto file = std::make_unique<QFile>();
    if (!file->open(descriptor, QIODevice::WriteOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle)) {
        ::close(descriptor);
        return failure(ErrorKind::LocalIo, QStringLiteral("The log file %1 cannot be written.").arg(displayName(path)));
    }
    const QMutexLocker lock(&m_mutex);
    m_file = std::move(file);
    QLoggingCategory::setFilterRules(filterRules(m_verbosity, true));
    return {};
}

void LogSink::write(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const bool isForTerminal = type == QtFatalMsg || m_verbosity >= (type == QtDebugMsg ? 2 : 1);
    const QMutexLocker lock(&m_mutex);
    if (!isForTerminal && !m_file)
        return;
    const QString text = redacted(message);
    const QString line = QStringLiteral("%1 %2 %3: %4")
                             .arg(QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs), levelName(type), QString::fromUtf8(context.category), text);
    if (m_file)
        m_file->write(line.toUtf8() + '\n');
    if (!isForTerminal)
        return;
    if (QThread::currentThread() == m_mainThread) {
        m_output.writeLog(line);
        return;
    }
    const QByteArray bytes = line.toUtf8() + '\n';  // Output belongs to the main thread; one write keeps the line whole
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, bytes.constData(), static_cast<size_t>(bytes.size()));
}

}  // namespace packmule
