#pragma once

#include "tests/support/chaosproxy/ChaosPipe.h"
#include "tests/support/chaosproxy/RequestCounter.h"

#include <QObject>
#include <QTcpSocket>

#include <memory>

namespace packmule {

/// One client's connection and its counterpart to the target.
/// Thread: the one that made it. Owns both sockets; told to be gone by closed(), then its owner deletes it later.
class ChaosLink final : public QObject
{
    Q_OBJECT
public:
    /// @param client taken over. @param draw decides once which toxics hit this link.
    ChaosLink(QTcpSocket *client, const QString &targetHost, quint16 targetPort, quint64 seed, RequestCounts &counts);

    void setToxics(const QList<Toxic> &toxics);
    /// RST to both sides.
    void reset();

Q_SIGNALS:
    void closed();
    void passedUpstream(qint64 count);
    void passedDownstream(qint64 count);

private:
    void onSourceEnded(ChaosPipe &pipe, QTcpSocket &source);
    void end(ChaosPipe::Ending ending);

    std::mt19937_64 m_random;
    std::unique_ptr<QTcpSocket> m_client;
    std::unique_ptr<QTcpSocket> m_target;
    RequestCounter m_counter;
    std::unique_ptr<ChaosPipe> m_upstream;
    std::unique_ptr<ChaosPipe> m_downstream;
    bool m_isClosed = false;
};

}  // namespace packmule
