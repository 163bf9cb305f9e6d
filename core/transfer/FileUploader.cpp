#include "core/transfer/FileUploader.h"

#include "core/transfer/MultipartUploader.h"
#include "core/transfer/PutUploader.h"

#include <utility>

namespace packmule {

namespace {

/// There is, or may be, a multipart upload on the server.
bool hasMultipartPast(const TransferRecord &record)
{
    return !record.uploadId.isEmpty() || record.createStarted || record.state == TransferState::Cancelling;
}

}  // namespace

FileUploader::FileUploader(UploadContext context, TransferRecord record, const PutOptions &options, Observer observer)
    : m_context(std::move(context)), m_record(std::move(record)), m_options(options), m_observer(std::move(observer))
{
}

void FileUploader::start()
{
    begin();
}

/// The next plan, for the file as the record knows it; the uploader looks at the file itself.
void FileUploader::begin()
{
    if (m_isStopAsked)
        return endWith(m_record.state, UploadOutcome::End::Stopped, {});
    const Result<PartLayout> layout = chooseLayout();
    if (!layout) {
        onEvent(FailedEvent{.error = layout.error(), .advice = {}, .isResumable = false});
        return endWith(TransferState::NeedsAttention, UploadOutcome::End::Failed, layout.error());
    }
    if (layout->isPartSizeRaised())
        onEvent(NoticeEvent{QStringLiteral("part size raised to %1: the file would not fit into %2 parts otherwise")
                                .arg(byteCountText(layout->partSize()), QString::number(m_context.limits.maxParts))});
    m_inner = makeInner(*layout);
    if (m_isCancelAsked)
        m_inner->cancel(m_keepsUpload);
    m_inner->start();
}

Result<PartLayout> FileUploader::chooseLayout() const
{
    if (hasMultipartPast(m_record))
        return PartLayout::frozen(m_record.source.size, m_record.partSize);
    if (m_record.partSize.value() > 0)  // planned by an earlier call: a part size once planned stays
        return PartLayout::plan(m_record.source.size, m_record.partSize, m_context.limits);
    return PartLayout::plan(m_record.source.size, m_options.partSize, m_context.limits);
}

std::unique_ptr<Uploader> FileUploader::makeInner(const PartLayout &layout)
{
    const Observer observer{.onEvent = [this](TransferEventBody event) { onEvent(std::move(event)); }, .onFinished = m_observer.onFinished};
    const auto restart = [this](const TransferRecord &record, const Error &error) { onRestart(record, error); };
    if (layout.isMultipart() || hasMultipartPast(m_record))
        return std::make_unique<MultipartUploader>(m_context, m_record, layout, m_options, observer, restart);
    return std::make_unique<PutUploader>(m_context, m_record, m_options, observer, restart);
}

/// A file that is written to all the time, or a server that forgets each upload, must not keep us busy for ever.
void FileUploader::onRestart(const TransferRecord &record, const Error &error)
{
    m_record = record;
    m_earlierRequests += m_inner->requests();
    m_inner.reset();
    if (++m_restarts > kMaxRestarts) {
        Error spent = error;
        spent.detail = QStringLiteral("begun anew %1 times in vain: %2").arg(QString::number(kMaxRestarts), error.detail);
        onEvent(FailedEvent{.error = spent, .advice = {}, .isResumable = true});
        return endWith(TransferState::NeedsAttention, UploadOutcome::End::NeedsAttention, spent);
    }
    const Milliseconds pause = m_restarts == 1 ? Milliseconds{0} : kFirstPause * (1 << (m_restarts - 2));
    m_timer = m_context.scheduler.after(pause, [this] { begin(); });
}

void FileUploader::onEvent(TransferEventBody event)
{
    if (auto *completed = std::get_if<CompletedEvent>(&event))
        completed->requests = requests();
    if (m_observer.onEvent)
        m_observer.onEvent(std::move(event));
}

void FileUploader::endWith(TransferState state, UploadOutcome::End end, const std::optional<Error> &error)
{
    m_timer.cancel();
    m_record.state = state;
    m_record.error = error;
    m_commit = m_context.journal.commit({SaveTransfer{m_record}}, [finished = m_observer.onFinished, end, record = m_record, error](const Result<void> &) {
        finished({.end = end, .record = record, .error = error});
    });
}

void FileUploader::stop()
{
    m_isStopAsked = true;
    if (m_inner)
        m_inner->stop();
    else
        m_timer = m_context.scheduler.after(Milliseconds{0}, [this] { begin(); });
}

void FileUploader::cancel(bool keepUpload)
{
    m_isCancelAsked = true;
    m_keepsUpload = keepUpload;
    if (m_inner)
        m_inner->cancel(keepUpload);
    else
        m_timer = m_context.scheduler.after(Milliseconds{0}, [this] { begin(); });
}

void FileUploader::wake()
{
    if (m_inner)
        m_inner->wake();
}

}  // namespace packmule
