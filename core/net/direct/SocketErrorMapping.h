#pragma once

#include <QAbstractSocket>
#include <QNetworkReply>

namespace packmule {

/// A socket's error as QNetworkAccessManager would report it, so that one mapping to our kinds serves both transports.
/// @param isAboutProxy while connecting to a proxy that we speak to ourselves. Pure.
QNetworkReply::NetworkError networkCode(QAbstractSocket::SocketError error, bool isAboutProxy);

}  // namespace packmule
