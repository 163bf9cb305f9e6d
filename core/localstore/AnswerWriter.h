#pragma once

#include "core/localstore/StoreAnswer.h"
#include "core/localstore/StoreFiles.h"

#include <QByteArray>
#include <QList>

class QTcpSocket;

namespace packmule {

/// Hands an answer to the socket piece by piece, so that memory does not grow with it. Thread: the connection's.
class AnswerWriter
{
public:
    enum class Progress { Going, Finished, Broken };  ///< Broken: a file of the body is gone or shorter than it was

    explicit AnswerWriter(QTcpSocket &socket) : m_socket(socket) {}

    /// @param limit how many bytes of the whole go out, then it is Finished; -1: all.
    void begin(const QByteArray &headAndBody, const QList<FileSlice> &slices, qint64 limit = -1);
    /// Call again whenever the socket has written.
    Progress writeOn();
    /// Not yet given to the kernel.
    qint64 pendingBytes() const;

private:
    void write(const QByteArray &bytes);

    QTcpSocket &m_socket;
    QList<FileSlice> m_slices;
    qsizetype m_next = 0;     ///< in m_slices
    OpenFile m_file;          ///< of m_slices[m_next]
    qint64 m_sliceDone = 0;
    qint64 m_left = -1;
};

}  // namespace packmule
