#pragma once

#include "core/http/HttpHead.h"
#include "core/stream/StreamPath.h"

namespace packmule {

/// The names of our extension's header fields; peers that send none of them speak plain httpfstream.
namespace StreamFields {
inline constexpr char kStream[] = "X-Packmule-Stream";  ///< "1": this peer knows the extension
inline constexpr char kOffset[] = "X-Packmule-Offset";  ///< where a follower wants to begin, where an appender goes on
inline constexpr char kLease[] = "X-Packmule-Lease";    ///< an appender's id, given with its first 101
inline constexpr char kEnd[] = "X-Packmule-End";        ///< LiveStream::ending(), or "open"
}  // namespace StreamFields

/// A request of the httpfstream protocol, understood (facts/streams.md, 1.2).
struct StreamRequest {
    enum class Verb { Follow, Append };

    HttpHead head;
    bool isBelowPrefix = false;
    JudgedPath path;                    ///< below the prefix
    QByteArray query;
    Verb verb = Verb::Follow;
    bool isOurs = false;
    bool wantsLive = false;             ///< ?follow=1: an endless plain answer, for curl
    bool wantsJson = false;             ///< of an index
    std::optional<qint64> offset;
    QByteArray leaseId;
    std::optional<QByteArray> webSocketKey;
};

/// @param prefix where the root is served, "/" or "/a/b" without a slash at its end.
StreamRequest streamRequest(HttpHead head, const QByteArray &prefix);

/// A single range of a file: [first, last], or why there is none.
struct AskedRange {
    enum class Kind { Whole, Part, Unsatisfiable };
    Kind kind = Kind::Whole;
    qint64 first = 0;
    qint64 last = -1;  ///< inclusive
};

/// RFC 9110, 14.2. Several ranges and other units count as none; so does what is not well-formed.
AskedRange askedRange(const QByteArray &value, qint64 size);

/// RFC 9110, 5.6.7.
QByteArray httpDate(qint64 secondsSince1970);
std::optional<qint64> secondsFromHttpDate(const QByteArray &text);

}  // namespace packmule
