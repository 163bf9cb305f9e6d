#include "ui/uploads/TransferColumns.h"

namespace packmule {

QString TransferColumns::title(TransferColumn column)
{
    switch (column) {
    case TransferColumn::Name: return tr("Name");
    case TransferColumn::Destination: return tr("Destination");
    case TransferColumn::Size: return tr("Size");
    case TransferColumn::PartStrip: return tr("Part map");
    case TransferColumn::Progress: return tr("Progress");
    case TransferColumn::State: return tr("State");
    case TransferColumn::Speed: return tr("Speed");
    case TransferColumn::TimeLeft: return tr("Time left");
    case TransferColumn::Parts: return tr("Parts");
    case TransferColumn::Started: return tr("Started");
    case TransferColumn::Ended: return tr("Ended");
    }
    return {};
}

std::optional<ListColumn> TransferColumns::sortedBy(TransferColumn column)
{
    switch (column) {
    case TransferColumn::Name: return ListColumn::Name;
    case TransferColumn::Destination: return ListColumn::Destination;
    case TransferColumn::Size: return ListColumn::Size;
    case TransferColumn::PartStrip:
    case TransferColumn::Progress:
    case TransferColumn::Parts: return ListColumn::Progress;
    case TransferColumn::State: return ListColumn::State;
    case TransferColumn::Speed:
    case TransferColumn::TimeLeft: return std::nullopt;
    case TransferColumn::Started: return ListColumn::Added;
    case TransferColumn::Ended: return ListColumn::Ended;
    }
    return std::nullopt;
}

bool TransferColumns::isNumber(TransferColumn column)
{
    switch (column) {
    case TransferColumn::Size:
    case TransferColumn::Progress:
    case TransferColumn::Speed:
    case TransferColumn::TimeLeft:
    case TransferColumn::Parts: return true;
    case TransferColumn::Name:
    case TransferColumn::Destination:
    case TransferColumn::PartStrip:
    case TransferColumn::State:
    case TransferColumn::Started:
    case TransferColumn::Ended: return false;
    }
    return false;
}

int TransferColumns::widthInCharacters(TransferColumn column)
{
    switch (column) {
    case TransferColumn::Name: return 27;
    case TransferColumn::Destination: return 22;
    case TransferColumn::State: return 27;
    case TransferColumn::Started:
    case TransferColumn::Ended: return 17;
    case TransferColumn::PartStrip: return 14;
    case TransferColumn::Speed: return 12;
    case TransferColumn::Size:
    case TransferColumn::Progress:
    case TransferColumn::TimeLeft:
    case TransferColumn::Parts: return 10;
    }
    return 10;
}

}  // namespace packmule
