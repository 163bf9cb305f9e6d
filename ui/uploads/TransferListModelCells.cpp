#include "ui/uploads/TransferListModel.h"

#include "core/base/Redaction.h"
#include "ui/common/AmountText.h"
#include "ui/common/StateText.h"
#include "ui/common/ToolTipText.h"

#include <QLocale>

// What TransferListModel shows in a cell.

namespace packmule {

namespace {

using Standing = TransferListModel::Standing;

constexpr qsizetype kMostHints = 20'000;

QString objectText(const ObjectAddress &object)
{
    return QStringLiteral("s3://%1/%2").arg(displayName(object.bucket), displayName(object.key));
}

QString lastName(const QByteArray &path)
{
    return displayName(path.mid(path.lastIndexOf('/') + 1));
}

Standing standingOf(const TransferSnapshot &transfer)
{
    const TransferRecord &record = transfer.record;
    switch (record.state) {
    case TransferState::Done: return Standing::Done;
    case TransferState::NeedsAttention: return Standing::Attention;
    case TransferState::Skipped:
    case TransferState::Cancelling:
    case TransferState::Cancelled: return Standing::Quiet;
    case TransferState::Paused: return Standing::Paused;
    case TransferState::Queued: return record.isPaused ? Standing::Paused : Standing::Waiting;
    case TransferState::Creating:
    case TransferState::Sending:
    case TransferState::Completing: break;
    }
    return record.isPaused ? Standing::Paused : transfer.waiting ? Standing::Waiting : Standing::Active;
}

Standing standingOf(const RunSummary &run)
{
    return run.needingAttention > 0   ? Standing::Attention
        : run.running > run.waiting   ? Standing::Active
        : run.done == run.transfers   ? Standing::Done
        : run.paused > 0 && run.waiting == 0 ? Standing::Paused
                                      : Standing::Waiting;
}

double fractionOf(ByteCount confirmed, ByteCount size, bool isDone)
{
    if (isDone)
        return 1;
    return size.value() <= 0 ? 0 : std::min(0.999, static_cast<double>(confirmed.value()) / static_cast<double>(size.value()));
}

/// 100 % only after a verified Complete: until then the last percent is held back.
QString percentText(ByteCount confirmed, ByteCount size, bool isDone)
{
    return isDone ? AmountText::percent(ByteCount(1), ByteCount(1))
                  : AmountText::percent(ByteCount(std::min<qint64>(confirmed.value(), size.value() / 100 * 99)), size);
}

}  // namespace

QVariant TransferListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const auto column = static_cast<TransferColumn>(index.column());
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(TransferColumns::isNumber(column) ? Qt::AlignTrailing | Qt::AlignVCenter : Qt::AlignLeading | Qt::AlignVCenter);
    const std::optional<RunId> run = runAt(index);
    if (m_rowHints.size() > kMostHints)
        m_rowHints.clear();
    if (role == RunRole)
        return QVariant::fromValue<qint64>(run.value_or(0));
    if (role == TransferRole)
        return QVariant::fromValue<qint64>(transferAt(index).value_or(0));
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::AccessibleTextRole && role != FractionRole && role != StateRole)
        return {};
    if (run) {
        m_rowHints.insert(-*run, index.row());
        const RunSummary *summary = m_rows.run(*run);
        return summary ? runData(*summary, column, role) : placeholderData(column, role);
    }
    const std::optional<TransferId> transfer = transferAt(index);
    if (!transfer)
        return {};
    m_rowHints.insert(*transfer, index.row());
    if (const ShownTransfer *shown = m_rows.transfer(*transfer))
        return transferData(*shown, column, role);
    if (index.internalId() == 0)
        wantPage(index.row());
    else
        wantPage(m_open.at(static_cast<RunId>(index.internalId())).children, index.row());
    return placeholderData(column, role);
}

QVariant TransferListModel::placeholderData(TransferColumn column, int role) const
{
    if (role == Qt::AccessibleTextRole && column == TransferColumn::Name)
        return tr("Not read yet");
    return role == Qt::DisplayRole && column == TransferColumn::Name ? QVariant(QStringLiteral("…")) : QVariant();
}

