#pragma once

#include "core/base/Result.h"

#include <QByteArray>
#include <QFile>
#include <QMutex>
#include <QString>

namespace packmule {

/// Where Qt's messages end in the window's program: redacted, in a file of mode 0600 that is kept short by setting it aside
/// when it is full; warnings go to standard error too. Thread: messages arrive from any. One per process.
class LogFile final
{
public:
    static constexpr qint64 kFull = 1LL << 20;   ///< bytes
    static constexpr int kSetAside = 3;          ///< older files that are kept: NAME.1 is the youngest

    LogFile();
    ~LogFile();
    LogFile(const LogFile &) = delete;
    LogFile &operator=(const LogFile &) = delete;

    /// Makes the folder too (0700). Errors: LocalIo.
    Result<void> open(const QString &path);
    void write(QtMsgType type, const QMessageLogContext &context, const QString &message);

private:
    bool openFile();
    void setAside();

    QMutex m_mutex;
    QString m_path;
    QFile m_file;
};

}  // namespace packmule
