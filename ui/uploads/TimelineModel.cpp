#include "ui/uploads/TimelineModel.h"

#include "core/base/Redaction.h"
#include "ui/common/AmountText.h"
#include "ui/common/ErrorText.h"
#include "ui/common/ToolTipText.h"

#include <QDateTime>
#include <QLocale>

namespace packmule {

TimelineModel::TimelineModel(AttemptLog &log, QObject *parent) : QAbstractTableModel(parent), m_log(log)
{
    connect(&log, &AttemptLog::attemptAdded, this, &TimelineModel::add);
}

void TimelineModel::setTransfer(TransferId transfer)
{
    if (transfer == m_transfer)
        return;
    beginResetModel();
    m_transfer = transfer;
    m_attempts = m_log.attempts(transfer);
    endResetModel();
}

void TimelineModel::add(TransferId transfer, const Attempt &attempt)
{
    if (transfer != m_transfer)
        return;
    if (m_attempts.size() >= AttemptLog::kMostOfOne) {
        beginRemoveRows({}, 0, 0);
        m_attempts.removeFirst();
        endRemoveRows();
    }
    const auto row = static_cast<int>(m_attempts.size());
    beginInsertRows({}, row, row);
    m_attempts.append(attempt);
    endInsertRows();
}

int TimelineModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_attempts.size());
}

int TimelineModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QString TimelineModel::sentence(const Attempt &attempt) const
{
    switch (attempt.kind) {
    case Attempt::Kind::Started: return tr("Begun");
    case Attempt::Kind::CarriedOn: return tr("Carried on");
    case Attempt::Kind::PartConfirmed:
        return attempt.attempt > 1 ? tr("Confirmed at attempt %1: %2").arg(QLocale().toString(attempt.attempt), AmountText::bytes(attempt.size))
                                   : tr("Confirmed: %1", "%1 is a size").arg(AmountText::bytes(attempt.size));
    case Attempt::Kind::Retry: return tr("Attempt %1 failed, trying again").arg(QLocale().toString(attempt.attempt));
    case Attempt::Kind::Waiting: return tr("Waiting");
    case Attempt::Kind::Verifying: return tr("Verifying");
    case Attempt::Kind::Completed: return tr("Done: %1", "%1 is a size").arg(AmountText::bytes(attempt.size));
    case Attempt::Kind::Skipped: return tr("Skipped");
    case Attempt::Kind::Paused: return tr("Paused");
    case Attempt::Kind::Removed: return tr("Removed");
    case Attempt::Kind::Failed: return tr("Needs attention");
    case Attempt::Kind::Notice: return displayName(attempt.notice.toUtf8());
    }
    return {};
}

QVariant TimelineModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const Attempt &attempt = m_attempts.at(index.row());
    switch (index.column()) {
    case Time: return QLocale().toString(QDateTime::fromMSecsSinceEpoch(attempt.time.time_since_epoch().count()).time(), QStringLiteral("HH:mm:ss"));
    case Part: return attempt.part ? QLocale().toString(attempt.part->value()) : QString();
    case What: return role == Qt::ToolTipRole ? toolTipText(sentence(attempt)) : sentence(attempt);
    case Cause:
        if (!attempt.error)
            return {};
        return role == Qt::ToolTipRole ? toolTipText(ErrorText::details(*attempt.error)) : ErrorText::cause(*attempt.error);
    }
    return {};
}

QVariant TimelineModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time: return tr("Time");
    case Part: return tr("Part");
    case What: return tr("What happened");
    case Cause: return tr("Why");
    }
    return {};
}

}  // namespace packmule
