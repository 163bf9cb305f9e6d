#include "core/localstore/AwsChunkedReader.h"

#include <algorithm>
#include <utility>

namespace packmule {

namespace {

constexpr qsizetype kLongestLine = 16 * 1024;

}  // namespace

bool AwsChunkedReader::feed(const QByteArray &piece)
{
    qsizetype at = 0;
    while (at < piece.size() && m_place != Place::Broken) {
        if (m_place == Place::Bytes) {
            const qsizetype count = std::min(static_cast<qsizetype>(m_left), piece.size() - at);
            m_onBytes(QByteArray::fromRawData(piece.constData() + at, count));
            at += count;
            m_left -= count;
            if (m_left == 0)
                m_place = Place::LineEnd;
            continue;
        }
        if (m_place == Place::Trailers) {
            m_line.append(piece.constData() + at, piece.size() - at);
            at = piece.size();
        } else {
            const qsizetype newline = piece.indexOf('\n', at);
            const qsizetype end = newline < 0 ? piece.size() : newline + 1;
            m_line.append(piece.constData() + at, end - at);
            at = end;
            if (newline >= 0)
                endSizeLine();
        }
        if (m_line.size() > kLongestLine)
            m_place = Place::Broken;
    }
    return m_place != Place::Broken;
}

void AwsChunkedReader::endSizeLine()
{
    const QByteArray line = std::exchange(m_line, {}).trimmed();
    if (m_place == Place::LineEnd) {
        m_place = line.isEmpty() ? Place::SizeLine : Place::Broken;
        return;
    }
    bool isNumber = false;
    m_left = line.split(';').constFirst().toLongLong(&isNumber, 16);
    if (!isNumber || m_left < 0)
        m_place = Place::Broken;
    else
        m_place = m_left == 0 ? Place::Trailers : Place::Bytes;
}

HttpHeaders AwsChunkedReader::trailers() const
{
    HttpHeaders found;
    if (m_place != Place::Trailers)
        return found;
    const QList<QByteArray> lines = m_line.split('\n');
    for (const QByteArray &line : lines) {
        if (const qsizetype colon = line.indexOf(':'); colon > 0)
            found.append(line.first(colon).trimmed(), line.sliced(colon + 1).trimmed());
    }
    return found;
}

}  // namespace packmule
