#pragma once

#include "core/base/ByteCount.h"
#include "core/base/Scheduler.h"
#include "core/stream/FrameCodec.h"
#include "core/stream/StreamGate.h"
#include "core/stream/StreamHub.h"

#include <QObject>
#include <QSslConfiguration>

class QTcpSocket;

namespace packmule {

/// One finished request or connection, for the log.
struct StreamAccess {
    QByteArray peer, method, verb, path;  ///< path as it came, undecoded, without the query
    int status = 0;
    qint64 bytes = 0;                     ///< of the stream, to a follower or from an appender
    Milliseconds took{0};
    QByteArray how;                       ///< of a WebSocket: "finished 12", "lost", "1008"…
};

/// A plain answer that another handler of the same server gives.
struct StreamAnswer {
    int status = 200;
    HttpHeaders headers;
    QByteArray body;
};

struct StreamServerOptions {
    QByteArray root;                       ///< folder; made if it is absent
    QHostAddress address = QHostAddress(QHostAddress::LocalHost);
    quint16 port = 0;                      ///< 0: any free one
    QByteArray prefix = "/";               ///< where the root is served
    std::optional<QSslConfiguration> tls;
    GateOptions gate;
    HubOptions hub;
    FrameLimits appenderLimits;
    int mostConnections = 4096;
    int mostPerAddress = 512;              ///< of one other machine
    int mostFollowers = 2048;              ///< of one stream
    Milliseconds headTimeout{10'000};
    Milliseconds idleTimeout{60'000};      ///< between requests
    Milliseconds pingEvery{20'000};
    Milliseconds silentLimit{60'000};      ///< a follower that neither takes nor says anything is dropped
    Milliseconds appenderSilence{30'000};  ///< one of ours; httpfstream's may be silent as long as TCP lives
    std::function<void(const StreamAccess &)> log;
    /// Asked for paths outside the prefix; nothing: 404. This is how other handlers live beside the streams.
    std::function<std::optional<StreamAnswer>(const HttpHead &)> otherPaths;
    const Clock *clock = nullptr;          ///< null: the system's
    Scheduler *scheduler = nullptr;        ///< null: Qt's
};

/// Serves streams on a folder: httpfstream's FOLLOW and APPEND, plain GET, and our extension of them. One event loop, no
/// thread of its own. Thread: the one that made it. Its owner stops it by destroying it: our followers are told to come
/// back, leases of our appenders stay on disk.
class StreamServer : public QObject
{
    Q_OBJECT

public:
    explicit StreamServer(StreamServerOptions options, QObject *parent = nullptr);
    ~StreamServer() override;

    /// Errors: those of StreamRoot::open; LocalIo if the port cannot be had; InvalidRequest for a prefix that is none.
    Result<void> listen();
    quint16 port() const;
    int connectionCount() const;

private:
    void accept(QTcpSocket *socket);

    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace packmule
