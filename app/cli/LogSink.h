#pragma once

#include "core/base/Result.h"

#include <QByteArray>
#include <QFile>
#include <QMutex>

#include <memory>

class QThread;

namespace packmule {

class Output;

/// The one place where Qt's messages end: redacted, to a file of mode 0600 and, with -v, to standard error. Without -v
/// and --log only warnings of ours are dropped quietly (they come as events anyway); fatal messages always show.
/// Thread: messages arrive from any; lines for the terminal are written on the main thread. One per process.
class LogSink
{
public:
    /// @param verbosity 0: nothing on stderr, 1: information, 2: debug.
    explicit LogSink(Output &output, int verbosity);
    ~LogSink();
    LogSink(const LogSink &) = delete;
    LogSink &operator=(const LogSink &) = delete;

    /// Errors: LocalIo.
    Result<void> openFile(const QByteArray &path);

    void write(QtMsgType type, const QMessageLogContext &context, const QString &message);

private:
    Output &m_output;
    int m_verbosity;
    const QThread *m_mainThread;
    QMutex m_mutex;       ///< messages come from the journal's and the hash threads too
    std::unique_ptr<QFile> m_file;
};

}  // namespace packmule
