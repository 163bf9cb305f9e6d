#pragma once

#include "core/base/Clock.h"
#include "core/base/Scheduler.h"
#include "core/transfer/AbortRule.h"
#include "core/transfer/CallSet.h"
#include "core/transfer/ConnectionFinding.h"
#include "core/transfer/RepeatedCall.h"
#include "core/transfer/StoreProvider.h"

#include <functional>
#include <vector>

namespace packmule {

/// The checklist of `packmule doctor` and of the window's connection test: what a store answers, what these credentials may
/// do there. Writes a small object and an empty upload under a key of its own below the place, and removes both again.
/// Every check tells its findings and then calls next(); a finding with isLast ends the list.
///
/// | state | on | then |
/// |---|---|---|
/// | checking | next() | the next check; after the last: ended |
/// | checking | giveUp() | silent: what was written is removed, the other checks are left out |
/// | ended | | `done` has run; nothing of ours is on the store unless a finding said so |
///
/// Destroying it in mid-check leaves behind what it has written. Thread: the store's. Clock and scheduler outlive it.
class ConnectionTest final
{
public:
    using Found = std::function<void(const ConnectionFinding &)>;

    /// @param place bucket and prefix; an empty bucket looks at the service alone.
    ConnectionTest(OpenStore open, ObjectAddress place, Clock &clock, Scheduler &scheduler);

    /// Once. Both run later.
    void start(Found found, std::function<void()> done);
    /// Nobody looks any more: `found` is silenced, `done` runs when nothing of ours is left on the store.
    void giveUp();
    /// Where the small object goes.
    const ObjectAddress &testObject() const { return m_test; }

private:
    using Check = ConnectionFinding::Check;
    using Outcome = ConnectionFinding::Outcome;

    void next();
    void tell(const ConnectionFinding &finding);
    void tell(Check check, Outcome outcome, const std::optional<Error> &error, const ObjectAddress &object);
    void passed(Check check) { tell(check, Outcome::Passed, {}, m_test); }
    void failed(Check check, const Error &error) { tell(check, Outcome::Failed, error, m_test); }
    void unknown(Check check, const std::optional<Error> &error) { tell(check, Outcome::Unknown, error, m_test); }
    void stop(Check check, const Error &error, const ObjectAddress &object);
    void tellReached(const std::optional<Error> &refusal);

    void checkService();
    void checkBucket();
    void checkClock();
    void checkPlace();
    void checkListing();
    void checkWriting();
    void put(ChecksumAlgorithm algorithm);
    void checkReading();
    void checkMultipart();
    void sendPart(const QByteArray &uploadId);
    void listParts(const QByteArray &uploadId);
    void abortUpload(const QByteArray &uploadId);
    void checkRemoval();
    void checkUnfinished();
    void checkLifecycle();
    void checkCors();

    ObjectBody body(ChecksumAlgorithm algorithm) const;
    IntegrityPlan plan(ChecksumAlgorithm algorithm) const;
    ObjectStore &store() { return *m_open.store; }

    template<typename T>
    void ask(std::function<CallHandle(Done<T>)> begin, Done<T> done)
    {
        m_calls.keep([this, &begin, &done](std::function<void()> forget) {
            return RepeatedCall<T>::make(m_scheduler, std::move(begin), [forget = std::move(forget), done = std::move(done)](Result<T> result) {
                forget();
                done(std::move(result));
            });
        });
    }

    OpenStore m_open;
    ObjectAddress m_place;       ///< bucket and prefix
    ObjectAddress m_test;        ///< where the small object goes
    Clock &m_clock;
    Scheduler &m_scheduler;
    Found m_found;
    std::function<void()> m_done;
    ChecksumAlgorithm m_algorithm = ChecksumAlgorithm::Crc64Nvme;
    std::vector<void (ConnectionTest::*)()> m_checks;
    std::size_t m_next = 0;
    bool m_isWritten = false;
    bool m_mayBeWritten = false;
    bool m_isGivenUp = false;
    CallHandle m_begin;
    CallSet m_calls;             ///< last: its calls use the above
};

}  // namespace packmule
