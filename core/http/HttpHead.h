#pragma once

#include "core/base/ByteCount.h"
#include "core/base/Result.h"
#include "core/http/HttpHeaders.h"

#include <QByteArray>

#include <functional>
#include <memory>
#include <optional>

namespace packmule {

/// The head of a request or a response, read by llhttp, the only HTTP/1 parser of the project.
struct HttpHead {
    QByteArray method;            ///< requests only
    QByteArray target;            ///< requests only: as it came, undecoded
    int status = 0;               ///< responses only
    QByteArray reason;            ///< responses only
    bool isHttp10 = false;
    HttpHeaders headers;
    bool keepsAlive = true;
    bool isChunked = false;
    std::optional<ByteCount> contentLength;
    bool wantsContinue = false;   ///< Expect: 100-continue
    bool isUpgrade = false;
};

struct HttpHeadLimits {
    ByteCount head{64 * 1024};
    int headerCount = 200;
    ByteCount target{16 * 1024};
};

/// Reads a stream of HTTP/1 messages as bytes arrive: head, body pieces (chunked decoded), end.
/// Strict: conflicting Content-Length, both Content-Length and chunked, bare CR/LF oddities are errors.
/// Interim answers (1xx) are messages of their own: onHead and onMessageEnd, then the next head follows.
/// Body pieces are views of the bytes given to feed(): valid during the callback, append to keep them (`kept += piece`).
/// Errors: MalformedAnswer with a sentence; after one the reader accepts nothing more. Thread: any one.
/// A callback may call pause() and expectNoBody(), but neither feed() nor the destructor.
class HttpReader
{
public:
    enum class Side { Requests, Responses };
    struct Callbacks {
        std::function<void(HttpHead)> onHead;
        std::function<void(const QByteArray &)> onBody;
        std::function<void()> onMessageEnd;
    };

    HttpReader(Side side, HttpHeadLimits limits, Callbacks callbacks);
    ~HttpReader();

    /// Responses only: the request was HEAD, so the next final answer has no body.
    void expectNoBody();
    /// @return how many bytes were taken; fewer than given only after an upgrade head or a pause().
    /// After either, the next call carries on (with the rest, even if that is empty); to go on after an upgrade head
    /// means to ignore the wish for an upgrade.
    Result<qsizetype> feed(QByteArrayView bytes);
    /// The peer closed. Errors if a message was cut short (responses delimited by close end well).
    Result<void> feedEnd();
    /// From inside a callback: stop taking bytes after this one, until feed is called again.
    void pause();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace packmule
