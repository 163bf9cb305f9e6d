#include "core/localstore/AnswerWriter.h"

#include <QSslSocket>
#include <QTcpSocket>

namespace packmule {

namespace {

constexpr qint64 kPieceSize = 256 * 1024;
constexpr qint64 kPendingLimit = 512 * 1024;  // bytes in Qt's buffers before we wait for the socket

}  // namespace

void AnswerWriter::begin(const QByteArray &headAndBody, const QList<FileSlice> &slices, qint64 limit)
{
    m_slices = slices;
    m_next = 0;
    m_file.close();
    m_sliceDone = 0;
    m_left = limit;
    write(headAndBody);
}

void AnswerWriter::write(const QByteArray &bytes)
{
    const QByteArrayView sent = m_left < 0 ? QByteArrayView(bytes) : QByteArrayView(bytes).first(std::min<qint64>(m_left, bytes.size()));
    m_socket.write(sent.data(), sent.size());
    if (m_left >= 0)
        m_left -= sent.size();
}

qint64 AnswerWriter::pendingBytes() const
{
    const auto *tls = qobject_cast<const QSslSocket *>(&m_socket);
    return m_socket.bytesToWrite() + (tls == nullptr ? 0 : tls->encryptedBytesToWrite());
}

AnswerWriter::Progress AnswerWriter::writeOn()
{
    while (m_left != 0 && m_next < m_slices.size()) {
        if (pendingBytes() >= kPendingLimit)
            return Progress::Going;
        const FileSlice &slice = m_slices.at(m_next);
        if (m_sliceDone == 0) {
            auto file = OpenFile::openToRead(slice.path);
            if (!file)
                return Progress::Broken;
            m_file = std::move(*file);
        }
        const qint64 wanted = std::min(kPieceSize, slice.length - m_sliceDone);
        const auto piece = m_file.read(slice.offset + m_sliceDone, wanted);
        if (!piece || piece->size() != wanted)
            return Progress::Broken;
        write(*piece);
        m_sliceDone += wanted;
        if (m_sliceDone == slice.length) {
            m_sliceDone = 0;
            ++m_next;
        }
    }
    m_socket.flush();
    return Progress::Finished;
}

}  // namespace packmule
