#pragma once

#include <QAbstractSocket>

#include <optional>

namespace packmule {

/// The two facts about a connection that Qt does not tell, asked of the kernel: what the peer has not yet acknowledged,
/// and whether something lies there unread. Behind a proxy both are about the way to the proxy.
/// Thread: that of the socket, which outlives it.
class AcknowledgedBytes
{
public:
    AcknowledgedBytes() = default;
    /// @param socket connected. A tunnel of Qt's own (QNetworkProxy) hides the real socket as a child; it is found.
    explicit AcknowledgedBytes(const QAbstractSocket &socket);

    /// Bytes in the kernel that the peer has not acknowledged (SIOCOUTQ); nothing where that cannot be asked.
    std::optional<qint64> unacknowledged() const;
    /// True if a read would find bytes, an end or a reset. False where that cannot be asked.
    bool hasUnread() const;

private:
    int m_descriptor = -1;
};

}  // namespace packmule
