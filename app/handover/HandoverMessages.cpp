#include "app/handover/HandoverMessages.h"

#include "app/handover/MessageChannel.h"
#include "core/base/CodeTable.h"
#include "core/transfer/FieldJson.h"

#include <QJsonDocument>

#include <array>

namespace packmule {

namespace {

using namespace Qt::StringLiterals;

constexpr std::array kVerbs = {
    std::pair{QueueVerb::Pause, "pause"_L1},
    std::pair{QueueVerb::Resume, "resume"_L1},
    std::pair{QueueVerb::Retry, "retry"_L1},
    std::pair{QueueVerb::Remove, "remove"_L1},
    std::pair{QueueVerb::RemoveKeepingUpload, "removeKeepingUpload"_L1},
};

QString base64(const QByteArray &bytes)
{
    return QString::fromLatin1(bytes.toBase64());
}

QByteArray fromBase64(const QJsonObject &json, QLatin1StringView name)
{
    return QByteArray::fromBase64(json.value(name).toString().toLatin1());
}

qsizetype sizeOf(const QJsonValue &value)
{
    return value.isString() ? value.toString().size() + 4 : QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact).size();
}

}  // namespace

QJsonObject message(const QString &type, const QJsonObject &fields)
{
    QJsonObject result = fields;
    result.insert(u"type"_s, type);
    return result;
}

QJsonObject answerMessage(qint64 call, const Result<qint64> &answer)
{
    QJsonObject fields{{u"call"_s, call}};
    if (answer)
        fields.insert(u"value"_s, *answer);
    else
        fields.insert(u"error"_s, errorJson(answer.error()));
    return message(u"answer"_s, fields);
}

Result<qint64> answerFrom(const QJsonObject &message)
{
    if (!message.contains("error"_L1))
        return message.value("value"_L1).toInteger();
    return std::unexpected(errorFromJson(message.value("error"_L1).toObject())
                               .value_or(Error::make(ErrorKind::JournalUnavailable, u"the journal's owner refused"_s)));
}

QJsonObject credentialsMessage(const QByteArray &connectionId, const Credentials &credentials)
{
    QJsonObject fields{{u"connection"_s, base64(connectionId)},
                       {u"accessKeyId"_s, base64(credentials.accessKeyId)},
                       {u"secretAccessKey"_s, base64(credentials.secretAccessKey)},
                       {u"sessionToken"_s, base64(credentials.sessionToken)}};
    if (credentials.expires)
        fields.insert(u"expires"_s, wallTimeText(*credentials.expires));
    return message(u"credentials"_s, fields);
}

Credentials credentialsFrom(const QJsonObject &message)
{
    return {.accessKeyId = fromBase64(message, "accessKeyId"_L1),
            .secretAccessKey = fromBase64(message, "secretAccessKey"_L1),
            .sessionToken = fromBase64(message, "sessionToken"_L1),
            .expires = wallTimeFromText(message.value("expires"_L1).toString())};
}

QByteArray connectionIdFrom(const QJsonObject &message)
{
    return fromBase64(message, "connection"_L1);
}

QString queueVerbName(QueueVerb verb)
{
    return codeIn(kVerbs, verb);
}

std::optional<QueueVerb> queueVerbFromName(const QString &name)
{
    return valueIn(kVerbs, name);
}

QList<QJsonObject> itemMessages(qint64 call, const QJsonArray &items)
{
    static constexpr qsizetype kRoom = MessageChannel::kLargestMessage * 3 / 4;
    QList<QJsonObject> messages;
    QJsonArray group;
    qsizetype size = 0;
    const auto finishGroup = [&] {
        if (!group.isEmpty())
            messages.append(message(u"items"_s, {{u"call"_s, call}, {u"items"_s, std::exchange(group, {})}}));
        size = 0;
    };
    for (const QJsonValue &item : items) {
        const qsizetype itemSize = sizeOf(item);
        if (size + itemSize > kRoom)
            finishGroup();
        group.append(item);
        size += itemSize;
    }
    finishGroup();
    return messages;
}

}  // namespace packmule
