#include "core/journal/RecordRows.h"

#include "core/journal/RecordCodes.h"
#include "core/journal/RowReader.h"

#include <bit>

namespace packmule {

namespace {

QVariant nullable(const std::optional<WallTime> &time)
{
    return time ? QVariant(qint64(time->time_since_epoch().count())) : QVariant();
}

// Qt binds a null QByteArray as NULL; these columns are NOT NULL.
QByteArray notNull(const QByteArray &bytes)
{
    return bytes.isNull() ? QByteArray("") : bytes;
}

qint64 sinceEpoch(WallTime time)
{
    return time.time_since_epoch().count();
}

void appendError(QVariantList &row, const std::optional<Error> &error)
{
    if (!error) {
        for (int i = 0; i < 7; ++i)
            row.append(QVariant());
        return;
    }
    row << QString::fromLatin1(errorKindName(error->kind)) << error->detail
        << (error->httpStatus ? QVariant(*error->httpStatus) : QVariant()) << error->s3Code << error->requestId
        << (error->retryAfter ? QVariant(qint64(error->retryAfter->count())) : QVariant()) << error->osError;
}

// Never a null QString: Qt would bind it as NULL.
QString joinedCodes(const QList<ChecksumAlgorithm> &algorithms)
{
    QStringList codes;
    for (const ChecksumAlgorithm algorithm : algorithms)
        codes.append(QString::number(codeOf(algorithm)));
    return codes.isEmpty() ? QStringLiteral("") : codes.join(u',');
}

template<typename Record>
Decoded<Record> soundOr(const RowReader &reader, Record record)
{
    if (!reader.isSound())
        return std::unexpected(RowDamage{reader.fault()});
    return record;
}

}  // namespace

QString TableText::select(const QString &rest) const
{
    return QStringLiteral("SELECT %1 FROM %2 %3").arg(columns, name, rest);
}

QString TableText::upsert() const
{
    const QStringList keys = key.split(QStringLiteral(", "));
    QStringList updates;
    for (const QString &column : columns.split(QStringLiteral(", "))) {
        if (!keys.contains(column))
            updates.append(column + QStringLiteral(" = excluded.") + column);
    }
    const QString marks = QStringList(columns.count(u',') + 1, QStringLiteral("?")).join(u',');
    return QStringLiteral("INSERT INTO %1 (%2) VALUES (%3) ON CONFLICT (%4) DO UPDATE SET %5")
        .arg(name, columns, marks, key, updates.join(u','));
}

QString TableText::insertIfPossible() const
{
    const QString marks = QStringList(columns.count(u',') + 1, QStringLiteral("?")).join(u',');
    return QStringLiteral("INSERT OR IGNORE INTO %1 (%2) VALUES (%3)").arg(name, columns, marks);
}

const TableText &runTable()
{
    static const TableText table{.name = QStringLiteral("run"),
                                 .columns = QStringLiteral("id, identity, command, begun, ended, scan_complete"),
                                 .key = QStringLiteral("id")};
    return table;
}

const TableText &transferTable()
{
    static const TableText table{
        .name = QStringLiteral("transfer"),
        .columns = QStringLiteral(
            "id, run, connection, source_path, source_device, source_inode, source_size, source_modified_ns, "
            "source_changed_ns, source_racy, bucket, object_key, state, paused, position, part_size, plan_algorithm, "
            "plan_sign_payload, token, upload_id, create_started, abort_date, etag, version_id, checksum_algorithm, "
            "checksum, checksum_composite, verified, error_kind, error_detail, error_http_status, error_s3_code, "
            "error_request_id, error_retry_after_ms, error_os, ended"),
        .key = QStringLiteral("id")};
    return table;
}

const TableText &partTable()
{
    static const TableText table{
        .name = QStringLiteral("part"),
        .columns = QStringLiteral("transfer, part_number, size, checksum_algorithm, checksum, checksum_composite, etag"),
        .key = QStringLiteral("transfer, part_number")};
    return table;
}

const TableText &connectionTable()
{
    static const TableText table{
        .name = QStringLiteral("connection"),
        .columns = QStringLiteral("id, endpoint_url, region, aws_profile, provider, ca_bundle, addressing, anonymous,"
                                  " saved_connection"),
        .key = QStringLiteral("id")};
    return table;
}

const TableText &endpointTable()
{
    static const TableText table{
        .name = QStringLiteral("endpoint"),
        .columns = QStringLiteral("url, has_answered, checksum_algorithm, unknown_checksums, clock_offset_ms"),
        .key = QStringLiteral("url")};
    return table;
}

const TableText &orphanTable()
{
    static const TableText table{.name = QStringLiteral("orphan"),
                                 .columns = QStringLiteral("id, connection, bucket, object_key, upload_id"),
                                 .key = QStringLiteral("id")};
    return table;
}

QVariantList rowOf(const RunRecord &run)
{
    return {run.id,           notNull(run.commandIdentity), notNull(run.commandJson), sinceEpoch(run.begun),
            nullable(run.ended), int(run.scanComplete)};
}

QVariantList rowOf(const TransferRecord &t)
{
    QVariantList row;
    row.reserve(36);
    row << t.id << t.run << notNull(t.connectionId) << notNull(t.sourcePath) << std::bit_cast<qint64>(t.source.device)
        << std::bit_cast<qint64>(t.source.inode) << t.source.size.value() << t.source.modifiedNs << t.source.changedNs
        << int(t.source.isRacy) << notNull(t.object.bucket) << notNull(t.object.key) << codeOf(t.state)
        << int(t.isPaused) << t.position << t.partSize.value() << codeOf(t.integrity.algorithm)
        << int(t.integrity.signPayload) << t.token << t.uploadId << nullable(t.createStarted) << nullable(t.abortDate)
        << t.eTag << t.versionId << codeOf(t.checksum.algorithm) << t.checksum.rawBytes << int(t.checksum.isComposite)
        << int(t.isVerified);
    appendError(row, t.error);
    row << nullable(t.ended);
    return row;
}

QVariantList rowOf(const PartRecord &part)
{
    return {part.transfer,
            part.partNumber.value(),
            part.size.value(),
            codeOf(part.checksum.algorithm),
            part.checksum.rawBytes,
            int(part.checksum.isComposite),
            part.eTag};
}

QVariantList rowOf(const ConnectionRecord &connection)
{
    return {notNull(connection.id), connection.endpointUrl, connection.region,
            connection.awsProfile,  connection.provider,    connection.caBundle,
            codeOf(connection.addressing), int(connection.isAnonymous), connection.savedConnection};
}

QVariantList rowOf(const EndpointRecord &endpoint)
{
    return {notNull(endpoint.endpointUrl), int(endpoint.hasAnswered),
            endpoint.checksum ? QVariant(codeOf(*endpoint.checksum)) : QVariant(),
            joinedCodes(endpoint.unknownChecksums), qint64(endpoint.clockOffset.count())};
}

QVariantList rowOf(const OrphanRecord &orphan)
{
    return {orphan.id, notNull(orphan.connectionId), notNull(orphan.object.bucket), notNull(orphan.object.key),
            notNull(orphan.uploadId)};
}

Decoded<RunRecord> runFrom(const SqliteStatement &row)
{
    RowReader reader(row);
    RunRecord run;
    run.id = reader.nonNegative();
    run.commandIdentity = reader.bytes();
    run.commandJson = reader.bytes();
    run.begun = reader.wallTime();
    run.ended = reader.wallTimeIfSet();
    run.scanComplete = reader.flag();
    return soundOr(reader, run);
}

Decoded<TransferRecord> transferFrom(const SqliteStatement &row)
{
    RowReader reader(row);
    TransferRecord t;
    t.id = reader.nonNegative();
    t.run = reader.nonNegative();
    t.connectionId = reader.bytes();
    t.sourcePath = reader.requiredBytes();
    t.source.device = std::bit_cast<quint64>(reader.integer());
    t.source.inode = std::bit_cast<quint64>(reader.integer());
    t.source.size = ByteCount(reader.nonNegative());
    t.source.modifiedNs = reader.integer();
    t.source.changedNs = reader.integer();
    t.source.isRacy = reader.flag();
    t.object.bucket = reader.requiredBytes();
    t.object.key = reader.requiredBytes();
    const std::optional<TransferState> state = transferStateFromCode(reader.integer());
    if (!state)
        reader.refuse(QStringLiteral("unknown state"));
    t.state = state.value_or(TransferState::Queued);
    t.isPaused = reader.flag();
    t.position = static_cast<int>(reader.integer());
    t.partSize = ByteCount(reader.nonNegative());
    t.integrity.algorithm = reader.algorithm();
    t.integrity.signPayload = reader.flag();
    t.token = reader.bytes();
    t.uploadId = reader.bytes();
    t.createStarted = reader.wallTimeIfSet();
    t.abortDate = reader.wallTimeIfSet();
    t.eTag = reader.bytes();
    t.versionId = reader.bytes();
    t.checksum = reader.checksum();
    t.isVerified = reader.flag();
    t.error = reader.error();
    t.ended = reader.wallTimeIfSet();
    return soundOr(reader, t);
}

Decoded<PartRecord> partFrom(const SqliteStatement &row)
{
    RowReader reader(row);
    PartRecord part;
    part.transfer = reader.nonNegative();
    const std::optional<PartNumber> number = PartNumber::from(reader.integer());
    if (!number)
        reader.refuse(QStringLiteral("impossible part number"));
    part.partNumber = number.value_or(part.partNumber);
    part.size = ByteCount(reader.nonNegative());
    part.checksum = reader.checksum();
    part.eTag = reader.bytes();
    return soundOr(reader, part);
}

Decoded<ConnectionRecord> connectionFrom(const SqliteStatement &row)
{
    RowReader reader(row);
    ConnectionRecord connection;
    connection.id = reader.requiredBytes();
    connection.endpointUrl = reader.bytes();
    connection.region = reader.bytes();
    connection.awsProfile = reader.text();
    connection.provider = reader.text();
    connection.caBundle = reader.text();
    const std::optional<AddressingStyle> style = addressingStyleFromCode(reader.integer());
    if (!style)
        reader.refuse(QStringLiteral("unknown addressing style"));
    connection.addressing = style.value_or(AddressingStyle::Auto);
    connection.isAnonymous = reader.flag();
    connection.savedConnection = reader.bytes();
    return soundOr(reader, connection);
}

Decoded<EndpointRecord> endpointFrom(const SqliteStatement &row)
{
    RowReader reader(row);
    EndpointRecord endpoint;
    endpoint.endpointUrl = reader.bytes();
    endpoint.hasAnswered = reader.flag();
    if (const std::optional<qint64> code = reader.integerIfSet()) {
        endpoint.checksum = checksumAlgorithmFromCode(*code);
        if (!endpoint.checksum)
            reader.refuse(QStringLiteral("unknown checksum algorithm"));
    }
    const QString codes = reader.text();
    for (const QString &code : codes.split(u',', Qt::SkipEmptyParts)) {
        const std::optional<ChecksumAlgorithm> algorithm = checksumAlgorithmFromCode(code.toLongLong());
        if (!algorithm)
            reader.refuse(QStringLiteral("unknown checksum algorithm"));
        endpoint.unknownChecksums.append(algorithm.value_or(ChecksumAlgorithm::None));
    }
    endpoint.clockOffset = Milliseconds(reader.integer());
    return soundOr(reader, endpoint);
}

Decoded<OrphanRecord> orphanFrom(const SqliteStatement &row)
{
    RowReader reader(row);
    OrphanRecord orphan;
    orphan.id = reader.nonNegative();
    orphan.connectionId = reader.bytes();
    orphan.object.bucket = reader.requiredBytes();
    orphan.object.key = reader.requiredBytes();
    orphan.uploadId = reader.requiredBytes();
    return soundOr(reader, orphan);
}

}  // namespace packmule
