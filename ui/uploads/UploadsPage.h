#pragma once

#include "ui/common/UserPrompts.h"
#include "ui/common/WindowState.h"
#include "ui/uploads/TransferListModel.h"

#include <QWidget>

namespace packmule {

class TransferTable;

/// What the window's pages work with; everything outlives the window.
struct WindowServices {
    TransferListClient &transfers;
    EngineClient &engine;
    UserPrompts &prompts;
    WindowState &state;
    const Clock &clock;
    Scheduler &scheduler;
};

/// The tab Transfers. Thread: GUI.
class UploadsPage : public QWidget
{
    Q_OBJECT

public:
    explicit UploadsPage(const WindowServices &services, QWidget *parent = nullptr);

    TransferListModel &list() { return *m_list; }

private:
    TransferListModel *m_list;
    TransferTable *m_table;
};

}  // namespace packmule