QVariant TransferListModel::transferData(const ShownTransfer &shown, TransferColumn column, int role) const
{
    const TransferSnapshot &transfer = shown.snapshot;
    const TransferRecord &record = transfer.record;
    const bool isDone = record.state == TransferState::Done;
    if (role == FractionRole)
        return fractionOf(transfer.confirmed, record.source.size, isDone);
    if (role == StateRole)
        return QVariant::fromValue(standingOf(transfer));
    switch (column) {
    case TransferColumn::Name: return role == Qt::ToolTipRole ? toolTipText(displayName(record.sourcePath)) : lastName(record.sourcePath);
    case TransferColumn::Destination: return role == Qt::ToolTipRole ? toolTipText(objectText(record.object)) : objectText(record.object);
    case TransferColumn::Size: return AmountText::bytes(record.source.size);
    case TransferColumn::PartStrip:
        return role == Qt::AccessibleTextRole ? QVariant(tr("%1 of %2 parts confirmed").arg(QLocale().toString(transfer.confirmedParts), QLocale().toString(transfer.parts))) : QVariant();
    case TransferColumn::Progress: return percentText(transfer.confirmed, record.source.size, isDone);
    case TransferColumn::State: {
        const QString sentence = StateText::of(transfer, shown.isVerifying, m_clock.wallNow());
        return role == Qt::ToolTipRole ? toolTipText(sentence) : sentence;
    }
    case TransferColumn::Speed: return isDone || transfer.waiting ? QString() : AmountText::rate(transfer.rate);
    case TransferColumn::TimeLeft: {
        const auto left = timeLeft(transfer);
        return left && !isDone ? AmountText::span(*left) : QString();
    }
    case TransferColumn::Parts: return tr("%1/%2", "parts confirmed, parts").arg(QLocale().toString(transfer.confirmedParts), QLocale().toString(transfer.parts));
    case TransferColumn::Started: {
        if (record.createStarted)
            return AmountText::time(*record.createStarted);
        const RunSummary *run = m_rows.run(record.run);
        return run && run->begun != WallTime{} ? AmountText::time(run->begun) : QString();
    }
    case TransferColumn::Ended: return record.ended ? AmountText::time(*record.ended) : QString();
    }
    return {};
}

QVariant TransferListModel::runData(const RunSummary &run, TransferColumn column, int role) const
{
    const bool isDone = run.done == run.transfers;
    if (role == FractionRole)
        return fractionOf(run.confirmed, run.size, isDone);
    if (role == StateRole)
        return QVariant::fromValue(standingOf(run));
    switch (column) {
    case TransferColumn::Name: {
        const QString name = lastName(run.commonPath);
        const QString files = name.isEmpty() ? tr("%n file(s)", "a dropped folder or several files", run.transfers)
                                             : tr("%1 (%n file(s))", "a dropped folder", run.transfers).arg(name);
        return role == Qt::ToolTipRole ? toolTipText(displayName(run.commonPath)) : files;
    }
    case TransferColumn::Destination: return role == Qt::ToolTipRole ? toolTipText(objectText(run.commonPlace)) : objectText(run.commonPlace);
    case TransferColumn::Size: return AmountText::bytes(run.size);
    case TransferColumn::PartStrip: return {};
    case TransferColumn::Progress: return percentText(run.confirmed, run.size, isDone);
    case TransferColumn::State: return StateText::of(run);
    case TransferColumn::Speed:
    case TransferColumn::TimeLeft: return {};
    case TransferColumn::Parts: return tr("%1/%2 files", "files done, files").arg(QLocale().toString(run.done), QLocale().toString(run.transfers));
    case TransferColumn::Started: return AmountText::time(run.begun);
    case TransferColumn::Ended: return run.ended ? AmountText::time(*run.ended) : QString();
    }
    return {};
}

QVariant TransferListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= kTransferColumns)
        return {};
    const auto column = static_cast<TransferColumn>(section);
    if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole)
        return TransferColumns::title(column);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(TransferColumns::isNumber(column) ? Qt::AlignTrailing | Qt::AlignVCenter : Qt::AlignLeading | Qt::AlignVCenter);
    return {};
}

Qt::ItemFlags TransferListModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const bool isLeaf = index.internalId() != 0 || m_entries.value(index.row()).count == 1;
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | (isLeaf ? Qt::ItemNeverHasChildren : Qt::NoItemFlags);
}

void TransferListModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= kTransferColumns)
        return;
    const auto sortBy = TransferColumns::sortedBy(static_cast<TransferColumn>(column));
    const bool isDescending = order == Qt::DescendingOrder;
    if (!sortBy || (*sortBy == m_query.sortBy && isDescending == m_query.isDescending))
        return;
    ListQuery query = m_query;
    query.sortBy = *sortBy;
    query.isDescending = isDescending;
    setQuery(query);
}

}  // namespace packmule
