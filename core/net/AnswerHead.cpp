#include "core/net/AnswerHead.h"

#include <QHttpHeaders>
#include <QSet>

namespace packmule {

namespace {

bool isChunked(const HttpResponse &head)
{
    return head.headers.value("Transfer-Encoding").toLower().contains("chunked");
}

QSet<QByteArray> lengths(const HttpResponse &head)
{
    QSet<QByteArray> values;
    for (const auto &[name, value] : head.headers.fields()) {
        if (name.compare("content-length", Qt::CaseInsensitive) != 0)
            continue;
        for (const QByteArray &one : value.split(','))
            values.insert(one.trimmed());
    }
    return values;
}

bool isDecimal(const QByteArray &text)
{
    return !text.isEmpty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

HttpHeaders answerHeaders(const QNetworkReply &reply)
{
    const QHttpHeaders fields = reply.headers();
    HttpHeaders headers;
    for (qsizetype i = 0; i < fields.size(); ++i) {
        const QLatin1StringView name = fields.nameAt(i);
        headers.append(QByteArray(name.data(), name.size()), fields.valueAt(i).toByteArray());
    }
    return headers;
}

std::optional<QString> objectionToFraming(const HttpResponse &head)
{
    const QSet<QByteArray> values = lengths(head);
    if (values.size() > 1)
        return QStringLiteral("the answer states two lengths");
    if (values.size() == 1 && !isDecimal(*values.begin()))
        return QStringLiteral("the answer states a length that is no number");
    if (!values.isEmpty() && isChunked(head))
        return QStringLiteral("the answer is both chunked and of a stated length");
    if (head.status < 200)
        return QStringLiteral("the server changed the protocol unasked");
    return std::nullopt;
}

bool isLengthKnown(const HttpResponse &head)
{
    return !lengths(head).isEmpty() || isChunked(head) || head.status == 204 || head.status == 304;
}

}  // namespace packmule
