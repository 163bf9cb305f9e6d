#include "core/transfer/KeyNaming.h"

#include "core/base/Redaction.h"

#include <QUtf8StringView>

namespace packmule {

namespace {

constexpr qsizetype kMaxKeyLength = 1024;  // bytes; S3 user guide, "Naming Amazon S3 objects"

bool isPrefix(const QByteArray &destination)
{
    return destination.isEmpty() || destination.endsWith('/');
}

Error refusal(const QString &detail)
{
    return Error::make(ErrorKind::InvalidRequest, detail);
}

}  // namespace

std::optional<Error> refusalOfDestination(const PutCommand &command)
{
    if (command.sources.isEmpty())
        return refusal(QStringLiteral("nothing to upload was named"));
    if (command.bucket.isEmpty())
        return refusal(QStringLiteral("the destination has no bucket"));
    if (command.sources.size() > 1 && !isPrefix(command.destinationKey)) {
        return refusal(QStringLiteral("several sources need a destination that ends in '/': s3://%1/%2/")
                           .arg(displayName(command.bucket), displayName(command.destinationKey)));
    }
    return std::nullopt;
}

QByteArray lastNameOf(const QByteArray &sourcePath)
{
    return sourcePath.sliced(sourcePath.lastIndexOf('/') + 1);
}

QByteArray keyOfFile(const PutCommand &command, const QByteArray &sourcePath)
{
    if (isPrefix(command.destinationKey))
        return command.destinationKey + lastNameOf(sourcePath);
    return command.destinationKey;
}

QByteArray prefixOfFolder(const PutCommand &command, const QByteArray &sourcePath)
{
    QByteArray prefix = command.destinationKey;
    if (!isPrefix(prefix))
        prefix += '/';
    const QByteArray name = lastNameOf(sourcePath);
    if (command.sources.size() > 1 && !name.isEmpty())
        prefix += name + '/';
    return prefix;
}

std::optional<Error> refusalOfKey(const QByteArray &key)
{
    if (key.isEmpty())
        return refusal(QStringLiteral("the object key is empty"));
    if (key.contains('\0'))
        return refusal(QStringLiteral("the object key %1 contains a NUL, which S3 does not allow").arg(displayName(key)));
    if (key.size() > kMaxKeyLength) {
        return refusal(QStringLiteral("the object key is %1 bytes long, S3 allows 1024: %2…")
                           .arg(QString::number(key.size()), displayName(key.first(64))));
    }
    return std::nullopt;
}

std::optional<Error> refusalOfName(const QByteArray &sourcePath, bool isUtf8, bool rawNames)
{
    if (isUtf8 || rawNames)
        return std::nullopt;
    return refusal(QStringLiteral("the name %1 is not UTF-8; rename the file, or give --raw-names to send its bytes as they are")
                       .arg(displayName(lastNameOf(sourcePath))));
}

bool isValidUtf8(QByteArrayView bytes)
{
    return QUtf8StringView(bytes).isValidUtf8();
}

}  // namespace packmule
