#include "core/transfer/TransferSnapshots.h"

#include <algorithm>

namespace packmule {

int partCountOf(const TransferRecord &record)
{
    const qint64 size = record.source.size.value(), part = record.partSize.value();
    return part <= 0 || size <= 0 ? 1 : static_cast<int>(std::min<qint64>((size + part - 1) / part, PartNumber::kMax));
}

QList<TransferSnapshot> snapshotsOf(const QList<ListedTransfer> &listed, const RunningUploads &running)
{
    QList<TransferSnapshot> snapshots;
    snapshots.reserve(listed.size());
    for (const auto &[record, confirmedParts, confirmed] : listed) {
        TransferSnapshot snapshot;
        snapshot.record = record;
        if (const auto view = running.view(record.id)) {
            snapshot.record = view->uploader->record();
            snapshot.sent = view->meter->sent();
            snapshot.confirmed = view->meter->confirmed();
            snapshot.rate = view->meter->bytesPerSecond();
            snapshot.confirmedParts = view->uploader->confirmedParts();
            snapshot.waiting = *view->waiting;
        } else if (record.state == TransferState::Done) {
            snapshot.sent = snapshot.confirmed = record.source.size;
            snapshot.confirmedParts = partCountOf(record);
        } else {  // it rests: what its next start will find
            snapshot.sent = snapshot.confirmed = confirmed;
            snapshot.confirmedParts = confirmedParts;
        }
        snapshot.parts = partCountOf(snapshot.record);
        snapshots.append(std::move(snapshot));
    }
    return snapshots;
}

}  // namespace packmule
