#pragma once

#include "core/journal/Records.h"
#include "core/journal/SqliteDatabase.h"

#include <expected>

namespace packmule {

// Records to rows and back: column lists, values in their order, and decoding that names what is wrong with a row.

/// Why a row cannot be a record.
struct RowDamage {
    QString reason;
};
template<typename Record>
using Decoded = std::expected<Record, RowDamage>;

/// A table as SQL text. `key` lists the conflict columns of an upsert.
struct TableText {
    QString name, columns, key;

    QString select(const QString &rest = {}) const;
    /// Insert, or replace every other column of the row with the same key. Not REPLACE: that would delete the row
    /// first, and its parts with it.
    QString upsert() const;
    /// For salvage: a row that breaks a rule loses, silently.
    QString insertIfPossible() const;
};

const TableText &runTable();
const TableText &transferTable();
const TableText &partTable();
const TableText &connectionTable();
const TableText &endpointTable();
const TableText &orphanTable();

QVariantList rowOf(const RunRecord &run);
QVariantList rowOf(const TransferRecord &transfer);
QVariantList rowOf(const PartRecord &part);
QVariantList rowOf(const ConnectionRecord &connection);
QVariantList rowOf(const EndpointRecord &endpoint);
QVariantList rowOf(const OrphanRecord &orphan);

Decoded<RunRecord> runFrom(const SqliteStatement &row);
Decoded<TransferRecord> transferFrom(const SqliteStatement &row);
Decoded<PartRecord> partFrom(const SqliteStatement &row);
Decoded<ConnectionRecord> connectionFrom(const SqliteStatement &row);
Decoded<EndpointRecord> endpointFrom(const SqliteStatement &row);
Decoded<OrphanRecord> orphanFrom(const SqliteStatement &row);

}  // namespace packmule
