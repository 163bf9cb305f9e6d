#include "core/net/RequestRules.h"

#include <algorithm>

namespace packmule {

namespace {

Error invalid(const QString &detail)
{
    return Error::make(ErrorKind::InvalidRequest, detail);
}

/// Fields that the transport or Qt writes itself; a second copy would contradict what goes out.
bool isTransportField(const QByteArray &name)
{
    static constexpr const char *kNames[] = {"host", "content-length", "transfer-encoding", "connection", "expect",
                                             "proxy-connection", "proxy-authorization", "upgrade", "te", "trailer"};
    return std::ranges::any_of(kNames, [&](const char *own) { return name.compare(own, Qt::CaseInsensitive) == 0; });
}

}  // namespace

std::optional<Error> objectionToRequest(const HttpRequest &request)
{
    if (!isHeaderName(request.method))
        return invalid(QStringLiteral("The request's method is not a token"));
    for (const auto &[name, value] : request.headers.fields()) {
        const QString shown = QString::fromLatin1(name);
        if (!isHeaderName(name))
            return invalid(QStringLiteral("A header's name cannot be sent"));
        if (!isHeaderValue(value))
            return invalid(QStringLiteral("The value of header %1 has a line break or control character").arg(shown));
        if (isTransportField(name))
            return invalid(QStringLiteral("Header %1 is written by the transport").arg(shown));
    }
    if (request.bodySize < ByteCount(0) || (!request.body && request.bodySize > ByteCount(0)))
        return invalid(QStringLiteral("The request states a body and has none"));
    if (request.body && (!request.body->isReadable() || request.body->isSequential()))
        return invalid(QStringLiteral("The request's body cannot be read again from its start"));
    return std::nullopt;
}

}  // namespace packmule
