#pragma once

#include "core/files/PartHasher.h"
#include "tests/support/fakes/FakeScheduler.h"

namespace packmule {

/// Digests at once, answers `latency` later. Counts what it read, so that "no second reading" can be tested.
/// Thread: that of the scheduler.
class FakePartHasher final : public PartHasher
{
public:
    explicit FakePartHasher(FakeScheduler &scheduler) : m_scheduler(scheduler) {}

    CallHandle hash(std::shared_ptr<SourceFile> file, qint64 offset, ByteCount size, const IntegrityPlan &integrity,
                    std::function<void(Result<BodyDigests>)> done) override;

    struct Slice { qint64 offset = 0; ByteCount size; };
    QList<Slice> slices;   ///< in the order asked
    Milliseconds latency{0};

private:
    FakeScheduler &m_scheduler;
};

/// What the plan asks of these bytes; the fake store compares with it.
BodyDigests digestsOf(const QByteArray &bytes, const IntegrityPlan &integrity);

}  // namespace packmule
