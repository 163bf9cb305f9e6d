#pragma once

#include "ui/common/WindowState.h"

#include <QHash>

namespace packmule {

/// Keeps in memory. Thread: any one.
class FakeWindowState final : public WindowState
{
public:
    QHash<QString, QByteArray> values;

    QByteArray kept(const QString &name) const override { return values.value(name); }
    void keep(const QString &name, const QByteArray &value) override { values.insert(name, value); }
};

}  // namespace packmule
