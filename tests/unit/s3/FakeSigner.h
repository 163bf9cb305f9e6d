#pragma once

#include "core/signing/Signer.h"

#include <QList>
#include <QTimer>

#include <memory>
#include <optional>

namespace packmule {

/// Remembers what it was to sign and adds "Authorization: signed" and the time. Thread: the test's.
class FakeSigner final : public Signer
{
public:
    QList<SigningRequest> requests;
    int forgotten = 0;
    std::optional<Error> refusal;

    CallHandle sign(const SigningRequest &request, std::function<void(Result<HttpHeaders>)> done) override
    {
        requests.append(request);
        auto timer = std::make_shared<QTimer>();
        timer->setSingleShot(true);
        QObject::connect(timer.get(), &QTimer::timeout, timer.get(), [answer = refusal, done] {
            const auto tell = done;
            if (answer) {
                tell(std::unexpected(*answer));
                return;
            }
            HttpHeaders headers;
            headers.append("Authorization", "signed");
            tell(headers);
        });
        timer->start(0);
        return CallHandle([timer] {
            timer->stop();
            QTimer::singleShot(0, timer.get(), [timer] {});
        });
    }
    void forgetCredentials(const HttpHeaders &) override { ++forgotten; }
};

}  // namespace packmule
