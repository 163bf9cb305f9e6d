#include "ui/browse/StorePlace.h"

#include "core/base/Redaction.h"

#include <algorithm>

namespace packmule {

namespace {

constexpr qsizetype kMaxKeyBytes = 1024;   // S3 user guide, "Creating object key names"
constexpr qsizetype kMinBucketBytes = 3;
constexpr qsizetype kMaxBucketBytes = 255; // old buckets; new ones have 63
constexpr qsizetype kMaxNewBucketBytes = 63;

bool isPlain(QChar c)
{
    return (c >= QLatin1Char('a') && c <= QLatin1Char('z')) || (c >= QLatin1Char('0') && c <= QLatin1Char('9'));
}

bool isOfBucketName(QChar c)
{
    return isPlain(c) || (c >= QLatin1Char('A') && c <= QLatin1Char('Z')) || c == QLatin1Char('-') || c == QLatin1Char('.') || c == QLatin1Char('_');
}

}  // namespace

ObjectAddress StorePlace::folderOf(const ObjectAddress &place)
{
    return {place.bucket, place.key.left(place.key.lastIndexOf('/') + 1)};
}

ObjectAddress StorePlace::parentOf(const ObjectAddress &place)
{
    if (place.key.isEmpty())
        return place;
    return folderOf({place.bucket, place.key.chopped(1)});
}

QString StorePlace::nameBelow(const QByteArray &key, const QByteArray &folder)
{
    if (key == folder)
        return tr("(marker of this folder)");
    return displayName(key.startsWith(folder) ? key.mid(folder.size()) : key);
}

QString StorePlace::text(const ObjectAddress &place)
{
    return QStringLiteral("s3://%1/%2").arg(displayName(place.bucket), displayName(place.key));
}

std::optional<QString> StorePlace::copyableUri(const ObjectAddress &object)
{
    const QString key = QString::fromUtf8(object.key);
    if (!object.key.isValidUtf8() || displayName(object.key) != key)
        return std::nullopt;
    return QStringLiteral("s3://%1/%2").arg(QString::fromUtf8(object.bucket), key);
}

StorePlace::Reading StorePlace::read(const QString &typed)
{
    QString rest = typed;
    // Spaces may belong to the key; line ends only come with what was pasted.
    while (rest.endsWith(QLatin1Char('\n')) || rest.endsWith(QLatin1Char('\r')))
        rest.chop(1);
    while (rest.startsWith(QLatin1Char(' ')))
        rest.remove(0, 1);
    if (rest.startsWith(QLatin1String("s3://"), Qt::CaseInsensitive))
        rest.remove(0, 5);
    else if (rest.contains(QLatin1String("://")))
        return {{}, tr("This is no address in a store. Write s3://bucket/prefix/.")};
    const qsizetype slash = rest.indexOf(QLatin1Char('/'));
    const QString bucket = (slash < 0 ? rest : rest.left(slash)).trimmed();
    const QByteArray prefix = slash < 0 ? QByteArray() : rest.mid(slash + 1).toUtf8();
    if (bucket.isEmpty())
        return {{}, tr("The address names no bucket. Write s3://bucket/prefix/.")};
    if (bucket.size() < kMinBucketBytes || bucket.size() > kMaxBucketBytes || !std::all_of(bucket.begin(), bucket.end(), isOfBucketName))
        return {{}, tr("No bucket can have the name “%1”.").arg(displayName(bucket.toUtf8()))};
    if (prefix.size() > kMaxKeyBytes || prefix.contains('\0'))
        return {{}, tr("No object can have such a name: at most 1,024 bytes are allowed.")};
    return {ObjectAddress{bucket.toUtf8(), prefix}, {}};
}

QString StorePlace::bucketRefusal(const QString &name)
{
    if (name.size() < kMinBucketBytes || name.size() > kMaxNewBucketBytes)
        return tr("A bucket's name has 3 to 63 characters.");
    const auto isAllowed = [](QChar c) { return isPlain(c) || c == QLatin1Char('-') || c == QLatin1Char('.'); };
    if (!std::all_of(name.begin(), name.end(), isAllowed))
        return tr("Only small letters, digits, hyphens and dots are allowed.");
    if (!isPlain(name.front()) || !isPlain(name.back()))
        return tr("The name begins and ends with a letter or a digit.");
    if (name.contains(QLatin1String("..")))
        return tr("Two dots cannot follow each other.");
    return {};
}

}  // namespace packmule
