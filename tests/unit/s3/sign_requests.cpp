#include "core/integrity/Digest.h"
#include "core/signing/RequestSignature.h"

#include <QByteArray>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstdio>
#include <iostream>
#include <string>

// For botocore_differential.py: reads requests as JSON lines and prints the Authorization header that we would send.

using namespace packmule;
using namespace Qt::StringLiterals;

namespace {

QByteArray text(const QJsonObject &request, QLatin1StringView name)
{
    return request[name].toString().toUtf8();
}

QByteArray authorizationFor(const QJsonObject &json, RequestSignature &signature)
{
    SigningRequest request;
    request.method = text(json, "method"_L1);
    request.hostHeader = text(json, "host"_L1);
    request.target = text(json, "target"_L1);
    for (const QJsonValue &field : json["headers"_L1].toArray())
        request.headers.append(field[0].toString().toLatin1(), field[1].toString().toUtf8());
    request.payloadHash = text(json, "payloadHash"_L1);
    request.region = text(json, "region"_L1);
    const auto time = timeFromAmzDate(text(json, "date"_L1));
    if (!time)
        return "no date";
    request.time = *time;
    const Credentials credentials{.accessKeyId = text(json, "accessKeyId"_L1),
                                  .secretAccessKey = text(json, "secretAccessKey"_L1),
                                  .sessionToken = text(json, "sessionToken"_L1),
                                  .expires = {}};
    return signature.authorityFor(request, credentials).value("Authorization");
}

}  // namespace

int main()
{
    const CryptoLibrary crypto;
    RequestSignature signature("s3");
    std::string line;
    while (std::getline(std::cin, line)) {
        const QJsonObject json = QJsonDocument::fromJson(QByteArray::fromStdString(line)).object();
        std::puts(authorizationFor(json, signature).constData());
    }
    return 0;
}
