#pragma once

#include "core/transfer/PartLayout.h"
#include "core/transfer/Uploader.h"

namespace packmule {

/// Carries one file through as many plans as it takes: chooses PutObject or multipart from the record and the file's size,
/// and when a plan ends in Restart (the file changed, the upload was gone) makes the next one, a little later each time.
/// Thread: the engine's. Owns the uploader at work; made by makeUploader().
class FileUploader final : public Uploader
{
public:
    static constexpr int kMaxRestarts = 5;
    static constexpr Milliseconds kFirstPause{1'000};  ///< before the second restart; doubles

    FileUploader(UploadContext context, TransferRecord record, const PutOptions &options, Observer observer);

    void start() override;
    void stop() override;
    void cancel(bool keepUpload) override;
    void wake() override;
    const TransferRecord &record() const override { return m_inner ? m_inner->record() : m_record; }
    ByteCount bytesSent() const override { return m_inner ? m_inner->bytesSent() : ByteCount(0); }
    ByteCount bytesConfirmed() const override { return m_inner ? m_inner->bytesConfirmed() : ByteCount(0); }
    int confirmedParts() const override { return m_inner ? m_inner->confirmedParts() : 0; }
    QList<PartStanding> partStandings() const override { return m_inner ? m_inner->partStandings() : QList<PartStanding>(); }
    int requests() const override { return m_earlierRequests + (m_inner ? m_inner->requests() : 0); }

private:
    void begin();
    Result<PartLayout> chooseLayout() const;
    std::unique_ptr<Uploader> makeInner(const PartLayout &layout);
    void onRestart(const TransferRecord &record, const Error &error);
    void onEvent(TransferEventBody event);
    void endWith(TransferState state, UploadOutcome::End end, const std::optional<Error> &error);

    UploadContext m_context;
    TransferRecord m_record;  ///< between two plans
    PutOptions m_options;
    Observer m_observer;
    std::unique_ptr<Uploader> m_inner;
    int m_restarts = 0;
    int m_earlierRequests = 0;
    bool m_isStopAsked = false, m_isCancelAsked = false, m_keepsUpload = false;
    CallHandle m_timer, m_commit;
};

}  // namespace packmule
