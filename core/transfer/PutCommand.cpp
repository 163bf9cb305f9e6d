#include "core/transfer/PutCommand.h"

#include "core/integrity/Digest.h"

#include <QJsonArray>

#include <algorithm>
#include <limits>

namespace packmule {

namespace {

// Values of enums as the journal spells them; never renumbered, only appended.
constexpr const char *kConditions[] = {"always", "noOverwrite", "ifSizeDiffers", "ifSourceNewer"};
constexpr const char *kIfChanged[] = {"restart", "verify", "fail"};
constexpr const char *kAddressing[] = {"auto", "path", "virtual"};
constexpr const char *kFilterEffects[] = {"exclude", "include"};

template<typename Enum, std::size_t N>
QJsonValue nameOf(const char *const (&names)[N], Enum value)
{
    return QLatin1String(names[static_cast<std::size_t>(value)]);
}

template<typename Enum, std::size_t N>
Enum valueOf(const char *const (&names)[N], const QJsonValue &name)
{
    for (std::size_t i = 0; i < N; ++i) {
        if (name.toString() == QLatin1String(names[i]))
            return static_cast<Enum>(i);
    }
    return Enum{};
}

/// Raw bytes need not be UTF-8, which is all that JSON carries.
QJsonValue coded(const QByteArray &raw)
{
    return QString::fromLatin1(raw.toBase64());
}

QByteArray decoded(const QJsonValue &value)
{
    return QByteArray::fromBase64(value.toString().toLatin1());
}

using Pairs = QList<std::pair<QByteArray, QByteArray>>;

QJsonArray coded(const Pairs &pairs)
{
    QJsonArray array;
    for (const auto &[name, value] : pairs)
        array.append(QJsonArray{coded(name), coded(value)});
    return array;
}

Pairs decodedPairs(const QJsonValue &value)
{
    Pairs pairs;
    for (const QJsonValue &pair : value.toArray())
        pairs.append({decoded(pair.toArray().at(0)), decoded(pair.toArray().at(1))});
    return pairs;
}

QJsonArray toJson(const QList<NameFilter> &filters)
{
    QJsonArray array;
    for (const NameFilter &filter : filters)
        array.append(QJsonArray{nameOf(kFilterEffects, filter.effect), coded(filter.pattern)});
    return array;
}

QList<NameFilter> filtersFrom(const QJsonValue &value)
{
    QList<NameFilter> filters;
    for (const QJsonValue &item : value.toArray())
        filters.append({valueOf<NameFilter::Effect>(kFilterEffects, item.toArray().at(0)), decoded(item.toArray().at(1))});
    return filters;
}

/// Every plain field of the settings with its name, for writing, reading and hashing alike.
template<typename Settings, typename Visit>
void eachField(Settings &settings, const Visit &visit)
{
    visit("acl", settings.acl);
    visit("storageClass", settings.storageClass);
    visit("contentType", settings.contentType);
    visit("cacheControl", settings.cacheControl);
    visit("contentDisposition", settings.contentDisposition);
    visit("contentEncoding", settings.contentEncoding);
    visit("serverSideEncryption", settings.serverSideEncryption);
    visit("kmsKeyId", settings.kmsKeyId);
}

QJsonObject toJson(const ObjectSettings &settings)
{
    QJsonObject json;
    eachField(settings, [&](const char *name, const QByteArray &value) {
        if (!value.isEmpty())
            json.insert(QLatin1String(name), coded(value));
    });
    json.insert(QLatin1String("metadata"), coded(settings.metadata));
    json.insert(QLatin1String("tags"), coded(settings.tags));
    return json;
}

ObjectSettings settingsFrom(const QJsonObject &json)
{
    ObjectSettings settings;
    eachField(settings, [&](const char *name, QByteArray &value) { value = decoded(json.value(QLatin1String(name))); });
    settings.metadata = decodedPairs(json.value(QLatin1String("metadata")));
    settings.tags = decodedPairs(json.value(QLatin1String("tags")));
    return settings;
}

QJsonArray toJson(const BandwidthSchedule &schedule)
{
    QJsonArray array;
    for (const auto &entry : schedule.entries)
        array.append(QJsonArray{entry.minuteOfDay, entry.perSecond.value()});
    return array;
}

QJsonObject toJson(const PutOptions &options)
{
    QJsonObject json{
        {QStringLiteral("recursive"), options.recursive},
        {QStringLiteral("settings"), toJson(options.settings)},
        {QStringLiteral("condition"), nameOf(kConditions, options.condition)},
        {QStringLiteral("ifChanged"), nameOf(kIfChanged, options.ifChanged)},
        {QStringLiteral("filters"), toJson(options.filters)},
        {QStringLiteral("followSymlinks"), options.followSymlinks},
        {QStringLiteral("rawNames"), options.rawNames},
        {QStringLiteral("abortOnFailure"), options.abortOnFailure},
        {QStringLiteral("concurrency"), options.concurrency},
        {QStringLiteral("bandwidth"), toJson(options.bandwidth)},
    };
    if (options.partSize)
        json.insert(QLatin1String("partSize"), options.partSize->value());
    if (options.checksum)
        json.insert(QLatin1String("checksum"), QString::fromLatin1(checksumAlgorithmName(*options.checksum)));
    if (options.retries)
        json.insert(QLatin1String("retries"), *options.retries);
    if (options.maxWait)
        json.insert(QLatin1String("maxWaitMs"), static_cast<qint64>(options.maxWait->count()));
    return json;
}

PutOptions optionsFrom(const QJsonObject &json)
{
    PutOptions options;
    const auto value = [&json](const char *name) { return json.value(QLatin1String(name)); };
    options.recursive = value("recursive").toBool();
    options.settings = settingsFrom(value("settings").toObject());
    options.condition = valueOf<WriteCondition>(kConditions, value("condition"));
    options.ifChanged = valueOf<IfChanged>(kIfChanged, value("ifChanged"));
    options.filters = filtersFrom(value("filters"));
    options.followSymlinks = value("followSymlinks").toBool();
    options.rawNames = value("rawNames").toBool();
    options.abortOnFailure = value("abortOnFailure").toBool();
    options.concurrency = std::max(1, value("concurrency").toInt(options.concurrency));
    for (const QJsonValue &entry : value("bandwidth").toArray())
        options.bandwidth.entries.append({entry.toArray().at(0).toInt(), ByteCount(entry.toArray().at(1).toInteger())});
    if (value("partSize").isDouble())
        options.partSize = ByteCount(value("partSize").toInteger());
    if (value("checksum").isString())
        options.checksum = checksumAlgorithmFromName(value("checksum").toString().toLatin1());
    if (value("retries").isDouble())
        options.retries = value("retries").toInt();
    if (value("maxWaitMs").isDouble())
        options.maxWait = Milliseconds(value("maxWaitMs").toInteger());
    return options;
}

/// Length before content, so that no two lists of fields look alike.
void addField(QByteArray &text, const QByteArray &field)
{
    text += QByteArray::number(field.size()) + ':' + field + ';';
}

void addPairs(QByteArray &text, Pairs pairs)
{
    std::ranges::sort(pairs);
    addField(text, QByteArray::number(pairs.size()));
    for (const auto &[name, value] : std::as_const(pairs)) {
        addField(text, name);
        addField(text, value);
    }
}

}  // namespace

QJsonObject connectionJson(const ConnectionRecord &connection)
{
    return {{QStringLiteral("id"), coded(connection.id)},
            {QStringLiteral("endpointUrl"), coded(connection.endpointUrl)},
            {QStringLiteral("region"), coded(connection.region)},
            {QStringLiteral("awsProfile"), connection.awsProfile},
            {QStringLiteral("provider"), connection.provider},
            {QStringLiteral("caBundle"), connection.caBundle},
            {QStringLiteral("addressing"), nameOf(kAddressing, connection.addressing)},
            {QStringLiteral("isAnonymous"), connection.isAnonymous},
            {QStringLiteral("savedConnection"), coded(connection.savedConnection)}};
}

ConnectionRecord connectionFromJson(const QJsonObject &json)
{
    return {.id = decoded(json.value(QLatin1String("id"))),
            .endpointUrl = decoded(json.value(QLatin1String("endpointUrl"))),
            .region = decoded(json.value(QLatin1String("region"))),
            .awsProfile = json.value(QLatin1String("awsProfile")).toString(),
            .provider = json.value(QLatin1String("provider")).toString(),
            .caBundle = json.value(QLatin1String("caBundle")).toString(),
            .addressing = valueOf<AddressingStyle>(kAddressing, json.value(QLatin1String("addressing"))),
            .isAnonymous = json.value(QLatin1String("isAnonymous")).toBool(),
            .savedConnection = decoded(json.value(QLatin1String("savedConnection")))};
}

QByteArray PutCommand::identity() const
{
    QByteArray text = "packmule put 1;";
    QList<QByteArray> sorted = sources;
    std::ranges::sort(sorted);  // a shell may list the same files in another order
    addField(text, QByteArray::number(sorted.size()));
    for (const QByteArray &source : std::as_const(sorted))
        addField(text, source);
    addField(text, bucket);
    addField(text, destinationKey);
    addField(text, connection.endpointUrl);
    addField(text, connection.endpointUrl.isEmpty() ? connection.region : QByteArray());
    eachField(options.settings, [&](const char *, const QByteArray &value) { addField(text, value); });
    addPairs(text, options.settings.metadata);
    addPairs(text, options.settings.tags);
    return sha256(text);
}

QJsonObject PutCommand::toJson() const
{
    QJsonArray sourceArray;
    for (const QByteArray &source : sources)
        sourceArray.append(coded(source));
    return {{QStringLiteral("command"), QStringLiteral("put")},
            {QStringLiteral("sources"), sourceArray},
            {QStringLiteral("bucket"), coded(bucket)},
            {QStringLiteral("destinationKey"), coded(destinationKey)},
            {QStringLiteral("options"), packmule::toJson(options)},
            {QStringLiteral("connection"), connectionJson(connection)}};
}

std::optional<PutCommand> PutCommand::fromJson(const QJsonObject &json)
{
    if (json.value(QLatin1String("command")).toString() != QLatin1String("put"))
        return std::nullopt;
    PutCommand command;
    for (const QJsonValue &source : json.value(QLatin1String("sources")).toArray())
        command.sources.append(decoded(source));
    command.bucket = decoded(json.value(QLatin1String("bucket")));
    command.destinationKey = decoded(json.value(QLatin1String("destinationKey")));
    command.options = optionsFrom(json.value(QLatin1String("options")).toObject());
    command.connection = connectionFromJson(json.value(QLatin1String("connection")).toObject());
    if (command.sources.isEmpty() || command.bucket.isEmpty())
        return std::nullopt;
    return command;
}

}  // namespace packmule
