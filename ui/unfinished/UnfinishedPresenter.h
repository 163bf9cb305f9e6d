#pragma once

#include "ui/browse/StorePageServices.h"
#include "ui/unfinished/UnfinishedModel.h"
#include "ui/unfinished/UploadOwners.h"

#include <QObject>

#include <map>

namespace packmule {

/// Reads the unfinished uploads of one bucket, whoever began them, counts the parts of those that are looked at, and aborts.
///
/// | state | on | then |
/// |---|---|---|
/// | Idle | open() | Loading |
/// | Loading | a page | the next one, up to kPages; then Partial, or Whole at the end |
/// | Loading | an error | Failed; the rows stay |
/// | Partial | loadMore() | Loading |
/// | any | refresh() | Loading from the first page; the rows stay until it is here |
///
/// Thread: GUI. What it is given outlives it.
class UnfinishedPresenter : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Loading, Partial, Whole, Failed };
    static constexpr int kPages = 10;             ///< read in one go: 10,000 uploads
    static constexpr std::size_t kParallel = 4;   ///< calls that count, and calls that abort
    static constexpr Milliseconds kCalm{250};     ///< between two times that rows vanish

    UnfinishedPresenter(const StorePageServices &services, TransferListClient &transfers, QObject *parent = nullptr);

    UnfinishedModel &model() { return m_model; }
    const UnfinishedModel &model() const { return m_model; }
    State state() const { return m_state; }
    const std::optional<Error> &error() const { return m_error; }
    const QByteArray &bucket() const { return m_bucket; }
    bool isAborting() const { return !m_aborts.empty() || !m_toAbort.isEmpty(); }

    /// nullopt or an empty bucket: nothing is shown.
    void open(const std::optional<ConnectionRecord> &connection, const QByteArray &bucket);
    void refresh();
    void loadMore();
    /// The rows in view: these are counted next, whatever was asked for before.
    void count(const QList<UnfinishedModel::Id> &rows);
    /// Reads once more which of the uploads our transfers need: some may have begun since. Later: whether that is known now.
    void lookAtOwners(std::function<void(bool isKnown)> looked);
    /// How many of them a transfer of our list goes on with.
    int needed(const QList<UnfinishedModel::Id> &rows) const;
    /// After the person's yes.
    void abort(const QList<UnfinishedModel::Id> &rows);

Q_SIGNALS:
    void stateChanged();
    /// Of all that were asked for since the last time.
    void aborted(int aborted, int failed, const std::optional<packmule::Error> &error);

private:
    void readPage(bool isFirst);
    void takePage(bool isFirst, const UploadPage &page);
    void readRules();
    void countNext();
    void countPage(const UnfinishedModel::Id &id, int marker, int parts, ByteCount bytes);
    void abortNext();
    void removeSoon();
    void removeGone();
    void endAborts();
    void setState(State state);

    StorePageServices m_services;
    UnfinishedModel m_model;
    UploadOwners m_owners;
    std::optional<ConnectionRecord> m_connection;
    QByteArray m_bucket;
    State m_state = State::Idle;
    std::optional<Error> m_error;
    QByteArray m_keyMarker, m_uploadIdMarker;
    int m_pages = 0;
    CallHandle m_list, m_rules;
    QList<UnfinishedModel::Id> m_toCount, m_toAbort, m_gone;
    CallHandle m_removal;
    std::map<UnfinishedModel::Id, CallHandle> m_counts, m_aborts;
    int m_aborted = 0, m_failed = 0;
    std::optional<Error> m_abortError;
};

}  // namespace packmule
