#pragma once

#include "core/transfer/TransferListClient.h"
#include "ui/browse/NamedConnection.h"

#include <QTreeWidget>

namespace packmule {

class WindowState;

/// The list's filters with their counts, then the connections. One of each is chosen. Thread: GUI.
class FilterPanel : public QTreeWidget
{
    Q_OBJECT

public:
    explicit FilterPanel(WindowState &state, QWidget *parent = nullptr);

    void setCounts(const ListCounts &counts);
    void setConnections(const QList<NamedConnection> &connections);
    ListFilter filter() const { return m_filter; }
    QByteArray connection() const { return m_connection; }
    static QString title(ListFilter filter);
    void restore();

Q_SIGNALS:
    void chosen(packmule::ListFilter filter, const QByteArray &connection);

private:
    void choose(QTreeWidgetItem *item);
    void mark();
    QTreeWidgetItem *heading(const QString &text);

    WindowState &m_state;
    ListFilter m_filter = ListFilter::All;
    QByteArray m_connection;
    QTreeWidgetItem *m_filters, *m_connections;
};

}  // namespace packmule
