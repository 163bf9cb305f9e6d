#pragma once

#include "core/files/SourceFile.h"
#include "core/transfer/BandwidthLimiter.h"

namespace packmule {

/// A source whose windows (the bodies that are sent) keep to the bandwidth limit; hashing reads at full speed.
/// Thread: as SourceFile; windows on the engine's. The limiter outlives it.
class ThrottledFile final : public SourceFile
{
public:
    ThrottledFile(std::shared_ptr<SourceFile> file, const BandwidthLimiter &limiter) : m_file(std::move(file)), m_limiter(limiter) {}

    const QByteArray &path() const override { return m_file->path(); }
    const SourceIdentity &identity() const override { return m_file->identity(); }
    Result<void> check() const override { return m_file->check(); }
    Result<qint64> read(char *buffer, qint64 maxSize, qint64 offset) const override { return m_file->read(buffer, maxSize, offset); }
    std::unique_ptr<QIODevice> window(qint64 offset, ByteCount size) override { return m_limiter.throttled(m_file->window(offset, size)); }

private:
    std::shared_ptr<SourceFile> m_file;
    const BandwidthLimiter &m_limiter;
};

}  // namespace packmule
