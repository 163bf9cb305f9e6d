#include "core/net/HttpTransport.h"

namespace packmule {

QByteArray HttpOrigin::hostHeader() const
{
    const QByteArray name = host.contains(':') ? '[' + host + ']' : host;
    const quint16 schemePort = isEncrypted ? 443 : 80;
    if (port == 0 || port == schemePort)
        return name;
    return name + ':' + QByteArray::number(port);
}

}  // namespace packmule
