#include "core/signing/AssumeRoleCredentials.h"

#include "core/integrity/Digest.h"
#include "core/signing/StsAnswer.h"

#include <QBuffer>

#include <utility>

namespace packmule {

namespace {

constexpr ByteCount kLargestAnswer{256 * 1024};

/// The two steps of one read. Shared by the handle and by whichever callback is running.
struct Steps {
    CallHandle current;
    std::function<void(Result<Credentials>)> done;

    void end(const Result<Credentials> &result)
    {
        if (const auto tell = std::exchange(done, nullptr))
            tell(result);
    }
};

/// Whose endpoint it was: the store has another.
Error unansweredBy(const QByteArray &host, Error error)
{
    error.detail = QStringLiteral("STS at %1, asked for the role, did not answer: %2").arg(QString::fromLatin1(host), error.detail);
    return error;
}

}  // namespace

HttpOrigin awsStsOrigin(const QByteArray &region)
{
    const QByteArray domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    return {.isEncrypted = true, .host = "sts." + region + '.' + domain, .port = 443};
}

AssumeRoleCredentials::AssumeRoleCredentials(AssumedRole role, std::unique_ptr<CredentialsSource> base,
                                             HttpTransport &transport, const Clock &clock)
    : m_role(std::move(role)), m_base(std::move(base)), m_transport(transport), m_clock(clock)
{
}

CallHandle AssumeRoleCredentials::read(bool fresh, std::function<void(Result<Credentials>)> done)
{
    const auto steps = std::make_shared<Steps>();
    steps->done = std::move(done);
    // Weak in the callbacks: the handle alone keeps the steps, and dropping it ends them.
    const auto onAnswer = [weak = std::weak_ptr(steps), host = m_role.origin.hostHeader()](const std::expected<HttpResponse, HttpFailure> &answer) {
        if (const auto alive = weak.lock())
            alive->end(answer ? credentialsFromSts(*answer) : std::unexpected(unansweredBy(host, answer.error().error)));
    };
    steps->current = m_base->read(fresh, [this, weak = std::weak_ptr(steps), onAnswer](const Result<Credentials> &base) {
        const auto alive = weak.lock();
        if (!alive)
            return;
        if (base)
            alive->current = m_transport.send(requestSignedBy(*base), {}, onAnswer);
        else
            alive->end(base);
    });
    return CallHandle([steps] {
        steps->done = nullptr;
        steps->current.cancel();
    });
}

HttpRequest AssumeRoleCredentials::requestSignedBy(const Credentials &base)
{
    QByteArray form = "Action=AssumeRole&Version=2011-06-15&RoleArn=" + m_role.arn.toPercentEncoding()
        + "&RoleSessionName=" + m_role.sessionName.toPercentEncoding()
        + "&DurationSeconds=" + QByteArray::number(static_cast<qint64>(m_role.duration.count()));
    if (!m_role.externalId.isEmpty())
        form += "&ExternalId=" + m_role.externalId.toPercentEncoding();

    SigningRequest signing;
    signing.method = "POST";
    signing.hostHeader = m_role.origin.hostHeader();
    signing.target = "/";
    signing.headers.append("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    signing.payloadHash = sha256(form).toHex();
    signing.region = m_role.region;
    signing.time = m_clock.wallNow();

    HttpRequest request;
    request.method = signing.method;
    request.origin = m_role.origin;
    request.target = signing.target;
    request.headers = signing.headers;
    const HttpHeaders authority = m_signature.authorityFor(signing, base);
    for (const auto &[name, value] : authority.fields())
        request.headers.append(name, value);
    request.headers.append("Accept-Encoding", "identity");
    request.headers.append("User-Agent", "packmule/" PACKMULE_VERSION);
    request.bodySize = ByteCount(form.size());
    auto body = std::make_unique<QBuffer>();
    body->setData(form);
    body->open(QIODevice::ReadOnly);
    request.body = std::move(body);
    request.limits.answerBody = kLargestAnswer;
    return request;
}

}  // namespace packmule
