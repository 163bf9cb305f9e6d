#include "core/stream/StreamRecord.h"

#include "core/base/CodeTable.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <array>

namespace packmule {

namespace {

/// Kept on disk and spoken on the wire: never rename one.
constexpr std::array<std::pair<StreamState, const char *>, 4> kNames{{
    {StreamState::Open, "open"},
    {StreamState::Finished, "finished"},
    {StreamState::Crashed, "crashed"},
    {StreamState::Ended, "ended"},
}};

constexpr int kVersion = 1;

}  // namespace

QByteArray streamStateName(StreamState state)
{
    return codeIn(kNames, state);
}

std::optional<StreamState> streamStateFromName(const QByteArray &name)
{
    return valueIn(kNames, name);
}

QByteArray recordJson(const StreamRecord &record)
{
    // A path is bytes, JSON is text: hence base64. Numbers as text, because JSON's lose digits above 2^53.
    const QJsonObject object{{QLatin1String("version"), kVersion},
                             {QLatin1String("path"), QLatin1String(record.path.toBase64())},
                             {QLatin1String("state"), QLatin1String(streamStateName(record.state))},
                             {QLatin1String("length"), QString::number(record.length)},
                             {QLatin1String("lease"), QLatin1String(record.leaseId)},
                             {QLatin1String("crc64nvme"), QLatin1String(record.crc64Nvme.toHex())}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

std::optional<StreamRecord> recordFromJson(const QByteArray &json)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    const auto text = [&object](const char *name) { return object.value(QLatin1String(name)).toString().toLatin1(); };
    const auto state = streamStateFromName(text("state"));
    bool isNumber = false;
    const qint64 length = text("length").toLongLong(&isNumber);
    if (object.value(QLatin1String("version")).toInt() != kVersion || !state || !isNumber || length < 0)
        return std::nullopt;
    return StreamRecord{.path = QByteArray::fromBase64(text("path")), .state = *state, .length = length, .leaseId = text("lease"),
                        .crc64Nvme = QByteArray::fromHex(text("crc64nvme"))};
}

}  // namespace packmule
