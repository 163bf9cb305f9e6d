#pragma once

#include "core/base/ByteCount.h"

#include <QIODevice>

#include <functional>
#include <memory>

namespace packmule {

/// The request's body as Qt may read it: passes reads on and remembers what Qt keeps to itself, namely how far it has read,
/// whether it began again (finding 1), and why a read failed (Qt only says "unknown network error").
/// Always exactly `size` bytes long: a body that ends earlier is a failure, a longer one is cut.
/// Thread: that of the transport. Owns the inner device.
class WatchedBody final : public QIODevice
{
public:
    /// @param onRead after each read or rewind; must not delete this object.
    WatchedBody(std::unique_ptr<QIODevice> inner, ByteCount size, std::function<void()> onRead);

    bool isSequential() const override { return false; }
    qint64 size() const override { return m_size; }
    bool seek(qint64 position) override;
    bool atEnd() const override { return m_position >= m_size; }

    /// Bytes handed to the connection in the present sending.
    ByteCount handedOver() const { return ByteCount(m_position); }
    /// The most that any sending reached.
    ByteCount mostHandedOver() const { return ByteCount(m_most); }
    bool isHandedOver() const { return m_position >= m_size; }
    /// How often Qt went back to the start after bytes had gone out.
    int resends() const { return m_resends; }
    bool hasFailed() const { return m_hasFailed; }
    QString failureReason() const { return m_failureReason; }

protected:
    qint64 readData(char *bytes, qint64 maximum) override;
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    qint64 fail(const QString &reason);

    std::unique_ptr<QIODevice> m_inner;
    const qint64 m_start;
    const qint64 m_size;
    std::function<void()> m_onRead;
    qint64 m_position = 0;
    qint64 m_most = 0;
    int m_resends = 0;
    bool m_hasFailed = false;
    QString m_failureReason;
};

}  // namespace packmule
