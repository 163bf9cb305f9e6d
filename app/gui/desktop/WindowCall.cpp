#include "app/gui/desktop/WindowCall.h"

#include <QJsonArray>

namespace packmule {

namespace {

constexpr qsizetype kBytesEach = 16 * 1024;        // a path has 4,096 bytes at most, base64 makes a third more of it
constexpr int kProtocol = 1;
constexpr qsizetype kMostPaths = 1'000'000;        // memory of the first window is not the second's to fill
constexpr qsizetype kLongestToken = 1024;

const QLatin1String kType("type"), kOpen("open"), kVersion("protocol"), kPaths("paths"), kLast("last"), kToken("token");

QJsonObject callMessage(const QJsonArray &paths)
{
    return {{kType, kOpen}, {kVersion, kProtocol}, {kPaths, paths}};
}

}  // namespace

QList<QJsonObject> WindowCall::toMessages() const
{
    QList<QJsonObject> messages;
    QJsonArray some;
    qsizetype bytes = 0;
    for (const QByteArray &path : paths) {
        if (bytes > kBytesEach) {
            messages.append(callMessage(std::exchange(some, {})));
            bytes = 0;
        }
        some.append(QString::fromLatin1(path.toBase64()));
        bytes += path.size();
    }
    QJsonObject last = callMessage(some);
    last.insert(kLast, true);
    last.insert(kToken, activationToken.left(kLongestToken));
    messages.append(last);
    return messages;
}

std::optional<bool> WindowCall::take(const QJsonObject &message)
{
    const QJsonArray some = message.value(kPaths).toArray();
    if (message.value(kType) != kOpen || message.value(kVersion) != kProtocol || paths.size() + some.size() > kMostPaths)
        return std::nullopt;
    for (const auto &path : some) {
        const QByteArray raw = QByteArray::fromBase64(path.toString().toLatin1());
        if (!raw.startsWith('/') || raw.contains('\0'))
            return std::nullopt;
        paths.append(raw);
    }
    activationToken = message.value(kToken).toString().left(kLongestToken);
    return message.value(kLast).toBool();
}

}  // namespace packmule
