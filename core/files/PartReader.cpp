#include "core/files/PartReader.h"

#include "core/files/FileErrors.h"

#include <algorithm>
#include <utility>

namespace packmule {

PartReader::PartReader(std::shared_ptr<const SourceFile> file, qint64 offset, ByteCount size)
    : m_file(std::move(file)), m_offset(offset), m_size(size)
{
    Q_ASSERT(offset >= 0 && size.value() >= 0);
    // Unbuffered: the page cache is the buffer, QIODevice's own would only copy once more.
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
}

bool PartReader::seek(qint64 position)
{
    return position >= 0 && position <= m_size.value() && QIODevice::seek(position);
}

qint64 PartReader::readData(char *buffer, qint64 maxSize)
{
    if (m_failure)
        return -1;
    const qint64 wanted = std::min(maxSize, m_size.value() - pos());
    if (wanted <= 0)
        return 0;
    const Result<qint64> count = m_file->read(buffer, wanted, m_offset + pos());
    if (!count)
        return fail(count.error());
    if (*count < wanted)
        return fail(fileComplaint(ErrorKind::SourceChanged, m_file->path(), QStringLiteral("has become shorter")));
    return *count;
}

qint64 PartReader::fail(const Error &error)
{
    m_failure = error;
    setErrorString(error.detail);
    return -1;
}

}  // namespace packmule
