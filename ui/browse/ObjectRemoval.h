#pragma once

#include "core/transfer/StoreClient.h"

#include <QObject>

namespace packmule {

/// Objects being deleted, with their number as it goes, until done, stopped or refused. One at a time.
/// Thread: GUI. The client outlives it.
class ObjectRemoval : public QObject
{
    Q_OBJECT

public:
    explicit ObjectRemoval(StoreClient &client, QObject *parent = nullptr) : QObject(parent), m_client(client) {}

    bool isRunning() const { return m_total > 0; }
    int total() const { return m_total; }
    int removed() const { return m_removed; }

    void start(const ConnectionRecord &connection, const QList<ObjectAddress> &objects);
    /// What is deleted is deleted; the rest stays. ended() follows.
    void stop();

Q_SIGNALS:
    void progressed();
    /// @param error set if the next object was refused.
    void ended(int removed, int total, const std::optional<packmule::Error> &error);

private:
    void end(const std::optional<Error> &error);

    StoreClient &m_client;
    CallHandle m_call;
    int m_total = 0, m_removed = 0;
};

}  // namespace packmule
