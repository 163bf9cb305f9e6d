#include "ui/browse/ObjectRemoval.h"

#include <utility>

namespace packmule {

void ObjectRemoval::start(const ConnectionRecord &connection, const QList<ObjectAddress> &objects)
{
    if (isRunning() || objects.isEmpty())
        return;
    m_total = static_cast<int>(objects.size());
    m_removed = 0;
    m_call = m_client.remove(connection, objects,
                             [this](int removed) {
                                 m_removed = removed;
                                 Q_EMIT progressed();
                             },
                             [this](const Result<void> &result) { end(result ? std::optional<Error>() : result.error()); });
    Q_EMIT progressed();
}

void ObjectRemoval::stop()
{
    if (!isRunning())
        return;
    m_call.cancel();
    end({});
}

void ObjectRemoval::end(const std::optional<Error> &error)
{
    const int total = std::exchange(m_total, 0);
    Q_EMIT ended(m_removed, total, error);
}

}  // namespace packmule
