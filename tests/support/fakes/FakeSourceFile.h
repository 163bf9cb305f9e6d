#pragma once

#include "core/files/SourceFile.h"

namespace packmule {

/// A file in memory. change() is somebody writing to it, replace() another file taking its path. Thread: any one.
class FakeSourceFile final : public SourceFile
{
public:
    explicit FakeSourceFile(const QByteArray &content, const QByteArray &path = "/fake/file.bin");

    const QByteArray &path() const override { return m_path; }
    const SourceIdentity &identity() const override { return m_atOpen; }
    Result<void> check() const override;
    Result<qint64> read(char *buffer, qint64 maxSize, qint64 offset) const override;
    std::unique_ptr<QIODevice> window(qint64 offset, ByteCount size) override;

    const QByteArray &content() const { return m_content; }
    /// In place: same inode, later mtime.
    void change(const QByteArray &content);
    /// Bytes change but the mtime does not (the racy case of facts B4).
    void changeUnseen(const QByteArray &content) { m_content = content; m_now.size = ByteCount(content.size()); }
    /// mtime alone.
    void touch() { m_now.modifiedNs += 1'000'000'000; }
    void remove() { m_isRemoved = true; }
    void setRacy(bool racy) { m_atOpen.isRacy = m_now.isRacy = racy; }
    /// What stat would say now; what the next open would give.
    const SourceIdentity &identityNow() const { return m_now; }
    /// As an open() by the next process: the present becomes the identity.
    void reopen() { m_atOpen = m_now; }
    void failReads(std::optional<Error> error) { m_readError = std::move(error); }
    int checks() const { return m_checks; }

private:
    QByteArray m_path;
    QByteArray m_content;
    SourceIdentity m_atOpen, m_now;
    std::optional<Error> m_readError;
    bool m_isRemoved = false;
    mutable int m_checks = 0;
};

/// `count` bytes that differ from part to part, the same for the same seed.
QByteArray patternBytes(qsizetype count, quint32 seed = 1);

}  // namespace packmule
