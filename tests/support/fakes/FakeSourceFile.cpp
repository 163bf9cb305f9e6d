#include "tests/support/fakes/FakeSourceFile.h"

#include <QBuffer>

#include <algorithm>
#include <cstring>

namespace packmule {

FakeSourceFile::FakeSourceFile(const QByteArray &content, const QByteArray &path) : m_path(path), m_content(content)
{
    m_atOpen.device = 1;
    m_atOpen.inode = 42;
    m_atOpen.size = ByteCount(content.size());
    m_atOpen.modifiedNs = 1'700'000'000'000'000'000;
    m_atOpen.changedNs = m_atOpen.modifiedNs;
    m_now = m_atOpen;
}

Result<void> FakeSourceFile::check() const
{
    ++m_checks;
    if (m_isRemoved)
        return failure(ErrorKind::SourceMissing, QStringLiteral("the file is gone"));
    if (!m_now.isSameFile(m_atOpen))
        return failure(ErrorKind::SourceChanged, QStringLiteral("the file changed while it was uploaded"));
    return {};
}

Result<qint64> FakeSourceFile::read(char *buffer, qint64 maxSize, qint64 offset) const
{
    if (m_readError)
        return std::unexpected(*m_readError);
    const qint64 available = std::clamp<qint64>(m_content.size() - offset, 0, maxSize);
    std::memcpy(buffer, m_content.constData() + std::min<qint64>(offset, m_content.size()), static_cast<size_t>(available));
    return available;
}

std::unique_ptr<QIODevice> FakeSourceFile::window(qint64 offset, ByteCount size)
{
    auto device = std::make_unique<QBuffer>();
    device->setData(m_readError ? QByteArray() : m_content.mid(offset, size.value()));
    device->open(QIODevice::ReadOnly);
    return device;
}

void FakeSourceFile::change(const QByteArray &content)
{
    changeUnseen(content);
    touch();
}

QByteArray patternBytes(qsizetype count, quint32 seed)
{
    QByteArray bytes(count, Qt::Uninitialized);
    quint32 state = seed * 2654435761U + 1;
    for (char &byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24);
    }
    return bytes;
}

}  // namespace packmule
