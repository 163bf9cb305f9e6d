#pragma once

#include "app/gui/UploadBatch.h"

#include <QObject>

#include <deque>
#include <memory>

namespace packmule {

/// The door for files, whichever way they come: drop, paste, dialog, command line, a second start, Browse. One batch after
/// the other, so that a person meets one question at a time. Thread: GUI.
class UploadFlow final : public QObject
{
    Q_OBJECT

public:
    explicit UploadFlow(const UploadServices &services, QObject *parent = nullptr);
    ~UploadFlow() override;

    void begin(const QList<QByteArray> &paths);
    void beginAt(const QList<QByteArray> &paths, const UploadDestination &destination);
    bool isBusy() const { return !m_batches.empty(); }

Q_SIGNALS:
    void said(const QString &sentence);
    void refused(const QString &title, const QString &text);
    void accepted(packmule::RunId run);

private:
    void add(const QList<QByteArray> &paths, const std::optional<UploadDestination> &destination);
    void startNext();

    const UploadServices m_services;
    std::deque<std::unique_ptr<UploadBatch>> m_batches;   ///< the first one is under way
    CallHandle m_next;
};

}  // namespace packmule
