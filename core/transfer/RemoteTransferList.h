#pragma once

#include "core/base/Scheduler.h"
#include "core/transfer/TransferListClient.h"

#include <map>

namespace packmule {

/// The list while another process owns the journal, over that engine's list(): the newest kMostRows transfers, read whole
/// and then kept for kFreshness. What it cannot know: which parts of a multipart upload are confirmed (it fills the map
/// from the beginning), when a run began, and anything older than the newest kMostRows.
/// Thread: the engine's. The engine outlives it.
class RemoteTransferList final : public TransferListClient
{
    Q_OBJECT

public:
    static constexpr int kMostRows = 5'000;
    static constexpr int kPage = 500;
    static constexpr Milliseconds kFreshness{1'000};

    RemoteTransferList(EngineClient &engine, Clock &clock);

    [[nodiscard]] CallHandle order(const ListQuery &query, std::function<void(Result<ListOrder>)> done) override;
    [[nodiscard]] CallHandle children(RunId run, const ListQuery &query,
                                      std::function<void(Result<QList<TransferId>>)> done) override;
    [[nodiscard]] CallHandle rows(const QList<TransferId> &transfers,
                                  std::function<void(Result<QList<TransferSnapshot>>)> done) override;
    [[nodiscard]] CallHandle runs(const QList<RunId> &runs, std::function<void(Result<QList<RunSummary>>)> done) override;
    [[nodiscard]] CallHandle counts(std::function<void(Result<ListCounts>)> done) override;
    [[nodiscard]] CallHandle parts(TransferId transfer, std::function<void(Result<PartMap>)> done) override;

private:
    using Snapshots = std::map<TransferId, TransferSnapshot>;
    using Read = std::function<void(const Snapshots &)>;

    template<typename T>
    CallHandle whenRead(std::function<void(Result<T>)> done, std::function<T(const Snapshots &)> answer);
    void readPage();
    void tellAll(const std::optional<Error> &error);
    struct Waiting {
        std::function<void(const std::optional<Error> &)> tell;
    };

    EngineClient &m_engine;
    Clock &m_clock;
    QtScheduler m_scheduler;
    Snapshots m_known, m_reading;
    std::optional<MonotonicTime> m_read;
    std::map<quint64, Waiting> m_waiting;
    quint64 m_lastCall = 0;
    int m_offset = 0;
    bool m_isReading = false;
    CallHandle m_page, m_soon;
};

}  // namespace packmule
