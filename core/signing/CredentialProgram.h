#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/base/Scheduler.h"

#include <QObject>
#include <QProcess>
#include <QStringList>

#include <functional>

namespace packmule {

/// One run of a credential program, for ProcessCredentials. Ends once with its output or an error.
/// Thread: the one that made it. Destroying it kills the program without waiting for its end.
class CredentialProgram final : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(Result<QByteArray>)>;

    CredentialProgram(const QStringList &words, Scheduler &scheduler, Milliseconds timeout, Done done);
    ~CredentialProgram() override;

    /// Silences `done` and kills the program. It is still to be deleted.
    void cancel();

private:
    void collect();
    void onFinished(int exitCode, QProcess::ExitStatus status);
    void onErrorOccurred(QProcess::ProcessError error);
    void fail(const QString &why);
    void end(const Result<QByteArray> &result);

    const QString m_program;
    Done m_done;
    QProcess *m_process;  ///< has no parent: may have to outlive this until it is reaped
    QByteArray m_output;
    CallHandle m_timeout;
};

}  // namespace packmule
