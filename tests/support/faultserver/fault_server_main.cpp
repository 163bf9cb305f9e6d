// packmule_fault_server: the fault server as a program, for tests that drive the whole command line.
#include "core/integrity/Digest.h"
#include "tests/support/faultserver/AdminEndpoint.h"
#include "tests/support/faultserver/FaultServer.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSslCertificate>
#include <QSslKey>

#include <cstdio>

using namespace packmule;

namespace {

QByteArray fileBytes(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

std::optional<QSslConfiguration> tlsFrom(const QString &certificatePath, const QString &keyPath)
{
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    const QList<QSslCertificate> chain = QSslCertificate::fromPath(certificatePath);
    const QByteArray keyBytes = fileBytes(keyPath);
    QSslKey key(keyBytes, QSsl::Rsa);
    if (key.isNull())
        key = QSslKey(keyBytes, QSsl::Ec);
    if (chain.isEmpty() || key.isNull())
        return std::nullopt;
    tls.setLocalCertificateChain(chain);
    tls.setPrivateKey(key);
    tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    return tls;
}

QJsonArray uploadsJson(FaultServer &server)
{
    QJsonArray list;
    const QList<UnfinishedUpload> uploads = server.store().unfinishedUploads();
    for (const UnfinishedUpload &upload : uploads) {
        list.append(QJsonObject{{QStringLiteral("bucket"), QString::fromUtf8(upload.object.bucket)},
                                {QStringLiteral("key"), QString::fromUtf8(upload.object.key)},
                                {QStringLiteral("uploadId"), QString::fromUtf8(upload.uploadId)}});
    }
    return list;
}

QJsonArray objectsJson(FaultServer &server, bool withDigest)
{
    QJsonArray list;
    const QList<LocalStoreObject> objects = server.store().objects();
    for (const LocalStoreObject &object : objects) {
        QJsonObject metadata;
        for (const auto &[name, value] : object.headers.fields()) {
            if (name.startsWith("x-amz-meta-"))
                metadata.insert(QString::fromUtf8(name.mid(11)), QString::fromUtf8(value));
        }
        QJsonObject json{{QStringLiteral("bucket"), QString::fromUtf8(object.bucket)}, {QStringLiteral("key"), QString::fromUtf8(object.key)},
                         {QStringLiteral("keyHex"), QString::fromLatin1(object.key.toHex())}, {QStringLiteral("size"), object.size.value()},
                         {QStringLiteral("eTag"), QString::fromUtf8(object.eTag)}, {QStringLiteral("metadata"), metadata},
                         {QStringLiteral("contentType"), QString::fromUtf8(object.headers.value("content-type"))}};
        const auto digest = withDigest ? server.store().objectSha256({object.bucket, object.key}) : Result<QByteArray>(QByteArray());
        if (digest)
            json.insert(QStringLiteral("sha256"), QString::fromLatin1(digest->toHex()));
        list.append(json);
    }
    return list;
}

AdminEndpoint::Answer adminAnswer(FaultServer &server, const QByteArray &method, const QByteArray &target, const QByteArray &body)
{
    const auto json = [](const auto &value) { return QJsonDocument(value).toJson(QJsonDocument::Compact); };
    if (method == "GET" && target == "/counters") {
        QJsonObject counters = server.counters().toJson();
        counters.insert(QStringLiteral("liveUploads"), server.store().unfinishedUploads().size());
        counters.insert(QStringLiteral("struckFaults"), server.script().struckCount());
        return {200, json(counters)};
    }
    if (method == "GET" && target == "/uploads")
        return {200, json(uploadsJson(server))};
    if (method == "GET" && (target == "/objects" || target == "/objects?sha256=0"))
        return {200, json(objectsJson(server, target == "/objects"))};
    if (method == "POST" && target == "/script") {
        if (const auto replaced = server.script().replace(body); !replaced)
            return {400, json(QJsonObject{{QStringLiteral("error"), replaced.error().detail}})};
        return {200, "{}"};
    }
    if (method == "POST" && target == "/reset") {
        server.script().clear();
        server.resetCounters();
        return {200, "{}"};
    }
    return {404, "{}"};
}

int fail(const QString &message)
{
    std::fprintf(stderr, "packmule_fault_server: %s\n", qUtf8Printable(message));
    return 1;
}

}  // namespace

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    CryptoLibrary crypto;
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("An S3 service on a folder that acts out scripted faults (keys AKIATEST/secrettest)."));
    parser.addHelpOption();
    const auto add = [&parser](const char *name, const char *description, const char *value = nullptr, const char *otherwise = "") {
        parser.addOption(value == nullptr ? QCommandLineOption(QString::fromLatin1(name), QString::fromLatin1(description))
                                          : QCommandLineOption(QString::fromLatin1(name), QString::fromLatin1(description),
                                                               QString::fromLatin1(value), QString::fromLatin1(otherwise)));
    };
    add("root", "folder of the store", "DIR");
    add("port", "0 = any", "N", "0");
    add("admin-port", "0 = any", "N", "0");
    add("script", "JSON list of fault rules", "FILE");
    add("tls-cert", "PEM chain: serves https", "FILE");
    add("tls-key", "PEM key", "FILE");
    add("region", "of the store", "NAME", "us-east-1");
    add("bytes-per-second", "limit of what is read", "N", "0");
    add("no-checksums", "as a store without additional checksums");
    add("no-digests", "believe every digest (benchmarks)");
    add("discard", "count bodies, do not store them");
    parser.process(application);
    const auto value = [&parser](const char *name) { return parser.value(QString::fromLatin1(name)); };
    const auto isSet = [&parser](const char *name) { return parser.isSet(QString::fromLatin1(name)); };

    LocalStoreOptions options;
    options.root = value("root").toLocal8Bit();
    options.port = value("port").toUShort();
    options.region = value("region").toUtf8();
    options.knowsChecksums = !isSet("no-checksums");
    options.checkDigests = !isSet("no-digests");
    options.discardBodies = isSet("discard");
    options.bytesPerSecond = value("bytes-per-second").toLongLong();
    if (isSet("tls-cert")) {
        options.tls = tlsFrom(value("tls-cert"), value("tls-key"));
        if (!options.tls)
            return fail(QStringLiteral("the certificate or its key cannot be read"));
    }
    FaultServer server(options);
    if (isSet("script")) {
        if (const auto replaced = server.script().replace(fileBytes(value("script"))); !replaced)
            return fail(replaced.error().detail);
    }
    if (const auto started = server.start(); !started)
        return fail(started.error().detail);
    AdminEndpoint admin([&server](const QByteArray &method, const QByteArray &target, const QByteArray &body) {
        return adminAnswer(server, method, target, body);
    });
    if (!admin.listen(value("admin-port").toUShort()))
        return fail(QStringLiteral("the admin port cannot be opened"));
    const QJsonObject ports{{QStringLiteral("port"), server.port()}, {QStringLiteral("adminPort"), admin.port()}};
    std::printf("%s\n", QJsonDocument(ports).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
    return QCoreApplication::exec();
}
