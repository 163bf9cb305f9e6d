#pragma once

#include "core/settings/SettingsStore.h"

#include <QWidget>

#include <functional>
#include <vector>

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;

namespace packmule {

/// A page of the settings dialog: fields bound to the settings. What is changed here holds at once; what changes elsewhere
/// is shown here. Thread: GUI. The store outlives it.
class SettingsPage : public QWidget
{
    Q_OBJECT

public:
    explicit SettingsPage(SettingsStore &store, QWidget *parent = nullptr);

protected:
    struct Choice {
        QString text;
        int value = 0;
    };

    SettingsStore &store() { return m_store; }
    QFormLayout &form() { return *m_form; }
    QComboBox *addChoice(const char *name, const QString &label, const QList<Choice> &choices, std::function<int(const AppSettings &)> read,
                         std::function<void(AppSettings &, int)> write);
    QCheckBox *addFlag(const char *name, const QString &text, bool AppSettings::*member);
    /// A sentence under what was added last, in second-rank text.
    QLabel *addNote(const QString &text);
    /// Called now and after every change of the settings.
    void follow(std::function<void(const AppSettings &)> show);
    /// Changes the settings by `write`, unless that is only `follow` setting a field.
    void change(const std::function<void(AppSettings &)> &write);

private:
    void refresh();

    SettingsStore &m_store;
    QFormLayout *m_form;
    std::vector<std::function<void(const AppSettings &)>> m_fields;
    bool m_isShowing = false;
};

}  // namespace packmule
