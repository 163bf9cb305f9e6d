#pragma once

#include "core/transfer/EngineClient.h"
#include "core/transfer/TransferListClient.h"

namespace packmule {

/// A row as the window knows it: the snapshot, and what events have told since.
struct ShownTransfer {
    TransferSnapshot snapshot;
    bool isVerifying = false;
};

/// Brings the row to where the event leaves it. @return false if the event says too little: read the row again.
bool applyEvent(ShownTransfer &shown, const TransferEvent &event);
/// Part, retry and completion events in the part map; everything else leaves it alone.
void applyEvent(PartMap &map, const TransferEvent &event);

/// True for events after which the transfer may be in another filter, or elsewhere in the order.
bool changesMembership(const TransferEvent &event);
/// True when nothing of the transfer runs any more.
bool endsTransfer(const TransferEvent &event);

/// Until the last byte is confirmed, at the present speed; null while unknown.
std::optional<std::chrono::seconds> timeLeft(const TransferSnapshot &snapshot);

}  // namespace packmule
