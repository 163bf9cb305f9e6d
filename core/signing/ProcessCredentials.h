#pragma once

#include "core/base/Scheduler.h"
#include "core/signing/Credentials.h"

#include <QString>
#include <QStringList>

namespace packmule {

/// credential_process of the AWS files: runs a program and reads the JSON that it prints. No shell is involved; the
/// command line is split as Python's shlex does it for AWS's own clients. Its output is never logged.
/// Source: AWS SDKs and Tools Reference Guide, "Process credential provider".
/// Thread: the one that made it. Cancelling kills the program.
class ProcessCredentials final : public CredentialsSource
{
public:
    /// Enough for a person to touch a key or type a code.
    static constexpr Milliseconds kTimeout = std::chrono::minutes(2);

    ProcessCredentials(const QString &commandLine, Scheduler &scheduler, Milliseconds timeout = kTimeout);

    /// Errors: CredentialsMissing, naming the program: not found, ended with an error, printed something else, too slow.
    CallHandle read(bool fresh, std::function<void(Result<Credentials>)> done) override;

    /// Words of a command line: blanks separate, '…' is literal, "…" knows \" and \\, \ takes the next character.
    /// @return InvalidRequest if a quote is not closed or nothing is there.
    static Result<QStringList> words(const QString &commandLine);
    /// Errors: CredentialsMissing.
    static Result<Credentials> fromJson(const QByteArray &json);

private:
    const QString m_commandLine;
    Scheduler &m_scheduler;
    const Milliseconds m_timeout;
};

}  // namespace packmule
