#include "ui/uploads/UploadsPage.h"

#include "ui/uploads/TransferTable.h"

#include <QVBoxLayout>

namespace packmule {

UploadsPage::UploadsPage(const WindowServices &services, QWidget *parent)
    : QWidget(parent),
      m_list(new TransferListModel(services.transfers, services.engine, services.clock, services.scheduler, this)),
      m_table(new TransferTable(*m_list, services.state, this))
{
    setObjectName(QStringLiteral("uploadsPage"));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table);
    m_table->restore();
}

}  // namespace packmule
