#include "app/gui/LogFile.h"

#include "core/base/Redaction.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QLoggingCategory>

#include <fcntl.h>
#include <unistd.h>

namespace packmule {

namespace {

LogFile *s_log = nullptr;  // Qt's message handler is a plain function

void passMessage(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    if (s_log)
        s_log->write(type, context, message);
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

}  // namespace

LogFile::LogFile()
{
    s_log = this;
    qInstallMessageHandler(passMessage);
    QLoggingCategory::setFilterRules(QStringLiteral("packmule.*.debug=false"));
}

LogFile::~LogFile()
{
    qInstallMessageHandler(nullptr);
    s_log = nullptr;
}

Result<void> LogFile::open(const QString &path)
{
    const QMutexLocker lock(&m_mutex);
    m_path = path;
    const QString folder = QFileInfo(path).absolutePath();
    if (!QFileInfo(folder).isDir() && !QDir().mkdir(folder, QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner))
        return failure(ErrorKind::LocalIo, QStringLiteral("The folder %1 cannot be made.").arg(folder));
    if (!openFile())
        return failure(ErrorKind::LocalIo, QStringLiteral("The log file %1 cannot be written.").arg(path));
    return {};
}

bool LogFile::openFile()
{
    const int descriptor = ::open(QFile::encodeName(m_path).constData(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    if (descriptor < 0)
        return false;
    return m_file.open(descriptor, QIODevice::WriteOnly | QIODevice::Append | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle);
}

void LogFile::setAside()
{
    m_file.close();
    const auto older = [this](int number) { return m_path + QLatin1Char('.') + QString::number(number); };
    QFile::remove(older(kSetAside));
    for (int number = kSetAside; number > 1; --number)
        QFile::rename(older(number - 1), older(number));
    QFile::rename(m_path, older(1));
    openFile();
}

void LogFile::write(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const QByteArray line = QStringLiteral("%1 %2 %3: %4\n")
                                .arg(QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs), levelName(type), QString::fromUtf8(context.category), redacted(message))
                                .toUtf8();
    const QMutexLocker lock(&m_mutex);
    if (m_file.isOpen()) {
        m_file.write(line);
        if (m_file.size() >= kFull)
            setAside();
    }
    if (type != QtDebugMsg && type != QtInfoMsg) {
        [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.constData(), static_cast<size_t>(line.size()));
    }
}

}  // namespace packmule
