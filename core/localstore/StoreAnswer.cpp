#include "core/localstore/StoreAnswer.h"

#include "core/localstore/XmlText.h"

#include <QHash>

#include <numeric>

namespace packmule {

namespace {

QByteArray reasonOf(int status)
{
    static const QHash<int, QByteArray> reasons{
        {200, "OK"}, {204, "No Content"}, {206, "Partial Content"}, {301, "Moved Permanently"}, {304, "Not Modified"},
        {307, "Temporary Redirect"}, {400, "Bad Request"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
        {409, "Conflict"}, {411, "Length Required"}, {412, "Precondition Failed"}, {416, "Requested Range Not Satisfiable"},
        {429, "Too Many Requests"}, {500, "Internal Server Error"}, {501, "Not Implemented"}, {503, "Slow Down"},
        {507, "Insufficient Storage"}};
    return reasons.value(status, "Answer");
}

bool hasNoLength(int status)
{
    return status == 204 || status == 304;
}

}  // namespace

qint64 StoreAnswer::bodySize() const
{
    return std::accumulate(slices.begin(), slices.end(), qint64(body.size()),
                           [](qint64 sum, const FileSlice &slice) { return sum + slice.length; });
}

StoreAnswer StoreAnswer::xml(const QByteArray &document, int status)
{
    StoreAnswer answer;
    answer.status = status;
    answer.headers.append("Content-Type", "application/xml");
    answer.body = document;
    return answer;
}

QByteArray errorXml(const StoreRequest &request, const S3Refusal &refusal)
{
    XmlText xml("Error", false);
    xml.element("Code", refusal.code);
    xml.element("Message", refusal.message);
    for (const auto &[name, value] : refusal.elements)
        xml.element(name, value);
    xml.element("Resource", request.path);
    xml.element("RequestId", request.requestId);
    return xml.finish();
}

StoreAnswer errorAnswer(const StoreRequest &request, const S3Refusal &refusal)
{
    const int status = statusOfCode(refusal.code);
    if (hasNoLength(status)) {
        StoreAnswer bare;
        bare.status = status;
        return bare;
    }
    return StoreAnswer::xml(errorXml(request, refusal), status);
}

QByteArray answerHead(const StoreAnswer &answer, const QByteArray &requestId, const QByteArray &date, AnswerFraming framing)
{
    QByteArray head;
    head.reserve(512);
    head += "HTTP/1.1 " + QByteArray::number(answer.status) + ' ' + reasonOf(answer.status) + "\r\n";
    head += "Date: " + date + "\r\nServer: Packmule-local-store\r\nx-amz-request-id: " + requestId + "\r\n";
    for (const auto &[name, value] : answer.headers.fields())
        head += name + ": " + value + "\r\n";
    if (framing.isChunked)
        head += "Transfer-Encoding: chunked\r\n";
    else if (!hasNoLength(answer.status) && !answer.headers.contains("Content-Length"))
        head += "Content-Length: " + QByteArray::number(answer.bodySize()) + "\r\n";
    if (framing.closes)
        head += "Connection: close\r\n";
    else if (framing.isHttp10)
        head += "Connection: keep-alive\r\n";
    head += "\r\n";
    return head;
}

}  // namespace packmule
