#pragma once

#include "app/gui/ConflictCheck.h"
#include "app/gui/DiskThread.h"
#include "app/gui/UploadSources.h"
#include "core/base/Scheduler.h"
#include "core/settings/AppSettings.h"
#include "core/transfer/EngineClient.h"
#include "core/transfer/StoreClient.h"
#include "ui/common/UserPrompts.h"
#include "ui/destination/UploadDestination.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>

namespace packmule {

/// Who knows where an upload goes, and perhaps asks. Thread: GUI.
class DestinationSource
{
public:
    virtual ~DestinationSource() = default;
    /// @param chosen nullopt: the person changed their mind. Later, once; never after the handle is gone.
    [[nodiscard]] virtual CallHandle choose(const UploadSources &sources, std::function<void(std::optional<UploadDestination>)> chosen) = 0;
    /// What the engine needs to know of a saved connection. Errors: it is gone, or its secret cannot be had.
    [[nodiscard]] virtual CallHandle open(const QByteArray &connectionId, std::function<void(Result<ConnectionRecord>)> done) = 0;
};

/// What an upload passes through; all outlive it.
struct UploadServices {
    DestinationSource &destinations;
    StoreClient &store;
    EngineClient &engine;
    UserPrompts &prompts;
    DiskThread &disk;
    Scheduler &scheduler;
    std::function<AppSettings()> settings;
    std::function<void(AppSettings::Conflict)> rememberConflict;
};

/// One drop on its way to the engine. Every question comes before the first byte; whoever says no has changed nothing.
///
/// | state | waits for | then |
/// |---|---|---|
/// | Looking | the disk: can these be read | Choosing; a question first if some cannot; Over if none can |
/// | Choosing | the destination, perhaps a person | Opening; Over |
/// | Opening | the connection | Checking, or Putting if the settings say what to do with conflicts; Over on error |
/// | Checking | what would be replaced | Asking, or Putting if nothing would |
/// | Asking | a person | Putting; Over |
/// | Putting | the engine's yes | Over |
///
/// Thread: GUI.
class UploadBatch final : public QObject
{
    Q_OBJECT

public:
    /// @param destination set: dropped on a place that says where; nobody is asked.
    UploadBatch(const UploadServices &services, const QList<QByteArray> &paths, const std::optional<UploadDestination> &destination);
    ~UploadBatch() override;

    void start();

Q_SIGNALS:
    /// For the line at the foot of the window.
    void said(const QString &sentence);
    /// Nothing comes of it; more than a line.
    void refused(const QString &title, const QString &text);
    void accepted(packmule::RunId run);
    /// Once, the last signal.
    void over();

private:
    void takeSources(const UploadSources &sources);
    void goOn();
    void choose();
    void open();
    void check();
    void askWhatToDo(const Conflicts &conflicts);
    void takeAnswer(const UserAnswer &answer);
    void put(WriteCondition condition);
    QString conflictText(const Conflicts &conflicts) const;

    const UploadServices m_services;
    const QList<QByteArray> m_paths;
    UploadSources m_sources;
    std::optional<UploadDestination> m_destination;
    ConnectionRecord m_connection;
    CallHandle m_call;
    std::unique_ptr<ConflictCheck> m_check;
};

/// The command for one drop: a folder keeps its name below the prefix, whether it comes alone or with others.
PutCommand putCommandFor(const UploadSources &sources, const UploadDestination &destination, const ConnectionRecord &connection,
                         const AppSettings &settings, WriteCondition condition);

}  // namespace packmule
