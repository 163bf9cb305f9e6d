#include "tests/unit/localstore/StoreClient.h"

#include "core/http/HttpHead.h"
#include "core/integrity/Digest.h"
#include "core/s3/CanonicalRequest.h"
#include "core/s3/SignatureV4.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QTimer>

namespace packmule {

HttpHeaders headersOf(std::initializer_list<std::pair<QByteArray, QByteArray>> fields)
{
    HttpHeaders headers;
    for (const auto &[name, value] : fields)
        headers.append(name, value);
    return headers;
}

QByteArray StoreReply::element(const QByteArray &name) const
{
    const QByteArray opening = '<' + name + '>';
    const qsizetype begin = body.indexOf(opening);
    const qsizetype end = body.indexOf(QByteArray("</" + name + '>'), begin);
    return begin < 0 || end < 0 ? QByteArray() : body.mid(begin + opening.size(), end - begin - opening.size());
}

QByteArray StoreClient::signedRequest(const QByteArray &method, const QByteArray &target, const QByteArray &body, const HttpHeaders &more) const
{
    HttpHeaders headers;
    headers.append("Host", host());
    headers.append("x-amz-date", amzDate(time));
    headers.append("x-amz-content-sha256", payloadHash.isEmpty() ? sha256(body).toHex() : payloadHash);
    for (const auto &[name, value] : more.fields())
        headers.append(name, value);
    const QList<QByteArray> names = signableHeaderNames(headers);
    const CredentialScope scope{.date = amzDate(time).left(8), .region = region};
    const QByteArray canonical = canonicalRequest(method, target, headers, names, headers.value("x-amz-content-sha256"));
    const QByteArray signature = signatureV4(signingKey(secretAccessKey, scope), stringToSign(amzDate(time), scope, canonical));
    headers.append("Authorization", authorizationHeader(accessKeyId, scope, names, signature));
    if (!headers.contains("Content-Length") && !headers.contains("Transfer-Encoding") && (method == "PUT" || method == "POST" || !body.isEmpty()))
        headers.append("Content-Length", QByteArray::number(body.size()));
    QByteArray bytes = method + ' ' + target + " HTTP/1.1\r\n";
    for (const auto &[name, value] : headers.fields())
        bytes += name + ": " + value + "\r\n";
    return bytes + "\r\n" + body;
}

QByteArray StoreClient::presignedTarget(const QByteArray &method, const QByteArray &target, int expiresSeconds) const
{
    const CredentialScope scope{.date = amzDate(time).left(8), .region = region};
    const QByteArray query = queryToPresign({}, accessKeyId, scope, amzDate(time), std::chrono::seconds(expiresSeconds), {"host"}, {});
    const HttpHeaders headers = headersOf({{"Host", host()}});
    const QByteArray canonical = canonicalRequest(method, target + '?' + query, headers, {"host"}, kUnsignedPayload);
    const QByteArray signature = signatureV4(signingKey(secretAccessKey, scope), stringToSign(amzDate(time), scope, canonical));
    return target + '?' + query + "&X-Amz-Signature=" + signature;
}

StoreReply StoreClient::send(const QByteArray &method, const QByteArray &target, const QByteArray &body, const HttpHeaders &more)
{
    return sendRaw(signedRequest(method, target, body, more), method == "HEAD");
}

StoreReply StoreClient::sendRaw(const QByteArray &bytes, bool isHead)
{
    write(bytes);
    return waitForReply(isHead);
}

void StoreClient::connectIfNeeded()
{
    if (isConnected())
        return;
    m_rest.clear();
    m_socket = std::make_unique<QTcpSocket>();
    m_socket->connectToHost(QHostAddress(QHostAddress::LocalHost), m_port);
    m_socket->waitForConnected();
}

void StoreClient::write(const QByteArray &bytes)
{
    connectIfNeeded();
    m_socket->write(bytes);
}

StoreReply StoreClient::waitForReply(bool isHead, int timeoutMs)
{
    StoreReply reply;
    HttpReader *pausable = nullptr;
    HttpReader reader(HttpReader::Side::Responses, {},
                      {.onHead =
                           [&reply](HttpHead head) {
                               reply.status = head.status;
                               reply.headers = head.headers;
                               reply.interimCount += head.status < 200 ? 1 : 0;
                           },
                       .onBody = [&reply](const QByteArray &piece) { reply.body += piece; },
                       .onMessageEnd =
                           [&reply, &pausable] {
                               reply.isWhole = reply.status >= 200;
                               if (reply.isWhole)
                                   pausable->pause();
                           }});
    pausable = &reader;
    if (isHead)
        reader.expectNoBody();
    QDeadlineTimer deadline(timeoutMs);
    QTimer waker;  // so that the wait below ends at the deadline
    waker.start(timeoutMs);
    while (!reply.isWhole && !reply.isMalformed && !deadline.hasExpired()) {
        m_rest += m_socket->readAll();
        const auto taken = m_rest.isEmpty() ? Result<qsizetype>(0) : reader.feed(m_rest);
        reply.isMalformed = !taken;
        m_rest.remove(0, taken.value_or(0));
        if (reply.isWhole || reply.isMalformed || (m_socket->state() != QAbstractSocket::ConnectedState && m_rest.isEmpty()))
            break;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    reply.wasClosed = m_socket->state() != QAbstractSocket::ConnectedState;
    return reply;
}

}  // namespace packmule
