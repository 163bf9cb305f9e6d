#pragma once

#include <QAction>
#include <QKeySequence>
#include <QList>
#include <QObject>

namespace packmule {

class WindowState;

/// The window's actions and the keys a person has given them. Keys are kept by the action's object name, only where they
/// differ from what the program came with. Thread: GUI. State and actions outlive it.
class ShortcutBook : public QObject
{
    Q_OBJECT

public:
    explicit ShortcutBook(WindowState &state, QObject *parent = nullptr);

    /// With its shortcuts as the program means them; what was kept is put in their place.
    void add(QAction *action);
    const QList<QAction *> &actions() const { return m_actions; }
    QKeySequence keysOf(int action) const { return m_actions.at(action)->shortcut(); }
    QKeySequence defaultOf(int action) const { return m_defaults.at(action); }
    /// Another action that has these keys; null: they are free.
    QAction *holderOf(const QKeySequence &keys, const QAction *except) const;
    /// Gives the keys to this action and takes them from whoever had them.
    void assign(int action, const QKeySequence &keys);
    void restoreDefaults();

Q_SIGNALS:
    void changed();

private:
    void keep();

    WindowState &m_state;
    QList<QAction *> m_actions;
    QList<QKeySequence> m_defaults;
};

}  // namespace packmule
