#include "app/cli/NeededUploads.h"

#include "app/Composition.h"
#include "app/cli/ArgumentBytes.h"
#include "app/handover/RemoteEngine.h"
#include "core/journal/JournalLocation.h"
#include "core/journal/JournalOwner.h"

#include <QFile>

#include <cerrno>

namespace packmule {

namespace {

constexpr int kPageSize = 500;
constexpr int kMaxAttempts = 20;
constexpr Milliseconds kPause{100};

/// Whether what it has begun on the server is still to become an object.
bool isUnfinished(const TransferRecord &record)
{
    switch (record.state) {
    case TransferState::Queued:
    case TransferState::Creating:
    case TransferState::Sending:
    case TransferState::Completing:
    case TransferState::Paused:
    case TransferState::NeedsAttention: return true;
    case TransferState::Cancelling:
    case TransferState::Done:
    case TransferState::Skipped:
    case TransferState::Cancelled: return false;
    }
    return false;
}

}  // namespace

NeededUploads::NeededUploads(const CommandContext &context) : m_context(context)
{
}

NeededUploads::~NeededUploads() = default;

void NeededUploads::read(std::function<void(Result<void>)> done)
{
    m_done = std::move(done);
    if (!m_context.everywhere.noJournal)
        m_path = journalPath(QFile::decodeName(argumentBytes(m_context.everywhere.journalFile)));
    const bool isThere = !m_path.isEmpty() && QFile::exists(m_path);
    m_next = m_context.composition.scheduler().after(Milliseconds(0), [this, isThere] {
        if (isThere)
            open();
        else
            conclude({});
    });
}

void NeededUploads::open()
{
    auto journal = Composition::openJournal(m_path);
    if (journal) {
        m_journal = std::move(*journal);
        m_ownerPid = 0;
        readPage(0);
    } else if (isJournalInUse(journal.error())) {
        askOwner();
    } else {
        conclude(std::unexpected(journal.error()));
    }
}

void NeededUploads::askOwner()
{
    m_remote = std::make_unique<RemoteEngine>(m_path, m_context.composition.scheduler());
    connect(m_remote.get(), &RemoteEngine::ownerLost, this, &NeededUploads::openAgain);
    m_call = m_remote->open([this](const Result<void> &opened) {
        if (opened) {
            m_ownerPid = m_remote->ownerPid();
            askPage(0);
        } else if ((opened.error().osError == ENOENT || opened.error().osError == ECONNRESET) && m_attempts < kMaxAttempts) {
            openAgain();
        } else {
            conclude(opened);
        }
    });
}

/// The owner is ending: its socket closes a moment before its lock on the journal does.
void NeededUploads::openAgain()
{
    ++m_attempts;
    m_byObject.clear();
    m_next = m_context.composition.scheduler().after(kPause, [this] {
        m_call.cancel();
        m_remote.reset();
        open();
    });
}

void NeededUploads::readPage(int offset)
{
    m_call = m_journal->loadList(offset, kPageSize, [this, offset](const Result<QList<ListedTransfer>> &page) {
        if (page) {
            for (const ListedTransfer &listed : *page)
                take(listed.transfer);
        }
        if (page && page->size() == kPageSize) {
            readPage(offset + kPageSize);
            return;
        }
        const Result<void> result = page.transform([](const auto &) {});
        m_journal->close([this, result] { conclude(result); });
    });
}

void NeededUploads::askPage(int offset)
{
    m_call = m_remote->list(offset, kPageSize, [this, offset](const Result<QList<TransferSnapshot>> &page) {
        if (!page) {
            conclude(std::unexpected(page.error()));
            return;
        }
        for (const TransferSnapshot &snapshot : *page)
            take(snapshot.record);
        if (page->size() == kPageSize)
            askPage(offset + kPageSize);
        else
            m_remote->shutdown([this] { conclude({}); });
    });
}

void NeededUploads::take(const TransferRecord &record)
{
    if (isUnfinished(record) && (!record.uploadId.isEmpty() || record.createStarted))
        m_byObject[{record.object.bucket, record.object.key}].append({record.uploadId, record.id});
}

TransferId NeededUploads::neededBy(const ObjectAddress &object, const QByteArray &uploadId) const
{
    for (const auto &[known, transfer] : m_byObject.value({object.bucket, object.key})) {
        if (known.isEmpty() || known == uploadId)
            return transfer;
    }
    return 0;
}

void NeededUploads::conclude(const Result<void> &result)
{
    if (const auto done = std::exchange(m_done, nullptr))
        done(result);
}

}  // namespace packmule
