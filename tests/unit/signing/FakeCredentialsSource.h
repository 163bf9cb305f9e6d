#pragma once

#include "core/base/Scheduler.h"
#include "core/signing/Credentials.h"

#include <QList>

namespace packmule {

/// Gives the answers laid ready, in order, and the last one for ever; each through the scheduler. Thread: the test's.
class FakeCredentialsSource final : public CredentialsSource
{
public:
    explicit FakeCredentialsSource(Scheduler &scheduler) : m_scheduler(scheduler) {}

    QList<Result<Credentials>> answers;
    QList<bool> reads;  ///< what each was asked for: fresh or not
    Milliseconds latency{0};

    CallHandle read(bool fresh, std::function<void(Result<Credentials>)> done) override
    {
        reads.append(fresh);
        const auto answer = answers.size() > 1 ? answers.takeFirst() : answers.first();
        return m_scheduler.after(latency, [answer, done] { done(answer); });
    }

private:
    Scheduler &m_scheduler;
};

inline Credentials credentialsNamed(const QByteArray &name, std::optional<WallTime> expires = {})
{
    return {.accessKeyId = name, .secretAccessKey = "secret of " + name, .sessionToken = {}, .expires = expires};
}

}  // namespace packmule
