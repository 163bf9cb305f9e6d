#pragma once

#include "core/net/HttpTransport.h"

#include <QNetworkReply>

#include <optional>

namespace packmule {

/// The answer's fields in the order in which they came.
HttpHeaders answerHeaders(const QNetworkReply &reply);

/// Why the head cannot be believed: contradicting lengths (RFC 9112, 6.3) or a change of protocol nobody asked for.
/// Qt takes the first length it finds.
std::optional<QString> objectionToFraming(const HttpResponse &head);

/// True if the end of the body can be told from a cut line: Content-Length, chunked, or no body at all.
bool isLengthKnown(const HttpResponse &head);

}  // namespace packmule
