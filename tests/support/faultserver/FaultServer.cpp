#include "tests/support/faultserver/FaultServer.h"

namespace packmule {

namespace {

QString nameOf(const ObjectAddress &address)
{
    return QString::fromUtf8(address.bucket + '/' + address.key);
}

/// Create, parts, Complete, one HEAD; one request for a small object (I4).
qint64 allowedRequests(const AwaitedObject &expected)
{
    return (expected.partCount == 0 ? 1 : expected.partCount + 3) + expected.excusedRequests;
}

}  // namespace

FaultServer::FaultServer(LocalStoreOptions options, QObject *parent)
    : QObject(parent), m_options(std::move(options))
{
    if (m_options.root.isEmpty())
        m_options.root = m_folder.path().toUtf8() + "/store";
    if (m_options.accessKeyId.isEmpty()) {
        m_options.accessKeyId = kAccessKeyId;
        m_options.secretAccessKey = kSecretAccessKey;
    }
}

FaultServer::~FaultServer() = default;

Result<void> FaultServer::start()
{
    if (m_port != 0)
        m_options.port = m_port;
    m_store = std::make_unique<LocalStore>(m_options);
    m_store->faultHook = [this](const LocalStoreCall &call) {
        const LocalStoreFault fault = m_script.next(call);
        m_counters.countCall(call, fault);
        return fault;
    };
    connect(m_store.get(), &LocalStore::performed, this, [this](const LocalStoreCall &call, int status) { m_counters.countPerformed(call, status); });
    connect(m_store.get(), &LocalStore::served, this,
            [this](const LocalStoreCall &call, int status, qint64 bodyBytes) { m_counters.countServed(call, status, bodyBytes); });
    if (const auto listening = m_store->listen(); !listening)
        return listening;
    m_port = m_store->port();
    return m_store->createBucket(kBucket);
}

void FaultServer::stop()
{
    m_store.reset();
}

QByteArray FaultServer::endpoint() const
{
    return QByteArray(m_options.tls ? "https" : "http") + "://127.0.0.1:" + QByteArray::number(m_port);
}

QStringList FaultServer::brokenInvariants(const QList<AwaitedObject> &expected) const
{
    QStringList broken;
    for (const AwaitedObject &object : expected)
        broken += brokenByObject(object);
    const QList<LocalStoreObject> objects = m_store->objects();
    for (const LocalStoreObject &object : objects) {
        const ObjectAddress address{object.bucket, object.key};
        const bool isExpected = std::any_of(expected.begin(), expected.end(), [&](const AwaitedObject &one) { return one.address == address; });
        if (!isExpected)
            broken += QStringLiteral("I1: nobody expects the object %1").arg(nameOf(address));
    }
    const QList<UnfinishedUpload> uploads = m_store->unfinishedUploads();
    for (const UnfinishedUpload &upload : uploads)
        broken += QStringLiteral("I2: a live upload is left for %1").arg(nameOf(upload.object));
    if (m_counters.unexcusedDuplicateParts() > 0)
        broken += QStringLiteral("I3: %1 parts were taken again although they had been answered").arg(m_counters.unexcusedDuplicateParts());
    return broken;
}

QStringList FaultServer::brokenByObject(const AwaitedObject &expected) const
{
    QStringList broken;
    const QString name = nameOf(expected.address);
    const auto digest = m_store->objectSha256(expected.address);
    const bool isMissing = !digest && digest.error().kind == ErrorKind::NoSuchKey;
    if (isMissing && !expected.mayBeMissing)
        broken += QStringLiteral("I1: %1 is missing").arg(name);
    if (!isMissing && digest.value_or(QByteArray()) != expected.sha256)
        broken += QStringLiteral("I1: the bytes of %1 are not the source's").arg(name);
    const ByteCount sent(m_counters.bodyBytesForKey(expected.address.key));
    // Create and Complete have small bodies of their own; a part in Complete's list takes less than 400 bytes.
    const ByteCount documents(expected.partCount == 0 ? 0 : 4096 + 400 * qint64(expected.partCount));
    if (sent > expected.size + expected.excusedBytes + documents)
        broken += QStringLiteral("I3: %1 body bytes were sent for %2").arg(sent.value()).arg(name);
    const qint64 requests = m_counters.requestsForKey(expected.address.key);
    if (requests > allowedRequests(expected))
        broken += QStringLiteral("I4: %1 requests for %2, at most %3 are allowed").arg(requests).arg(name).arg(allowedRequests(expected));
    return broken;
}

}  // namespace packmule
