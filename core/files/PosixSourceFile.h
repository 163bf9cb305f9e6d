#pragma once

#include "core/files/SourceFile.h"

namespace packmule {

/// The SourceFile on a POSIX descriptor. Thread: any; everything but the descriptor's number is immutable after open.
class PosixSourceFile final : public SourceFile, public std::enable_shared_from_this<PosixSourceFile>
{
public:
    /// Takes over `descriptor`.
    PosixSourceFile(int descriptor, const QByteArray &path, bool followSymlink, const SourceIdentity &identity);
    ~PosixSourceFile() override;
    PosixSourceFile(const PosixSourceFile &) = delete;
    PosixSourceFile &operator=(const PosixSourceFile &) = delete;

    const QByteArray &path() const override { return m_path; }
    const SourceIdentity &identity() const override { return m_identity; }
    Result<void> check() const override;
    Result<qint64> read(char *buffer, qint64 maxSize, qint64 offset) const override;
    std::unique_ptr<MappedWindow> map(qint64 offset, qint64 size) const override;
    std::unique_ptr<QIODevice> window(qint64 offset, ByteCount size) override;

private:
    const int m_descriptor;
    const QByteArray m_path;
    const bool m_followSymlink;
    const SourceIdentity m_identity;
};

}  // namespace packmule
