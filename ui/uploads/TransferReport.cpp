#include "ui/uploads/TransferReport.h"

#include "core/base/Redaction.h"
#include "ui/common/ErrorText.h"
#include "ui/uploads/AttemptLog.h"

#include <QDateTime>
#include <QStringList>
#include <QSysInfo>
#include <QTimeZone>

namespace packmule {

namespace {

constexpr qsizetype kMostAttempts = 40;

QString stateName(TransferState state)
{
    switch (state) {
    case TransferState::Queued: return QStringLiteral("queued");
    case TransferState::Creating: return QStringLiteral("creating");
    case TransferState::Sending: return QStringLiteral("sending");
    case TransferState::Completing: return QStringLiteral("completing");
    case TransferState::Paused: return QStringLiteral("paused");
    case TransferState::Cancelling: return QStringLiteral("cancelling");
    case TransferState::NeedsAttention: return QStringLiteral("needs attention");
    case TransferState::Done: return QStringLiteral("done");
    case TransferState::Skipped: return QStringLiteral("skipped");
    case TransferState::Cancelled: return QStringLiteral("cancelled");
    }
    return {};
}

QString timeText(WallTime time)
{
    return QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count(), QTimeZone::UTC).toString(Qt::ISODate);
}

QString oneLine(const Error &error)
{
    return ErrorText::details(error).replace(QLatin1Char('\n'), QLatin1String(", "));
}

}  // namespace

QString transferReport(const TransferSnapshot &transfer, const QList<Attempt> &attempts)
{
    const TransferRecord &record = transfer.record;
    QStringList lines{
        QStringLiteral("Packmule %1 on %2").arg(QStringLiteral(PACKMULE_VERSION), QSysInfo::prettyProductName()),
        QStringLiteral("transfer %1, %2%3").arg(QString::number(record.id), stateName(record.state), record.isPaused ? QStringLiteral(", paused") : QString()),
        QStringLiteral("source %1").arg(displayName(record.sourcePath)),
        QStringLiteral("object s3://%1/%2").arg(displayName(record.object.bucket), displayName(record.object.key)),
        QStringLiteral("size %1, part size %2, parts %3 of %4").arg(QString::number(record.source.size.value()), QString::number(record.partSize.value()), QString::number(transfer.confirmedParts), QString::number(transfer.parts)),
        QStringLiteral("checksum %1").arg(QString::fromLatin1(checksumAlgorithmName(record.integrity.algorithm)))};
    if (record.error)
        lines.append(QStringLiteral("error %1").arg(oneLine(*record.error)));
    if (transfer.waiting)
        lines.append(QStringLiteral("waiting %1").arg(oneLine(transfer.waiting->error)));
    for (const Attempt &attempt : attempts.last(std::min(attempts.size(), kMostAttempts))) {
        if (attempt.error)
            lines.append(QStringLiteral("%1 part %2 attempt %3: %4").arg(timeText(attempt.time), attempt.part ? QString::number(attempt.part->value()) : QStringLiteral("-"), QString::number(attempt.attempt), oneLine(*attempt.error)));
    }
    return redacted(lines.join(QLatin1Char('\n'))) + QLatin1Char('\n');
}

}  // namespace packmule
