#include "core/s3/SharedBody.h"

#include <utility>

namespace packmule {

SharedBody::SharedBody(std::shared_ptr<QIODevice> device) : m_device(std::move(device))
{
    m_device->seek(0);
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    connect(m_device.get(), &QIODevice::readyRead, this, &QIODevice::readyRead);  // of a throttled body
}

bool SharedBody::seek(qint64 position)
{
    if (m_device->seek(position) && QIODevice::seek(position))
        return true;
    setErrorString(m_device->errorString());
    return false;
}

qint64 SharedBody::readData(char *bytes, qint64 maximum)
{
    const qint64 count = m_device->read(bytes, maximum);
    if (count < 0)
        setErrorString(m_device->errorString());
    return count;
}

}  // namespace packmule
