#pragma once

#include "core/transfer/EndpointHealth.h"
#include "core/transfer/RunningUploads.h"

#include <map>
#include <vector>

namespace packmule {

/// How the fake uploads of one key go.
struct FakeUploadScript {
    enum class Way { Complete, Hang, Fail, LoseNetwork, ExpireCredentials };
    Way way = Way::Complete;
    Error error{};
    bool isStoppable = true;       ///< false: stop() is never answered, as with a Complete on its way
    QByteArray uploadId{};         ///< journalled before anything else, as a multipart upload does
    ByteCount sent{};              ///< what it says it has sent while it hangs
};

/// What the engine's tests see of all fake uploaders; it makes them.
struct FakeUploaders {
    std::map<QByteArray, FakeUploadScript> scripts;   ///< by key; the others complete
    FakeUploadScript otherwise;
    std::vector<TransferRecord> started;              ///< as they were handed over
    std::vector<PutOptions> options;
    QList<QByteArray> cancelled, stopped, woken;      ///< keys
    int alive = 0, mostAlive = 0;

    UploaderFactory factory();
    QList<QByteArray> startedKeys() const
    {
        QList<QByteArray> keys;
        for (const TransferRecord &record : started)
            keys.append(record.object.key);
        return keys;
    }
};

/// Commits what a real uploader commits, and otherwise does what its script says. Thread: the scheduler's.
class FakeUploader final : public Uploader
{
public:
    FakeUploader(FakeUploaders &all, UploadContext context, TransferRecord record, Observer observer)
        : m_all(all), m_context(std::move(context)), m_record(std::move(record)), m_observer(std::move(observer))
    {
        const auto own = all.scripts.find(m_record.object.key);
        m_script = own == all.scripts.end() ? all.otherwise : own->second;
        all.mostAlive = std::max(all.mostAlive, ++all.alive);
    }
    ~FakeUploader() override { --m_all.alive; }

    void start() override
    {
        m_call = m_context.scheduler.after(Milliseconds{0}, [this] { begin(); });
    }
    void stop() override
    {
        m_all.stopped.append(m_record.object.key);
        if (m_script.isStoppable)
            end(m_record.state, UploadOutcome::End::Stopped, {});
    }
    void cancel(bool) override
    {
        m_all.cancelled.append(m_record.object.key);
        end(TransferState::Cancelled, UploadOutcome::End::Cancelled, {});
    }
    void wake() override { m_all.woken.append(m_record.object.key); }
    const TransferRecord &record() const override { return m_record; }
    ByteCount bytesSent() const override { return m_script.sent; }
    ByteCount bytesConfirmed() const override { return m_isDone ? m_record.source.size : ByteCount{}; }
    int confirmedParts() const override { return m_isDone ? 1 : 0; }
    int requests() const override { return 1; }

    void setSent(ByteCount sent) { m_script.sent = sent; }

private:
    void begin()
    {
        if (!m_script.uploadId.isEmpty() && m_record.uploadId.isEmpty()) {
            m_record.uploadId = m_script.uploadId;
            m_record.partSize = ByteCount(5 * 1024 * 1024);
            m_record.state = TransferState::Sending;
            m_commit = m_context.journal.commit({SaveTransfer{m_record}}, [this](const Result<void> &) { goOn(); });
            return;
        }
        goOn();
    }
    void goOn()
    {
        m_observer.onEvent(StartedEvent{.size = m_record.source.size, .partSize = {}, .uploadId = m_record.uploadId});
        switch (m_script.way) {
        case FakeUploadScript::Way::Complete:
            m_context.health.noteAnswer();
            end(TransferState::Done, UploadOutcome::End::Done, {});
            return;
        case FakeUploadScript::Way::Hang:
            return;
        case FakeUploadScript::Way::Fail:
            end(TransferState::NeedsAttention, UploadOutcome::End::NeedsAttention, m_script.error);
            return;
        case FakeUploadScript::Way::LoseNetwork:
            m_context.health.network().note(m_script.error);
            m_observer.onEvent(WaitingEvent{.reason = WaitReason::Network, .error = m_script.error, .until = {}});
            return;
        case FakeUploadScript::Way::ExpireCredentials:
            m_context.credentials.note(m_script.error);
            m_observer.onEvent(WaitingEvent{.reason = WaitReason::Credentials, .error = m_script.error, .until = {}});
            return;
        }
    }
    void end(TransferState state, UploadOutcome::End end, const std::optional<Error> &error)
    {
        m_call.cancel();
        m_isDone = state == TransferState::Done;
        m_record.state = state;
        m_record.error = error;
        m_commit = m_context.journal.commit({SaveTransfer{m_record}}, [this, end, error](const Result<void> &) {
            m_call = m_context.scheduler.after(Milliseconds{0}, [this, end, error] {
                const auto finished = m_observer.onFinished;
                finished({.end = end, .record = m_record, .error = error});
            });
        });
    }

    FakeUploaders &m_all;
    UploadContext m_context;
    TransferRecord m_record;
    Observer m_observer;
    FakeUploadScript m_script;
    bool m_isDone = false;
    CallHandle m_call, m_commit;
};

inline UploaderFactory FakeUploaders::factory()
{
    return [this](UploadContext context, TransferRecord record, const PutOptions &put, Uploader::Observer observer) {
        started.push_back(record);
        options.push_back(put);
        return std::make_unique<FakeUploader>(*this, std::move(context), std::move(record), std::move(observer));
    };
}

}  // namespace packmule
