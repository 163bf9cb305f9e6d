#include "core/settings/ConnectionJson.h"

#include "core/base/CodeTable.h"
#include "core/integrity/Digest.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <array>

namespace packmule {

namespace {

constexpr char kExportMark[] = "packmule connections";

constexpr std::array kAddressing = {std::pair{AddressingStyle::Auto, "auto"}, std::pair{AddressingStyle::Path, "path"},
                                    std::pair{AddressingStyle::VirtualHosted, "virtual"}};
using Source = ConnectionProfile::Credentials;
constexpr std::array kCredentials = {std::pair{Source::Saved, "saved"}, std::pair{Source::AwsProfile, "awsProfile"},
                                     std::pair{Source::Environment, "environment"}, std::pair{Source::Anonymous, "anonymous"}};

template<typename Rows, typename Value>
QString wordFor(const Rows &rows, Value value)
{
    return QLatin1String(codeIn(rows, value));
}

template<typename Rows, typename Value>
Value valueFor(const Rows &rows, const QJsonValue &word, Value otherwise)
{
    const QByteArray text = word.toString().toLatin1();
    const auto found = std::ranges::find_if(rows, [&text](const auto &row) { return text == row.second; });
    return found == rows.end() ? otherwise : found->first;
}

/// Text where it is UTF-8, as keys and prefixes nearly always are; else base64 beside it.
void setBytes(QJsonObject &json, const char *name, const QByteArray &bytes)
{
    json.remove(QLatin1String(name) + QLatin1String("Bytes"));
    if (bytes.isEmpty()) {
        json.remove(QLatin1String(name));
        return;
    }
    json.insert(QLatin1String(name), QString::fromUtf8(bytes));
    if (!bytes.isValidUtf8())
        json.insert(QLatin1String(name) + QLatin1String("Bytes"), QString::fromLatin1(bytes.toBase64()));
}

QByteArray bytesOf(const QJsonObject &json, const char *name)
{
    const QString coded = json.value(QLatin1String(name) + QLatin1String("Bytes")).toString();
    return coded.isEmpty() ? json.value(QLatin1String(name)).toString().toUtf8() : QByteArray::fromBase64(coded.toLatin1());
}

void setText(QJsonObject &json, const char *name, const QString &text)
{
    if (text.isEmpty())
        json.remove(QLatin1String(name));
    else
        json.insert(QLatin1String(name), text);
}

}  // namespace

QByteArray newConnectionId()
{
    return randomBytes(16).toHex();
}

QJsonObject profileJson(const ConnectionProfile &profile, QJsonObject known)
{
    setBytes(known, "id", profile.id);
    known.insert(QLatin1String("name"), profile.name);
    setText(known, "provider", profile.provider);
    setBytes(known, "endpointUrl", profile.endpointUrl);
    setBytes(known, "region", profile.region);
    known.insert(QLatin1String("addressing"), wordFor(kAddressing, profile.addressing));
    setText(known, "caBundle", profile.caBundle);
    known.insert(QLatin1String("credentials"), wordFor(kCredentials, profile.credentials));
    setText(known, "awsProfile", profile.awsProfile);
    setBytes(known, "accessKeyId", profile.accessKeyId);
    setBytes(known, "bucket", profile.bucket);
    setBytes(known, "prefix", profile.prefix);
    if (profile.isLocalStore)
        known.insert(QLatin1String("isLocalStore"), true);
    else
        known.remove(QLatin1String("isLocalStore"));
    return known;
}

std::optional<ConnectionProfile> profileFromJson(const QJsonObject &json)
{
    ConnectionProfile profile;
    profile.id = bytesOf(json, "id");
    profile.name = json.value(QLatin1String("name")).toString();
    profile.provider = json.value(QLatin1String("provider")).toString();
    profile.endpointUrl = bytesOf(json, "endpointUrl");
    profile.region = bytesOf(json, "region");
    profile.addressing = valueFor(kAddressing, json.value(QLatin1String("addressing")), AddressingStyle::Auto);
    profile.caBundle = json.value(QLatin1String("caBundle")).toString();
    profile.credentials = valueFor(kCredentials, json.value(QLatin1String("credentials")), Source::Saved);
    profile.awsProfile = json.value(QLatin1String("awsProfile")).toString();
    profile.accessKeyId = bytesOf(json, "accessKeyId");
    profile.bucket = bytesOf(json, "bucket");
    profile.prefix = bytesOf(json, "prefix");
    profile.isLocalStore = json.value(QLatin1String("isLocalStore")).toBool();
    if (profile.id.isEmpty() || profile.name.isEmpty())
        return std::nullopt;
    return profile;
}

QByteArray exportedConnections(const QList<ConnectionProfile> &profiles)
{
    QJsonArray array;
    for (const ConnectionProfile &profile : profiles) {
        if (profile.isLocalStore)
            continue;  // its folder and its key are on this computer
        QJsonObject json = profileJson(profile);
        json.remove(QLatin1String("id"));
        array.append(json);
    }
    const QJsonObject root{{QStringLiteral("kind"), QLatin1String(kExportMark)}, {QStringLiteral("format"), 1}, {QStringLiteral("connections"), array}};
    return QJsonDocument(root).toJson(QJsonDocument::Indented);
}

Result<QList<ConnectionProfile>> importedConnections(const QByteArray &bytes, const QList<ConnectionProfile> &taken)
{
    QJsonParseError fault;
    const QJsonObject root = QJsonDocument::fromJson(bytes, &fault).object();
    if (fault.error != QJsonParseError::NoError || root.value(QLatin1String("kind")).toString() != QLatin1String(kExportMark))
        return failure(ErrorKind::InvalidRequest, QStringLiteral("This is no file of exported connections."));
    QList<ConnectionProfile> all = taken, imported;
    for (const QJsonValue &item : root.value(QLatin1String("connections")).toArray()) {
        QJsonObject json = item.toObject();
        json.insert(QLatin1String("id"), QString::fromLatin1(newConnectionId()));
        auto profile = profileFromJson(json);
        if (!profile)
            return failure(ErrorKind::InvalidRequest, QStringLiteral("A connection in this file has no name; nothing was imported."));
        profile->isLocalStore = false;
        profile->name = uniqueConnectionName(profile->name, all);
        all.append(*profile);
        imported.append(*profile);
    }
    return imported;
}

QString uniqueConnectionName(const QString &wanted, const QList<ConnectionProfile> &taken, const QByteArray &exceptId)
{
    const auto isTaken = [&](const QString &name) {
        return std::ranges::any_of(taken, [&](const ConnectionProfile &profile) { return profile.name == name && profile.id != exceptId; });
    };
    QString name = wanted;
    for (int number = 2; isTaken(name); ++number)
        name = QStringLiteral("%1 %2").arg(wanted, QString::number(number));
    return name;
}

}  // namespace packmule
