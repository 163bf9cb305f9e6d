#pragma once

#include <QIODevice>

#include <memory>

namespace packmule {

/// A second view of a body device, so that the transport may own what it sends while the call keeps the device for a
/// free repair (region, clock, credentials). Begins at the device's first byte. One view is read at a time.
/// Thread: that of the transport.
class SharedBody final : public QIODevice
{
public:
    explicit SharedBody(std::shared_ptr<QIODevice> device);

    bool isSequential() const override { return false; }
    qint64 size() const override { return m_device->size(); }
    bool seek(qint64 position) override;

protected:
    qint64 readData(char *bytes, qint64 maximum) override;
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    const std::shared_ptr<QIODevice> m_device;
};

}  // namespace packmule
