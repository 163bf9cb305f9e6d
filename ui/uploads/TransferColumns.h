#pragma once

#include "core/transfer/TransferListClient.h"

#include <QCoreApplication>
#include <QString>

#include <optional>

namespace packmule {

/// The list's columns, in their first order. The values are kept in the window's state: add at the end only.
enum class TransferColumn { Name, Destination, Size, PartStrip, Progress, State, Speed, TimeLeft, Parts, Started, Ended };
constexpr int kTransferColumns = 11;

class TransferColumns
{
    Q_DECLARE_TR_FUNCTIONS(TransferColumns)

public:
    static QString title(TransferColumn column);
    /// What the journal sorts by for it; null: speed and time left change by the second and are not sorted by.
    static std::optional<ListColumn> sortedBy(TransferColumn column);
    static bool isNumber(TransferColumn column);
    static bool isHiddenAtFirst(TransferColumn column) { return column == TransferColumn::Ended; }
    /// In average characters.
    static int widthInCharacters(TransferColumn column);
};

}  // namespace packmule
