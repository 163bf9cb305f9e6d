#include "core/net/direct/RequestWriter.h"

#include <algorithm>

namespace packmule {

namespace {

bool isTarget(const QByteArray &target)
{
    return target.startsWith('/') && std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7F; });
}

bool isHost(const QByteArray &host)
{
    return !host.isEmpty() && std::ranges::all_of(host, [](char c) {
        return c > 0x20 && c < 0x7F && !QByteArrayView("/?#@\\").contains(c);
    });
}

void add(QByteArray &text, QByteArrayView name, const QByteArray &value)
{
    text.append(name);
    text.append(": ");
    text.append(value);
    text.append("\r\n");
}

/// Where no body is the usual case, none is stated (RFC 9110, 8.6).
bool statesEmptyBody(const QByteArray &method)
{
    return method != "GET" && method != "HEAD" && method != "DELETE";
}

}  // namespace

Result<QByteArray> writtenHead(const RequestHead &head)
{
    const auto refuse = [](const QString &what) { return failure(ErrorKind::InvalidRequest, what); };
    if (!isHeaderName(head.method))
        return refuse(QStringLiteral("The request's method is not a token"));
    if (!isTarget(head.target))
        return refuse(QStringLiteral("This request cannot be sent: the request target is not an encoded path"));
    if (!isHost(head.key.origin.host))
        return refuse(QStringLiteral("The host name cannot be sent"));
    const QByteArray host = head.key.origin.hostHeader();
    QByteArray text;
    text.reserve(1024);
    text += head.method;
    text += ' ';
    if (head.key.isReadByProxy()) {
        text += "http://";
        text += host;
    }
    text += head.target;
    text += " HTTP/1.1\r\n";
    add(text, "Host", host);
    for (const auto &[name, value] : head.headers.fields()) {
        if (!isHeaderName(name) || !isHeaderValue(value))
            return refuse(QStringLiteral("The value of header %1 has a line break or control character").arg(QString::fromLatin1(name)));
        add(text, name, value);
    }
    if (head.bodySize > ByteCount(0) || statesEmptyBody(head.method))
        add(text, "Content-Length", QByteArray::number(head.bodySize.value()));
    if (head.asksBeforeBody && head.bodySize > ByteCount(0))
        add(text, "Expect", "100-continue");
    if (head.key.isReadByProxy() && !head.key.proxy.user().isEmpty()) {
        const QByteArray pair = head.key.proxy.user().toUtf8() + ':' + head.key.proxy.password().toUtf8();
        add(text, "Proxy-Authorization", "Basic " + pair.toBase64());
    }
    add(text, "Connection", "keep-alive");
    text += "\r\n";
    return text;
}

}  // namespace packmule
