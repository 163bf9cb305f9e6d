#pragma once

#include "core/files/SourceFile.h"

#include <QIODevice>

#include <optional>

namespace packmule {

/// A seekable, read-only, unbuffered window of a SourceFile: the body of one part. Open from its construction.
/// A read error, or a file that ends before the window does, makes it fail for good: every read answers -1, nothing is
/// ever padded, errorString() is the error's detail. So -1 from this device is never the network's fault.
/// Thread: one at a time. Keeps the file open.
class PartReader final : public QIODevice
{
    Q_OBJECT

public:
    PartReader(std::shared_ptr<const SourceFile> file, qint64 offset, ByteCount size);

    bool isSequential() const override { return false; }
    qint64 size() const override { return m_size.value(); }
    /// False outside of the window.
    bool seek(qint64 position) override;

    /// What broke a read: SourceChanged (too short), SourceUnreadable or LocalIo with osError; nothing if all is well.
    const std::optional<Error> &failure() const { return m_failure; }

protected:
    qint64 readData(char *buffer, qint64 maxSize) override;
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    qint64 fail(const Error &error);

    const std::shared_ptr<const SourceFile> m_file;
    const qint64 m_offset;
    const ByteCount m_size;
    std::optional<Error> m_failure;
};

}  // namespace packmule
