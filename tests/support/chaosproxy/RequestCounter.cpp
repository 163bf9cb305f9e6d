#include "tests/support/chaosproxy/RequestCounter.h"

#include <QUrlQuery>

namespace packmule {

namespace {

QJsonObject passageJson(const RequestCounts::Passage &passage)
{
    return {{QStringLiteral("begun"), passage.begun}, {QStringLiteral("whole"), passage.whole}};
}

QByteArray pathOf(const QByteArray &target)
{
    const qsizetype query = target.indexOf('?');
    return query < 0 ? target : target.first(query);
}

QUrlQuery queryOf(const QByteArray &target)
{
    const qsizetype query = target.indexOf('?');
    return QUrlQuery(query < 0 ? QString() : QString::fromLatin1(target.sliced(query + 1)));
}

}  // namespace

QByteArray operationName(const QByteArray &method, const QByteArray &target)
{
    const QUrlQuery query = queryOf(target);
    const auto has = [&query](const char *name) { return query.hasQueryItem(QLatin1String(name)); };
    const bool isBucket = pathOf(target).count('/') <= 1 || (pathOf(target).count('/') == 2 && pathOf(target).endsWith('/'));
    if (method == "POST")
        return has("uploads") ? "CreateMultipartUpload" : has("uploadId") ? "CompleteMultipartUpload" : has("delete") ? "DeleteObjects" : "POST";
    if (method == "PUT")
        return has("partNumber") ? "UploadPart" : isBucket ? "CreateBucket" : "PutObject";
    if (method == "HEAD")
        return isBucket ? "HeadBucket" : "HeadObject";
    if (method == "DELETE")
        return has("uploadId") ? "AbortMultipartUpload" : isBucket ? "DeleteBucket" : "DeleteObject";
    if (method == "GET" && has("uploadId"))
        return "ListParts";
    if (method == "GET" && has("uploads"))
        return "ListMultipartUploads";
    if (method == "GET")
        return pathOf(target) == "/" ? "ListBuckets" : isBucket ? "ListObjects" : "GetObject";
    return method;
}

QJsonObject RequestCounts::toJson() const
{
    QJsonObject requests;
    for (const auto &[line, count] : byMethodAndPath.asKeyValueRange())
        requests.insert(QString::fromUtf8(line), count);
    QJsonObject operations;
    for (const auto &[name, passage] : byOperation.asKeyValueRange())
        operations.insert(QString::fromLatin1(name), passageJson(passage));
    QJsonObject partsByPath;
    for (const auto &[path, numbers] : parts.asKeyValueRange()) {
        QJsonObject byNumber;
        for (const auto &[number, passage] : numbers.asKeyValueRange())
            byNumber.insert(QString::number(number), passageJson(passage));
        partsByPath.insert(QString::fromUtf8(path), byNumber);
    }
    return {{QStringLiteral("requests"), requests}, {QStringLiteral("operations"), operations}, {QStringLiteral("parts"), partsByPath},
            {QStringLiteral("partBytes"), partBytes}, {QStringLiteral("unreadableConnections"), unreadableConnections}};
}

RequestCounter::RequestCounter(RequestCounts &counts) : m_counts(counts)
{
    m_reader = std::make_unique<HttpReader>(HttpReader::Side::Requests, HttpHeadLimits(),
                                            HttpReader::Callbacks{
                                                .onHead = [this](const HttpHead &head) { onHead(head); },
                                                .onBody = [this](const QByteArray &bytes) {
                                                    if (m_operation == "UploadPart")
                                                        m_counts.partBytes += bytes.size();
                                                },
                                                .onMessageEnd = [this] { onMessageEnd(); }});
}

void RequestCounter::feed(const QByteArray &bytes)
{
    if (!m_reader || m_reader->feed(bytes))
        return;
    ++m_counts.unreadableConnections;
    m_reader.reset();
}

void RequestCounter::onHead(const HttpHead &head)
{
    m_path = pathOf(head.target);
    m_operation = operationName(head.method, head.target);
    m_part = queryOf(head.target).queryItemValue(QStringLiteral("partNumber")).toInt();
    ++m_counts.byMethodAndPath[head.method + ' ' + m_path];
    ++m_counts.byOperation[m_operation].begun;
    if (m_operation == "UploadPart")
        ++m_counts.parts[m_path][m_part].begun;
}

void RequestCounter::onMessageEnd()
{
    ++m_counts.byOperation[m_operation].whole;
    if (m_operation == "UploadPart")
        ++m_counts.parts[m_path][m_part].whole;
}

}  // namespace packmule
