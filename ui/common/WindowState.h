#pragma once

#include <QByteArray>
#include <QString>

namespace packmule {

/// What the window remembers between two starts: column widths, splitters, filters. Values are opaque to the keeper and
/// small. Implemented over the settings store by the application, in memory by tests. Thread: GUI.
class WindowState
{
public:
    virtual ~WindowState() = default;
    /// Empty if nothing was ever kept under that name.
    virtual QByteArray kept(const QString &name) const = 0;
    virtual void keep(const QString &name, const QByteArray &value) = 0;
};

}  // namespace packmule
