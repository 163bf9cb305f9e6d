#pragma once

#include "core/stream/FrameCodec.h"

#include <QHash>
#include <QHostAddress>
#include <QSet>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

#include <memory>

namespace packmule {

/// A stand-in for httpfstream-server as facts/streams.md 1.2 and 1.3 describe the real one: its answers, its framing, and
/// its defects. Resources are in memory. It acknowledges nothing, keeps no lock over a restart, says nothing of how a
/// stream ended, and does not know our extension. Thread: the one that made it.
class OfficialServer
{
public:
    struct Defects {
        bool repeatsAtTheSeam = false;    ///< 1.3, 4: what is written while the snapshot is read comes twice
        qint64 losesBehind = -1;          ///< an appender's bytes beyond this total are read and dropped, unsaid
        std::chrono::milliseconds readDeadline{0};  ///< of appenders; 0: none. Only data and unsolicited pongs extend it
    };
    OfficialServer() : OfficialServer(Defects()) {}
    explicit OfficialServer(Defects defects);
    ~OfficialServer();

    QByteArray url(const QByteArray &path) const;
    QHash<QByteArray, QByteArray> files;
    int followers() const { return static_cast<int>(m_followers.size()); }
    bool hasAppender(const QByteArray &path) const { return m_appenders.contains(path); }
    int pongs = 0;
    QByteArrayList requests;  ///< heads
    /// Cuts every connection without a word, as a killed process does.
    void cutAll();
    /// Cuts followers once they were sent so many bytes more.
    qint64 cutFollowersAfter = -1;

private:
    struct Line {
        QTcpSocket *socket = nullptr;
        QByteArray received;
        QByteArray path;
        std::unique_ptr<FrameCodec> codec;  ///< of an appender
        QByteArray message;
        QTimer deadline;
    };
    void onConnection();
    void onBytes(const std::shared_ptr<Line> &line);
    void answer(const std::shared_ptr<Line> &line, const QByteArray &head);
    void answerFile(const std::shared_ptr<Line> &line, const QByteArray &head);
    void follow(const std::shared_ptr<Line> &line, const QByteArray &key);
    void append(const std::shared_ptr<Line> &line, const QByteArray &key);
    void take(const std::shared_ptr<Line> &line, const QByteArray &message);
    void onGone(const std::shared_ptr<Line> &line);
    void reply(const std::shared_ptr<Line> &line, const QByteArray &status, const QByteArray &fields, const QByteArray &body);
    void sendTo(const std::shared_ptr<Line> &line, const QByteArray &bytes);

    Defects m_defects;
    QTcpServer m_server;
    QList<std::shared_ptr<Line>> m_lines;
    QSet<std::shared_ptr<Line>> m_followers;
    QHash<QByteArray, std::shared_ptr<Line>> m_appenders;
};

}  // namespace packmule
