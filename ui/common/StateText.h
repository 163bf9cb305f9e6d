#pragma once

#include "core/transfer/EngineClient.h"

#include <QCoreApplication>
#include <QString>

namespace packmule {

struct RunSummary;

/// The state of a transfer as a sentence without a full stop, as the list shows it. Thread: GUI.
class StateText
{
    Q_DECLARE_TR_FUNCTIONS(StateText)

public:
    /// @param isVerifying the engine said so after the snapshot: the record has no such state.
    static QString of(const TransferSnapshot &transfer, bool isVerifying, WallTime now);
    static QString of(const RunSummary &run);
    static QString ofWaiting(const WaitingEvent &waiting, WallTime now);
};

}  // namespace packmule
