#include "ui/profiles/ConnectionDraft.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace packmule {

namespace {

/// "https://host[:port]" and nothing else: a path or a user's name there is a mistake that no store forgives.
bool isEndpoint(const QByteArray &text)
{
    const QUrl url(QString::fromUtf8(text), QUrl::StrictMode);
    const bool hasScheme = url.scheme() == QLatin1String("https") || url.scheme() == QLatin1String("http");
    return url.isValid() && hasScheme && !url.host().isEmpty() && url.userInfo().isEmpty() && (url.path().isEmpty() || url.path() == QLatin1String("/"))
        && !url.hasQuery() && !url.hasFragment() && !text.contains('{');
}

bool matches(const QByteArray &text, const char *form)
{
    return QRegularExpression(QLatin1String(form)).match(QString::fromUtf8(text)).hasMatch();
}

}  // namespace

ConnectionDraft::Problem ConnectionDraft::problem(const QList<ConnectionProfile> &others) const
{
    using Signing = ConnectionProfile::Credentials;
    if (profile.name.trimmed().isEmpty())
        return {Field::Name, tr("Give the connection a name.")};
    if (std::ranges::any_of(others, [this](const ConnectionProfile &other) { return other.name == profile.name && other.id != profile.id; }))
        return {Field::Name, tr("Another connection has this name already.")};
    const bool isAws = profile.provider == QLatin1String("aws");
    if (profile.endpointUrl.isEmpty() && !isAws && profile.credentials != Signing::AwsProfile && profile.credentials != Signing::Environment)
        return {Field::Endpoint, tr("Enter the store's address.")};
    if (profile.endpointUrl.contains('{'))
        return {Field::Endpoint, tr("Replace the part of the address that is in braces.")};
    if (!profile.endpointUrl.isEmpty() && !isEndpoint(profile.endpointUrl))
        return {Field::Endpoint, tr("This is no address of a store. It begins with https:// and ends with the host or its port.")};
    if (!profile.region.isEmpty() && !matches(profile.region, "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"))
        return {Field::Region, tr("This cannot be a region's name.")};
    if (profile.credentials == Signing::Saved && profile.accessKeyId.isEmpty())
        return {Field::AccessKeyId, tr("Enter the access key id.")};
    if (profile.credentials == Signing::Saved && secret.isEmpty() && !hasKeptSecret)
        return {Field::Secret, tr("Enter the secret access key.")};
    if (profile.credentials == Signing::AwsProfile && profile.awsProfile.isEmpty())
        return {Field::AwsProfile, tr("Choose one of your AWS profiles.")};
    if (!profile.bucket.isEmpty() && !matches(profile.bucket, "^[A-Za-z0-9._-]{3,255}$"))
        return {Field::Bucket, tr("This cannot be a bucket's name.")};
    return {};
}

QByteArray ConnectionDraft::endpointFromText(const QString &text)
{
    QByteArray endpoint = text.trimmed().toUtf8();
    while (endpoint.endsWith('/') && !endpoint.endsWith("//"))
        endpoint.chop(1);
    if (!endpoint.isEmpty() && !endpoint.contains("://"))
        endpoint.prepend("https://");
    return endpoint;
}

QString ConnectionDraft::nameFor(const ConnectionProfile &profile, const QString &providerTitle)
{
    const QString host = QUrl(QString::fromUtf8(profile.endpointUrl)).host();
    const bool saysWhere = profile.provider == QLatin1String("other") || profile.provider == QLatin1String("minio") || profile.provider == QLatin1String("ceph");
    return saysWhere && !host.isEmpty() ? host : providerTitle;
}

}  // namespace packmule
