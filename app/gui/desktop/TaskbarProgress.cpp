#include "app/gui/desktop/TaskbarProgress.h"

#include <QDBusMessage>
#include <QVariantMap>

namespace packmule {

// Source: "Unity LauncherAPI", wiki.ubuntu.com/Unity/LauncherAPI, low-level DBus interface.
void TaskbarProgress::show(std::optional<int> percent, int needingAttention)
{
    if (percent == m_percent && needingAttention == m_needingAttention)
        return;
    m_percent = percent;
    m_needingAttention = needingAttention;
    const QVariantMap properties{{QStringLiteral("progress"), percent.value_or(0) / 100.0},
                                 {QStringLiteral("progress-visible"), percent.has_value()},
                                 {QStringLiteral("count"), static_cast<qlonglong>(needingAttention)},
                                 {QStringLiteral("count-visible"), needingAttention > 0},
                                 {QStringLiteral("urgent"), needingAttention > 0}};
    QDBusMessage update = QDBusMessage::createSignal(QStringLiteral("/packmule"), QStringLiteral("com.canonical.Unity.LauncherEntry"),
                                                     QStringLiteral("Update"));
    update << QStringLiteral("application://packmule.desktop") << properties;
    m_bus.send(update);
}

}  // namespace packmule
