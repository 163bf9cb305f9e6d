#include "core/localstore/LocalStore.h"

#include "core/base/LogCategories.h"
#include "core/integrity/Digest.h"
#include "core/localstore/BucketOperations.h"
#include "core/localstore/ReadBudget.h"
#include "core/localstore/S3Operations.h"
#include "core/localstore/SignatureCheck.h"
#include "core/localstore/StoreConnection.h"
#include "core/localstore/StoreFiles.h"
#include "core/localstore/StoreRoot.h"

#include <QSet>
#include <QSslServer>
#include <QTcpServer>
#include <QTimer>

#include <sys/socket.h>

namespace packmule {

namespace {

using namespace std::chrono_literals;
constexpr Milliseconds kSweepEvery = 10s;
constexpr int kMostConnections = 1024;

}  // namespace

struct LocalStore::State {
    explicit State(LocalStoreOptions given)
        : options(std::move(given))
    {
    }
    const Clock &clock() const { return options.clock == nullptr ? systemClock : *options.clock; }
    Result<void> open(const std::function<LocalStoreFault(const LocalStoreCall &)> &faultHook);

    const LocalStoreOptions options;
    SystemClock systemClock;
    std::unique_ptr<StoreRoot> root;
    std::unique_ptr<StoreContext> context;
    std::unique_ptr<SignatureCheck> signatures;
    std::unique_ptr<S3Operations> operations;
    std::unique_ptr<ReadBudget> budget;
    std::unique_ptr<StoreService> service;
    std::unique_ptr<QTcpServer> server;
    QSet<StoreConnection *> connections;
    QTimer sweep;
};

Result<void> LocalStore::State::open(const std::function<LocalStoreFault(const LocalStoreCall &)> &faultHook)
{
    if (!options.address.isLoopback())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("The local store serves loopback addresses only, not %1.").arg(options.address.toString()));
    auto opened = StoreRoot::open(options.root, options.discardBodies);
    if (!opened)
        return std::unexpected(opened.error());
    root = std::move(*opened);
    context = std::make_unique<StoreContext>(StoreContext{*root, options, clock()});
    signatures = std::make_unique<SignatureCheck>(options, clock());
    operations = std::make_unique<S3Operations>(*context);
    if (options.bytesPerSecond > 0)
        budget = std::make_unique<ReadBudget>(options.bytesPerSecond);
    service = std::make_unique<StoreService>(StoreService{*operations, *signatures, faultHook, clock(), budget.get()});

    if (options.tls) {
        auto secure = std::make_unique<QSslServer>();
        secure->setSslConfiguration(*options.tls);
        server = std::move(secure);
    } else {
        server = std::make_unique<QTcpServer>();
    }
    server->setListenBacklogSize(512);
    server->setMaxPendingConnections(512);
    if (!server->listen(options.address, options.port)) {
        return failure(ErrorKind::LocalIo, QStringLiteral("Cannot listen on %1 port %2: %3")
                                               .arg(options.address.toString(), QString::number(options.port), server->errorString()));
    }
    if (budget) {
        const int small = 64 * 1024;  // inherited by the accepted sockets: else megabytes would pass at once
        ::setsockopt(static_cast<int>(server->socketDescriptor()), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    }
    return {};
}

LocalStore::LocalStore(LocalStoreOptions options, QObject *parent)
    : QObject(parent), m_state(std::make_unique<State>(std::move(options)))
{
}

LocalStore::~LocalStore()
{
    if (m_state->server)
        m_state->server->close();
    for (StoreConnection *connection : std::as_const(m_state->connections))
        connection->disconnect(this);
    qDeleteAll(m_state->connections);
}

Result<void> LocalStore::listen()
{
    if (const auto opened = m_state->open(faultHook); !opened)
        return opened;
    connect(m_state->server.get(), &QTcpServer::pendingConnectionAvailable, this, [this] {
        while (QTcpSocket *socket = m_state->server->nextPendingConnection())
            accept(socket);
    });
    connect(&m_state->sweep, &QTimer::timeout, this, [this] {
        const auto connections = m_state->connections;
        for (StoreConnection *connection : connections)
            connection->closeIfStale(m_state->clock().now());
    });
    m_state->sweep.start(kSweepEvery);
    return {};
}

void LocalStore::accept(QTcpSocket *socket)
{
    if (m_state->connections.size() >= kMostConnections) {
        socket->abort();
        socket->deleteLater();
        return;
    }
    auto *connection = new StoreConnection(socket, *m_state->service, this);
    m_state->connections.insert(connection);
    connect(connection, &StoreConnection::performed, this, &LocalStore::performed);
    connect(connection, &StoreConnection::served, this, &LocalStore::served);
    connect(connection, &StoreConnection::ended, this, [this, connection] { m_state->connections.remove(connection); });
}

quint16 LocalStore::port() const
{
    return m_state->server ? m_state->server->serverPort() : quint16(0);
}

Result<void> LocalStore::createBucket(const QByteArray &name)
{
    if (!isBucketName(name))
        return failure(ErrorKind::InvalidRequest, QStringLiteral("This cannot be the name of a bucket: %1").arg(QString::fromUtf8(name)));
    if (!m_state->root || m_state->root->bucket(name) != nullptr)
        return {};
    return m_state->root->createBucket(name, m_state->clock().wallNow());
}

QList<LocalStoreObject> LocalStore::objects() const
{
    QList<LocalStoreObject> list;
    if (!m_state->root)
        return list;
    for (const auto &[name, bucket] : m_state->root->buckets()) {
        for (const auto &[key, entry] : bucket->entries()) {
            const auto found = bucket->record(key);
            if (!found)
                continue;
            list.append({.bucket = name, .key = key, .eTag = entry.eTag, .size = ByteCount(entry.size), .modified = entry.modified,
                         .headers = found->record.headers, .checksum = found->record.checksum});
        }
    }
    return list;
}

QList<UnfinishedUpload> LocalStore::unfinishedUploads() const
{
    QList<UnfinishedUpload> list;
    if (!m_state->root)
        return list;
    for (const auto &[uploadId, upload] : m_state->root->multipart().uploads())
        list.append({.object = {upload.bucket, upload.key}, .uploadId = uploadId, .initiated = upload.initiated, .initiatorId = {}, .storageClass = {}});
    return list;
}

Result<QByteArray> LocalStore::objectSha256(const ObjectAddress &address) const
{
    const BucketFolder *bucket = m_state->root ? m_state->root->bucket(address.bucket) : nullptr;
    if (bucket == nullptr)
        return failure(ErrorKind::NoSuchKey, QStringLiteral("no such bucket"));
    const auto found = bucket->record(address.key);
    if (!found)
        return std::unexpected(found.error());
    if (found->record.isDiscarded)
        return failure(ErrorKind::LocalIo, QStringLiteral("bodies are discarded"));
    const auto digest = makeDigest(ChecksumAlgorithm::Sha256);
    const QList<FileSlice> slices = bodySlices(*found, m_state->root->path(), {0, found->record.size - 1});
    for (const FileSlice &slice : slices) {
        const auto file = OpenFile::openToRead(slice.path);
        if (!file)
            return std::unexpected(file.error());
        constexpr qint64 kStep = 1024 * 1024;
        for (qint64 done = 0; done < slice.length; done += kStep) {
            const auto piece = file->read(slice.offset + done, std::min(kStep, slice.length - done));
            if (!piece)
                return piece;
            digest->add(*piece);
        }
    }
    return digest->result();
}

}  // namespace packmule
