#pragma once

#include "app/gui/ConnectionDesk.h"
#include "app/gui/UploadBatch.h"
#include "core/settings/SettingsStore.h"
#include "ui/common/WindowState.h"

#include <QObject>
#include <QPointer>
#include <QWidget>

#include <functional>
#include <optional>

namespace packmule {

class DestinationDialog;

/// Where uploads go: the place that is remembered, or the answer to a dialog; without any connection, first one of those.
/// Thread: GUI.
class Destinations final : public QObject, public DestinationSource
{
    Q_OBJECT

public:
    struct Services {
        SettingsStore &settings;
        WindowState &state;
        StoreClient &store;
        UserPrompts &prompts;
        Scheduler &scheduler;
        ConnectionDesk &connections;
    };

    explicit Destinations(const Services &services, QObject *parent = nullptr);

    /// The dialogs' parent; may be absent.
    void setWindow(QWidget *window) { m_window = window; }
    /// "s3://bucket/photos/ on Studio"; empty: not chosen yet.
    QString text() const;
    /// Whether uploads go to text() without a question.
    bool isSilent() const { return m_isSilent; }
    /// Opens the dialog now, for later uploads.
    void change();

    CallHandle choose(const UploadSources &sources, std::function<void(std::optional<UploadDestination>)> chosen) override;
    CallHandle open(const QByteArray &connectionId, std::function<void(Result<ConnectionRecord>)> done) override;

Q_SIGNALS:
    void changed();

private:
    using Chosen = std::function<void(std::optional<UploadDestination>)>;

    void askForConnection();
    void takeConnection(const ConnectionProfile &profile);
    void showDialog();
    void conclude(const std::optional<UploadDestination> &destination);
    void remember(const UploadDestination &destination, bool isSilent);
    void restore();

    Services m_services;
    QPointer<QWidget> m_window;
    QPointer<DestinationDialog> m_dialog;
    UploadDestination m_last;
    bool m_isSilent = false;
    UploadSources m_sources;
    Chosen m_chosen;
    bool m_awaitsConnection = false;
    CallHandle m_next;
};

}  // namespace packmule
