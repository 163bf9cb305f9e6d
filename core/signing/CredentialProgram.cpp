#include "core/signing/CredentialProgram.h"

#include "core/base/Redaction.h"

#include <utility>

namespace packmule {

namespace {

constexpr qsizetype kMostOutput = 64 * 1024;
constexpr qsizetype kMostComplaint = 300;

}  // namespace

CredentialProgram::CredentialProgram(const QStringList &words, Scheduler &scheduler, Milliseconds timeout, Done done)
    : m_program(words.first()), m_done(std::move(done)), m_process(new QProcess)
{
    connect(m_process, &QProcess::readyReadStandardOutput, this, &CredentialProgram::collect);
    connect(m_process, &QProcess::finished, this, &CredentialProgram::onFinished);
    // Queued: a program that cannot be started says so from inside start().
    connect(m_process, &QProcess::errorOccurred, this, &CredentialProgram::onErrorOccurred, Qt::QueuedConnection);
    m_timeout = scheduler.after(timeout, [this, timeout] {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout).count();
        fail(QStringLiteral("did not end within %1 s").arg(seconds));
    });
    m_process->setStandardInputFile(QProcess::nullDevice());
    m_process->start(m_program, words.sliced(1), QIODevice::ReadOnly);
}

CredentialProgram::~CredentialProgram()
{
    cancel();
    m_process->disconnect(this);
    if (m_process->state() == QProcess::NotRunning) {
        m_process->deleteLater();
        return;
    }
    // ~QProcess would wait for the end; let the event loop do it.
    connect(m_process, &QProcess::finished, m_process, &QObject::deleteLater);
}

void CredentialProgram::cancel()
{
    m_done = nullptr;
    m_timeout.cancel();
    m_process->kill();
}

void CredentialProgram::collect()
{
    m_output += m_process->readAllStandardOutput();
    if (m_output.size() > kMostOutput)
        fail(QStringLiteral("printed far too much"));
}

void CredentialProgram::onFinished(int exitCode, QProcess::ExitStatus status)
{
    collect();
    if (!m_done)
        return;
    if (status == QProcess::CrashExit) {
        fail(QStringLiteral("crashed"));
        return;
    }
    if (exitCode != 0) {
        const QByteArray complaint = m_process->readAllStandardError().trimmed().left(kMostComplaint);
        const QString reason = QStringLiteral("ended with status %1").arg(exitCode);
        fail(complaint.isEmpty() ? reason : reason + QStringLiteral(": ") + displayName(redacted(QString::fromUtf8(complaint)).toUtf8()));
        return;
    }
    end(std::exchange(m_output, {}));
}

void CredentialProgram::onErrorOccurred(QProcess::ProcessError error)
{
    if (error == QProcess::FailedToStart)
        fail(QStringLiteral("cannot be started (%1)").arg(m_process->errorString()));
}

void CredentialProgram::fail(const QString &why)
{
    // Its arguments stay unsaid: they may hold secrets.
    end(failure(ErrorKind::CredentialsMissing, QStringLiteral("The credential program \"%1\" %2.").arg(m_program, why)));
}

void CredentialProgram::end(const Result<QByteArray> &result)
{
    m_timeout.cancel();
    m_process->kill();  // where it still runs
    if (const auto done = std::exchange(m_done, nullptr))
        done(result);
}

}  // namespace packmule
