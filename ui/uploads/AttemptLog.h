#pragma once

#include "core/transfer/EngineClient.h"

#include <QHash>
#include <QList>
#include <QObject>

namespace packmule {

/// One line of a transfer's timeline.
struct Attempt {
    enum class Kind { Started, CarriedOn, PartConfirmed, Retry, Waiting, Verifying, Completed, Skipped, Paused, Removed, Failed, Notice };
    WallTime time{};
    Kind kind = Kind::Started;
    std::optional<PartNumber> part;
    int attempt = 0;
    ByteCount size;
    std::optional<Error> error;
    QString notice;
};

/// What the engine has told since the window began, by transfer. Bounded: 2,000 lines a transfer, 60,000 in all; the oldest
/// go first. Thread: GUI.
class AttemptLog : public QObject
{
    Q_OBJECT

public:
    static constexpr qsizetype kMostOfOne = 2'000;
    static constexpr qsizetype kMostOfAll = 60'000;

    explicit AttemptLog(EngineClient &engine, QObject *parent = nullptr);

    QList<Attempt> attempts(TransferId transfer) const { return m_attempts.value(transfer); }
    /// How often the part was tried, and its last error.
    int triesOf(TransferId transfer, PartNumber part) const;
    std::optional<Error> lastErrorOf(TransferId transfer, PartNumber part) const;

Q_SIGNALS:
    void attemptAdded(packmule::TransferId transfer, const packmule::Attempt &attempt);

private:
    void note(const TransferEvent &event);
    void dropOldest();

    QHash<TransferId, QList<Attempt>> m_attempts;
    QList<TransferId> m_ages;   ///< by their first line, oldest first
    qsizetype m_all = 0;
};

}  // namespace packmule
