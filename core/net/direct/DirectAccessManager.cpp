#include "core/net/direct/DirectAccessManager.h"

#include "core/net/direct/DirectAttributes.h"
#include "core/net/direct/DirectReply.h"

#include <QHttpHeaders>
#include <QNetworkProxyFactory>

namespace packmule {

namespace {

QByteArray methodOf(QNetworkAccessManager::Operation operation, const QNetworkRequest &request)
{
    switch (operation) {
    case QNetworkAccessManager::HeadOperation:
        return "HEAD";
    case QNetworkAccessManager::GetOperation:
        return "GET";
    case QNetworkAccessManager::PutOperation:
        return "PUT";
    case QNetworkAccessManager::PostOperation:
        return "POST";
    case QNetworkAccessManager::DeleteOperation:
        return "DELETE";
    case QNetworkAccessManager::CustomOperation:
        return request.attribute(QNetworkRequest::CustomVerbAttribute).toByteArray();
    case QNetworkAccessManager::UnknownOperation:
        return {};
    }
    return {};
}

HttpOrigin originOf(const QUrl &url)
{
    const bool isEncrypted = url.scheme() == QLatin1String("https");
    return {.isEncrypted = isEncrypted, .host = url.host(QUrl::FullyEncoded).toLatin1().toLower(),
            .port = static_cast<quint16>(url.port(isEncrypted ? 443 : 80))};
}

HttpHeaders fieldsOf(const QNetworkRequest &request)
{
    const QHttpHeaders fields = request.headers();
    HttpHeaders headers;
    for (qsizetype i = 0; i < fields.size(); ++i) {
        const QLatin1StringView name = fields.nameAt(i);
        headers.append(QByteArray(name.data(), name.size()), fields.valueAt(i).toByteArray());
    }
    return headers;
}

qint64 sizeOf(QIODevice *body, const QNetworkRequest &request)
{
    if (!body)
        return 0;
    const QVariant stated = request.attribute(DirectAttribute::BodySize);
    return stated.isValid() ? stated.toLongLong() : body->size() - body->pos();
}

}  // namespace

DirectAccessManager::DirectAccessManager(const Clock &clock, Scheduler &scheduler, int connectionsPerOrigin, QObject *parent)
    : QNetworkAccessManager(parent), m_clock(clock), m_scheduler(scheduler), m_pool(scheduler, connectionsPerOrigin)
{
}

DirectAccessManager::~DirectAccessManager()
{
    // QObject would delete them after the pool, whose connections they still use.
    qDeleteAll(findChildren<DirectReply *>(Qt::FindDirectChildrenOnly));
}

QNetworkReply *DirectAccessManager::createRequest(Operation operation, const QNetworkRequest &request, QIODevice *body)
{
    const QString scheme = request.url().scheme();
    const bool isHttp = scheme == QLatin1String("http") || scheme == QLatin1String("https");
    const QVariant target = request.attribute(DirectAttribute::RawTarget);
    if (!isHttp || !target.isValid() || (body && body->isSequential()))
        return QNetworkAccessManager::createRequest(operation, request, body);
    DirectRequest made;
    made.head.method = methodOf(operation, request);
    made.head.target = target.toByteArray();
    made.head.headers = fieldsOf(request);
    made.head.bodySize = ByteCount(sizeOf(body, request));
    made.head.asksBeforeBody = request.attribute(DirectAttribute::AsksBeforeBody).toBool();
    made.head.key = {.origin = originOf(request.url()), .proxy = proxyFor(request.url())};
    if (made.head.key.origin.isEncrypted)
        made.tls = request.sslConfiguration();
    made.body = made.head.bodySize > ByteCount(0) ? body : nullptr;
    made.bodyStart = body ? body->pos() : 0;
    const QVariant limits = request.attribute(DirectAttribute::Limits);
    made.limits = limits.isValid() ? limits.value<HttpLimits>() : HttpLimits{};
    made.needsLength = request.attribute(DirectAttribute::NeedsLength).toBool();
    return new DirectReply(std::move(made), {m_pool, m_clock, m_scheduler, m_rates}, request, operation, this);
}

QNetworkProxy DirectAccessManager::proxyFor(const QUrl &url) const
{
    const QNetworkProxy none(QNetworkProxy::NoProxy);
    if (!proxyFactory() && proxy().type() != QNetworkProxy::DefaultProxy)
        return proxy();
    const QNetworkProxyQuery query(url);
    const QList<QNetworkProxy> found = proxyFactory() ? proxyFactory()->queryProxy(query) : QNetworkProxyFactory::proxyForQuery(query);
    return found.isEmpty() || found.first().type() == QNetworkProxy::DefaultProxy ? none : found.first();
}

}  // namespace packmule
