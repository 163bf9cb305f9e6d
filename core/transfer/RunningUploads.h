#pragma once

#include "core/transfer/CallSet.h"
#include "core/transfer/OpenStores.h"
#include "core/transfer/PartSlots.h"
#include "core/transfer/ProgressMeter.h"
#include "core/transfer/Uploader.h"

#include <map>
#include <memory>
#include <vector>

namespace packmule {

using UploaderFactory = std::function<std::unique_ptr<Uploader>(UploadContext, TransferRecord, const PutOptions &, Uploader::Observer)>;
using SourceOpener = std::function<Result<std::shared_ptr<SourceFile>>(const QByteArray &path, bool followSymlink)>;

/// Why the engine stopped an uploader; the uploader itself only knows that it was.
enum class StopReason { None, Interrupted, Paused, GaveUp };

/// The uploaders that are alive: a small window over the line of waiting transfers, because each holds an open file. Turns
/// their observations into events, polls their counts into progress (at most one event per transfer per 100 ms), and makes
/// sure that each end is told exactly once. Thread: the engine's. Owns the uploaders; what they refer to outlives it.
class RunningUploads
{
public:
    static constexpr Milliseconds kTick{100};
    /// Small files wait for the journal between requests, so more of them than there are slots keep the slots busy.
    static constexpr int kSmallWindow = 24;
    static constexpr ByteCount kSmallSize{16 * 1024 * 1024};

    struct Observer {
        std::function<void(const TransferEvent &)> onEvent;
        std::function<void(const UploadOutcome &, StopReason, const std::optional<Error> &)> onEnded;
        std::function<void()> onTick;
    };
    struct Start {
        TransferRecord record;
        OpenedStore *store = nullptr;
        const PutOptions *options = nullptr;   ///< outlives the upload
        std::optional<bool> cancelKeepingUpload;   ///< set: not to upload but to remove
    };

    RunningUploads(Journal &journal, PartHasher &hasher, Clock &clock, Scheduler &scheduler, PartSlots &slots,
                   UploaderFactory makeUploader, Observer observer);
    ~RunningUploads();

    std::function<qint64()> newOrphanId;
    SourceOpener openSource;   ///< null = SourceFile::open

    bool hasRoomFor(ByteCount size) const;
    void start(Start start);
    /// @param error GaveUp: what the transfer failed with.
    void stop(TransferId transfer, StopReason reason, const std::optional<Error> &error = {});
    void stopAll(StopReason reason);
    void cancel(TransferId transfer, bool keepUpload);
    void wakeAll();
    /// Ends everything where it stands, without a word.
    void destroyAll();
    bool isEmpty() const { return m_uploads.empty(); }

    struct View {
        TransferId transfer = 0;
        const OpenedStore *store = nullptr;
        const Uploader *uploader = nullptr;
        const ProgressMeter *meter = nullptr;
        const std::optional<WaitingEvent> *waiting = nullptr;
    };
    std::optional<View> view(TransferId transfer) const;
    std::vector<View> views() const;

private:
    struct Upload;

    void onUploaderEvent(TransferId transfer, TransferEventBody body);
    void onUploaderFinished(TransferId transfer, const UploadOutcome &outcome);
    void tellEnd(Upload &upload, const UploadOutcome &outcome);
    void emitEvent(const Upload &upload, TransferEventBody body);
    void tick();
    void startTicking();

    Journal &m_journal;
    PartHasher &m_hasher;
    Clock &m_clock;
    Scheduler &m_scheduler;
    PartSlots &m_slots;
    UploaderFactory m_makeUploader;
    Observer m_observer;
    int m_large = 0;
    bool m_isTicking = false;
    std::map<TransferId, std::unique_ptr<Upload>> m_uploads;
    std::vector<std::unique_ptr<Upload>> m_ended;   ///< an uploader cannot be destroyed inside its own onFinished
    CallHandle m_tick, m_sweep;
};

}  // namespace packmule
