#pragma once

#include "ui/uploads/AttemptLog.h"

#include <QAbstractTableModel>

namespace packmule {

/// The attempts of one transfer as lines: time, part, what, error. Thread: GUI. The log outlives it.
class TimelineModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Time, Part, What, Cause, kColumns };

    explicit TimelineModel(AttemptLog &log, QObject *parent = nullptr);

    void setTransfer(TransferId transfer);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void add(TransferId transfer, const Attempt &attempt);
    QString sentence(const Attempt &attempt) const;

    AttemptLog &m_log;
    TransferId m_transfer = 0;
    QList<Attempt> m_attempts;
};

}  // namespace packmule
