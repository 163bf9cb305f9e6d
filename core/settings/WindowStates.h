#pragma once

#include "core/base/Mailbox.h"

#include <QByteArray>
#include <QMap>
#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QTimer>

namespace packmule {

/// Where windows stood and how their columns were, by window, as bytes that only the window understands. Kept apart from
/// the settings: lost, it costs nothing. Written a moment after the last change, off this thread.
/// Thread: the one that made it; only its making reads the disk there. Destroying it writes what is unwritten.
class WindowStates : public QObject
{
    Q_OBJECT

public:
    /// @param folder the application's data folder; the file is windows.json in it.
    explicit WindowStates(const QString &folder);
    ~WindowStates() override;

    /// Empty: never kept.
    QByteArray state(const QString &window) const { return m_states.value(window); }
    void keep(const QString &window, const QByteArray &state);

private:
    void write();

    QString m_path;
    QMap<QString, QByteArray> m_states;
    QTimer m_pause;
    QThreadPool m_writer;
};

}  // namespace packmule
