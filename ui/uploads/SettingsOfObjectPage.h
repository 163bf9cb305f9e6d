#pragma once

#include "core/transfer/EngineClient.h"

#include <QScrollArea>

class QFormLayout;

namespace packmule {

/// How the object is, or was, put together: what was frozen when its upload began. Thread: GUI.
class SettingsOfObjectPage : public QScrollArea
{
    Q_OBJECT

public:
    explicit SettingsOfObjectPage(QWidget *parent = nullptr);

    /// @param connection its name; empty: not known here any more.
    void show(const TransferSnapshot &transfer, const QString &connection);
    void clear();

private:
    void add(const char *name, const QString &caption, const QString &text);

    QFormLayout *m_form;
};

}  // namespace packmule
