#pragma once

#include <QIODevice>
#include <QPointer>

namespace packmule {

/// A request's body as it is read batch by batch: always exactly `size` bytes, never padded, never more.
/// Thread: that of the device, which others own and which may go away (then reading fails).
class OutgoingBody
{
public:
    enum class Outcome {
        Bytes,   ///< some came
        Later,   ///< none now; the device's readyRead tells when (a throttled body)
        Failed,  ///< failureReason() says why
    };
    struct Batch {
        Outcome outcome;
        qint64 count = 0;
    };

    OutgoingBody() = default;
    /// @param start the device's position of the first byte; where it stands now does not matter.
    OutgoingBody(QIODevice *device, qint64 start, qint64 size) : m_device(device), m_start(start), m_size(device ? size : 0) {}

    Batch read(char *bytes, qint64 maximum);

    qint64 size() const { return m_size; }
    qint64 position() const { return m_position; }
    bool isHandedOver() const { return m_position >= m_size; }
    QIODevice *device() const { return m_device; }
    QString failureReason() const { return m_failureReason; }

private:
    Batch fail(const QString &reason);

    QPointer<QIODevice> m_device;
    qint64 m_start = 0;
    qint64 m_size = 0;
    qint64 m_position = 0;
    QString m_failureReason;
};

}  // namespace packmule
