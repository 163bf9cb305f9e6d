#pragma once

#include "core/http/HttpHead.h"

#include <QList>
#include <QNetworkReply>
#include <QSslError>

namespace packmule {

/// Why a connection ended under its user.
struct ConnectionBreak {
    enum class Cause {
        Network,    ///< code, qtText and tlsErrors tell
        Body,       ///< the body could not be read: reason
        Malformed,  ///< the answer is not one: reason
    };
    Cause cause = Cause::Network;
    QNetworkReply::NetworkError code = QNetworkReply::NoError;
    QString qtText = {};
    QList<QSslError> tlsErrors = {};
    QString reason = {};
    /// An idle connection that turned out to be closed: nothing of an answer had come, nothing has been done wrong.
    bool isStale = false;
};

/// What happens on a connection to the one exchange that it carries. Each may leave the connection; after
/// answerEnded() and connectionBroken() it has left by itself. Thread: that of the connection.
class ConnectionUser
{
public:
    /// A step of the connecting, or bytes came in.
    virtual void connectionMoved() = 0;
    /// It stands, and the request goes out from now on.
    virtual void requestBegan() = 0;
    /// More of the body was handed over, or more has left for the network.
    virtual void requestMoved() = 0;
    virtual void answerBegan(const HttpHead &head) = 0;
    /// @param view valid during the call. @return false if no more can be taken before Connection::resumeReading().
    virtual bool answerBytes(const QByteArray &view) = 0;
    virtual void answerEnded() = 0;
    virtual void connectionBroken(const ConnectionBreak &why) = 0;

protected:
    ~ConnectionUser() = default;
};

}  // namespace packmule
