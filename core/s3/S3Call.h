#pragma once

#include "core/s3/S3Sender.h"

#include <memory>

namespace packmule {

/// The life of one S3 request, with at most one repair of each kind.
///
/// | state     | waits for                          | then                                                              |
/// |-----------|------------------------------------|-------------------------------------------------------------------|
/// | asking    | signature, then answer             | 2xx: ended · error that can be repaired: locating or asking again |
/// |           |                                    | · broken with body bytes sent: probing · else ended               |
/// | probing   | the bodyless request of finding 2  | an error that explains: as if it had been the answer · else ended |
/// |           |                                    | with the original failure                                         |
/// | locating  | HeadBucket, for the region         | asking again, or ended with the original error                    |
///
/// Thread: that of the S3Sender, which outlives it. Owned by its CallHandle; alive while its `done` runs.
class S3Call : public std::enable_shared_from_this<S3Call>
{
public:
    S3Call(S3Sender &sender, S3Request request, S3Sender::DoneAnswer done);

    void begin();
    void cancel();

private:
    using DoneExchange = std::function<void(std::expected<HttpResponse, HttpFailure>)>;

    void ask();
    void probe(const HttpFailure &broken);
    void locate(const Error &error);

    /// Signs and sends one HTTP request. Errors of signing end the call.
    void exchange(const S3Request &request, DoneExchange done);
    void transmit(const S3Request &request, const RequestPlace &place, const HttpHeaders &authority, DoneExchange done);

    void onAnswer(std::expected<HttpResponse, HttpFailure> answer);
    void onProbed(const S3Request &probed, const HttpFailure &broken, std::expected<HttpResponse, HttpFailure> answer);
    /// Repairs and asks again, or ends with `error`.
    void settle(const Error &error, const S3ErrorAnswer &refusal);
    bool moveTo(const QByteArray &region);
    void end(Result<HttpResponse> result);

    S3Sender &m_sender;
    S3Request m_request;
    S3Sender::DoneAnswer m_done;
    CallHandle m_step;
    QByteArray m_region;        ///< with which it was asked last
    MonotonicTime m_sentAt{};
    HttpHeaders m_authority;    ///< of the request sent last
    std::shared_ptr<ByteCount> m_mostSent = std::make_shared<ByteCount>();  ///< progress never goes back in a repair
    bool m_hasMoved = false;
    bool m_hasSetClock = false;
    bool m_hasNewCredentials = false;
};

}  // namespace packmule
