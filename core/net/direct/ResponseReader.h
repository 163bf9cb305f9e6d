#pragma once

#include "core/http/HttpHead.h"

#include <functional>
#include <optional>

namespace packmule {

/// Reads the answers of one connection, one at a time: interim answers passed by and counted, one final answer, then it
/// stops, and what follows uninvited is left lying. On core/http; here only what a client has to judge.
/// Thread: any one. A callback may call anything but feed(), feedEnd() and the destructor.
class ResponseReader
{
public:
    /// RFC 9110 sets no limit; a storm of them must end all the same. AWS and proxies send one or two.
    static constexpr int kMaxInterimAnswers = 100;

    struct Callbacks {
        std::function<void()> onContinue;                    ///< 100: the body may come
        std::function<void(const HttpHead &)> onHead;        ///< of the final answer
        std::function<void(const QByteArray &)> onBody;      ///< a view, valid during the call
    };
    explicit ResponseReader(Callbacks callbacks);

    /// Before each request. @param isForHead its answer has no body whatever it states.
    void expectAnswer(bool isForHead);
    /// @return how many bytes were taken: fewer than given once the answer has ended, or after stop().
    /// Error: MalformedAnswer, for good.
    Result<qsizetype> feed(QByteArrayView bytes);
    /// The connection was closed. Error: MalformedAnswer if that cut the answer short.
    Result<void> feedEnd();
    /// Tells nothing more; for a callback whose listener has gone.
    void stop();

    bool hasBegun() const { return m_hasBegun; }   ///< one byte of an answer came, interim or not
    bool hasEnded() const { return m_hasEnded; }

private:
    void onHead(const HttpHead &head);
    void onEnd();

    Callbacks m_callbacks;
    HttpReader m_reader;
    int m_interimAnswers = 0;
    bool m_isInterim = false;
    bool m_hasBegun = false;
    bool m_hasEnded = true;
    bool m_isStopped = false;
    std::optional<Error> m_refusal;
};

/// True if the end of the body can be told from a cut line.
bool isLengthKnown(const HttpHead &head);

}  // namespace packmule
