#include "core/signing/ProcessCredentials.h"

#include "core/signing/CredentialProgram.h"

#include <QDateTime>
#include <QJsonDocument>
#include <QJsonObject>
#include <QPointer>

#include <utility>

namespace packmule {

namespace {

std::unexpected<Error> unusable(const QString &why)
{
    return failure(ErrorKind::CredentialsMissing, QStringLiteral("What the credential program printed cannot be used: %1.").arg(why));
}

QByteArray textOf(const QJsonObject &object, QLatin1StringView name)
{
    return object.value(name).toString().toUtf8();
}

}  // namespace

ProcessCredentials::ProcessCredentials(const QString &commandLine, Scheduler &scheduler, Milliseconds timeout)
    : m_commandLine(commandLine), m_scheduler(scheduler), m_timeout(timeout)
{
}

CallHandle ProcessCredentials::read(bool, std::function<void(Result<Credentials>)> done)
{
    const auto split = words(m_commandLine);
    if (!split) {
        return m_scheduler.after(Milliseconds(0), [done = std::move(done), error = split.error()] {
            done(std::unexpected(error));
        });
    }
    // The run ends inside a slot of its own, and `done` may drop the handle: so it is deleted later.
    const QPointer<CredentialProgram> program =
        new CredentialProgram(*split, m_scheduler, m_timeout, [done = std::move(done)](const Result<QByteArray> &output) {
            if (output)
                done(fromJson(*output));
            else
                done(std::unexpected(output.error()));
        });
    return CallHandle([program] {
        if (!program)
            return;
        program->cancel();
        program->deleteLater();
    });
}

Result<QStringList> ProcessCredentials::words(const QString &commandLine)
{
    QStringList found;
    QString word;
    bool isInWord = false;
    QChar quote;
    for (qsizetype at = 0; at < commandLine.size(); ++at) {
        const QChar c = commandLine.at(at);
        const QChar next = at + 1 < commandLine.size() ? commandLine.at(at + 1) : QChar();
        if (c == u'\\' && quote != u'\'' && !next.isNull()) {
            // Inside "…" a backslash only takes a quote or another backslash (POSIX shell).
            const bool isTaken = quote.isNull() || next == u'"' || next == u'\\';
            word += isTaken ? next : c;
            at += isTaken ? 1 : 0;
            isInWord = true;
        } else if (!quote.isNull() ? c == quote : (c == u'"' || c == u'\'')) {
            quote = quote.isNull() ? c : QChar();
            isInWord = true;
        } else if (quote.isNull() && c.isSpace()) {
            if (std::exchange(isInWord, false))
                found.append(std::exchange(word, {}));
        } else {
            word += c;
            isInWord = true;
        }
    }
    if (isInWord)
        found.append(word);
    if (!quote.isNull() || found.isEmpty() || found.first().isEmpty())
        return failure(ErrorKind::InvalidRequest,
                       QStringLiteral("credential_process is not a command line: nothing there, or a quote is not closed."));
    return found;
}

Result<Credentials> ProcessCredentials::fromJson(const QByteArray &json)
{
    const QJsonDocument document = QJsonDocument::fromJson(json);
    if (!document.isObject())
        return unusable(QStringLiteral("it is not a JSON object"));
    const QJsonObject object = document.object();
    if (object.value(QLatin1StringView("Version")).toInt() != 1)
        return unusable(QStringLiteral("its Version is not 1"));
    Credentials credentials;
    credentials.accessKeyId = textOf(object, QLatin1StringView("AccessKeyId"));
    credentials.secretAccessKey = textOf(object, QLatin1StringView("SecretAccessKey"));
    credentials.sessionToken = textOf(object, QLatin1StringView("SessionToken"));
    if (credentials.accessKeyId.isEmpty() || credentials.secretAccessKey.isEmpty())
        return unusable(QStringLiteral("AccessKeyId or SecretAccessKey is missing"));
    const QString expiration = object.value(QLatin1StringView("Expiration")).toString();
    if (!expiration.isEmpty()) {
        const QDateTime time = QDateTime::fromString(expiration, Qt::ISODateWithMs);
        if (!time.isValid())
            return unusable(QStringLiteral("its Expiration is not a time"));
        credentials.expires = WallTime(Milliseconds(time.toMSecsSinceEpoch()));
    }
    return credentials;
}

}  // namespace packmule
