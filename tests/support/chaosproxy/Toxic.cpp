#include "tests/support/chaosproxy/Toxic.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <array>
#include <optional>

namespace packmule {

namespace {

std::optional<Toxic::Kind> kindFromName(const QString &name)
{
    using Kind = Toxic::Kind;
    static constexpr std::array<std::pair<const char *, Kind>, 8> kKinds{
        {{"latency", Kind::Latency}, {"bandwidth", Kind::Bandwidth}, {"slicer", Kind::Slicer}, {"timeout", Kind::Timeout},
         {"reset_peer", Kind::ResetPeer}, {"limit_data", Kind::LimitData}, {"truncate", Kind::Truncate}, {"bit_flip", Kind::BitFlip}}};
    for (const auto &[known, kind] : kKinds) {
        if (name == QLatin1String(known))
            return kind;
    }
    return std::nullopt;
}

std::chrono::milliseconds milliseconds(const QJsonObject &json, QLatin1String name)
{
    return std::chrono::milliseconds(json.value(name).toInteger());
}

}  // namespace

Result<Toxic> Toxic::fromJson(const QJsonObject &json)
{
    const QString type = json.value(QLatin1String("type")).toString();
    const auto kind = kindFromName(type);
    if (!kind)
        return failure(ErrorKind::InvalidRequest, QLatin1String("unknown toxic type \"") + type + QLatin1Char('"'));
    const QString stream = json.value(QLatin1String("stream")).toString(QStringLiteral("upstream"));
    if (stream != QLatin1String("upstream") && stream != QLatin1String("downstream") && stream != QLatin1String("both"))
        return failure(ErrorKind::InvalidRequest, QLatin1String("unknown stream \"") + stream + QLatin1Char('"'));
    Toxic toxic;
    toxic.kind = *kind;
    toxic.isUpstream = stream != QLatin1String("downstream");
    toxic.isDownstream = stream != QLatin1String("upstream");
    toxic.probability = json.value(QLatin1String("probability")).toDouble(1);
    toxic.latency = milliseconds(json, QLatin1String("latencyMs"));
    toxic.jitter = milliseconds(json, QLatin1String("jitterMs"));
    toxic.delay = milliseconds(json, QLatin1String("delayMs"));
    toxic.closeAfter = milliseconds(json, QLatin1String("closeAfterMs"));
    toxic.bytesPerSecond = json.value(QLatin1String("bytesPerSecond")).toInteger();
    toxic.size = json.value(QLatin1String("size")).toInteger(1);
    toxic.offset = json.value(QLatin1String(*kind == Kind::BitFlip ? "offset" : "afterBytes")).toInteger();
    toxic.bit = static_cast<int>(json.value(QLatin1String("bit")).toInteger());
    if (toxic.size < 1 || toxic.offset < 0 || toxic.bit < 0 || toxic.bit > 7 || toxic.latency.count() < 0 || toxic.jitter.count() < 0)
        return failure(ErrorKind::InvalidRequest, QLatin1String("a number of toxic \"") + type + QLatin1String("\" is out of range"));
    if (toxic.kind == Kind::Bandwidth && toxic.bytesPerSecond < 1)
        return failure(ErrorKind::InvalidRequest, QStringLiteral("bandwidth needs bytesPerSecond of at least 1"));
    return toxic;
}

Result<QList<Toxic>> Toxic::listFromJson(const QByteArray &text)
{
    const QJsonDocument document = QJsonDocument::fromJson(text);
    const QJsonArray rows = document.isArray() ? document.array() : document.object().value(QLatin1String("toxics")).toArray();
    if (document.isNull())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("the list of toxics is not JSON"));
    QList<Toxic> toxics;
    for (const auto &row : rows) {
        const auto toxic = fromJson(row.toObject());
        if (!toxic)
            return std::unexpected(toxic.error());
        toxics.append(*toxic);
    }
    return toxics;
}

}  // namespace packmule
