#include "app/gui/TryHereStore.h"

#include "app/LocalStoreKeys.h"

#include <QUrl>

namespace packmule {

namespace {

// Below the ports that systems hand out by themselves, so that it is likely to be free again next time.
constexpr quint16 kFirstPort = 9640, kLastPort = 9659;

}  // namespace

TryHereStore::TryHereStore(const QByteArray &folder) : m_folder(folder)
{
    m_thread.setObjectName(QStringLiteral("packmule-store"));
    m_bridge.moveTo(m_thread);
}

TryHereStore::~TryHereStore()
{
    if (m_thread.isRunning()) {
        m_bridge.post([this] {
            m_bridge.dropCalls();
            m_store.reset();
            m_thread.quit();
        });
        m_thread.wait();
    }
    m_bridge.meet();
}

CallHandle TryHereStore::start(const QByteArray &endpointUrl, std::function<void(Result<Address>)> done)
{
    const auto port = static_cast<quint16>(QUrl(QString::fromLatin1(endpointUrl)).port(0));
    if (!m_thread.isRunning())
        m_thread.start();
    return m_bridge.call<Result<Address>>(
        [this, port](std::function<void(Result<Address>)> answer) {
            return m_scheduler.after(Milliseconds(0), [this, port, answer = std::move(answer)] { answer(startThere(port)); });
        },
        std::move(done));
}

Result<TryHereStore::Address> TryHereStore::startThere(quint16 port)
{
    const auto keys = LocalStoreKeys::readOrMake(m_folder);
    if (!keys)
        return std::unexpected(keys.error());
    LocalStoreOptions options;
    options.root = m_folder;
    options.accessKeyId = keys->accessKeyId;
    options.secretAccessKey = keys->secretAccessKey;
    options.port = port;
    if (port != 0) {
        if (auto address = listenThere(options))
            return address;
    }
    for (options.port = kFirstPort; options.port < kLastPort; ++options.port) {
        if (auto address = listenThere(options))
            return address;
    }
    return listenThere(options);
}

Result<TryHereStore::Address> TryHereStore::listenThere(const LocalStoreOptions &options)
{
    m_store.reset();
    auto store = std::make_unique<LocalStore>(options);
    if (const auto listening = store->listen(); !listening)
        return std::unexpected(listening.error());
    m_store = std::move(store);
    if (const auto made = m_store->createBucket(kFirstBucket); !made)
        return std::unexpected(made.error());
    return Address{"http://127.0.0.1:" + QByteArray::number(m_store->port()), options.accessKeyId, options.secretAccessKey};
}

}  // namespace packmule
