#pragma once

#include "core/journal/Records.h"
#include "core/transfer/PathFilter.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>

#include <optional>

namespace packmule {

/// "10M" or "08:00,512k 23:00,off": bytes a second from a local time of day on; 0 = unlimited.
struct BandwidthSchedule {
    struct Entry { int minuteOfDay = 0; ByteCount perSecond; };
    QList<Entry> entries;  ///< one entry without a time = always
    bool isUnlimited() const { return entries.isEmpty(); }
};

struct PutOptions {
    bool recursive = false;
    ObjectSettings settings;
    std::optional<ByteCount> partSize;          ///< nullopt = by file size; explicit values were checked by the caller
    std::optional<ChecksumAlgorithm> checksum;  ///< nullopt = learnt per endpoint
    WriteCondition condition = WriteCondition::Always;
    IfChanged ifChanged = IfChanged::Restart;
    QList<NameFilter> filters;                  ///< --include and --exclude in the order given: the last that matches wins
    bool followSymlinks = false;
    bool rawNames = false;
    bool abortOnFailure = false;
    int concurrency = 4;                        ///< slots over all transfers
    std::optional<int> retries;                 ///< nullopt = without limit
    std::optional<Milliseconds> maxWait;        ///< of lost network, and for new credentials
    BandwidthSchedule bandwidth;
};

/// One `put` as a value: what the journal keeps and what is handed to another process. Never a secret.
struct PutCommand {
    QList<QByteArray> sources;     ///< absolute raw paths; a trailing '/' is gone
    QByteArray bucket;
    QByteArray destinationKey;     ///< a key, or a prefix ending in '/' (or empty)
    PutOptions options;
    ConnectionRecord connection;

    /// Equal for "the same command" (cli.md): sources, destination, endpoint and object settings; nothing else.
    QByteArray identity() const;
    QJsonObject toJson() const;
    static std::optional<PutCommand> fromJson(const QJsonObject &json);
};

/// Where a command goes, as journal and hand-over carry it. Never a secret.
QJsonObject connectionJson(const ConnectionRecord &connection);
ConnectionRecord connectionFromJson(const QJsonObject &json);

}  // namespace packmule
