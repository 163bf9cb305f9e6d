#pragma once

#include "core/settings/WindowStates.h"
#include "ui/common/WindowState.h"

namespace packmule {

/// The window's memory of itself, kept in the application's folder. Thread: GUI.
class KeptWindowState final : public WindowState
{
public:
    explicit KeptWindowState(const QString &folder) : m_states(folder) {}

    QByteArray kept(const QString &name) const override { return m_states.state(name); }
    void keep(const QString &name, const QByteArray &value) override { m_states.keep(name, value); }

private:
    WindowStates m_states;
};

}  // namespace packmule
