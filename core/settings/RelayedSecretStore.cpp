#include "core/settings/RelayedSecretStore.h"

#include <QThread>

#include <utility>

namespace packmule {

RelayedSecretStore::RelayedSecretStore(SecretStore &store) : m_store(store)
{
    connect(&m_store, &SecretStore::changed, &m_hereBox, [this](const QByteArray &name) {
        m_thereBox.post([this, name] { Q_EMIT changed(name); });
    });
}

RelayedSecretStore::~RelayedSecretStore()
{
    m_calls.clear();
}

void RelayedSecretStore::moveTo(QThread &there)
{
    moveToThread(&there);
    m_thereBox.moveToThread(&there);
}

template<typename T>
CallHandle RelayedSecretStore::ask(std::function<CallHandle(SecretStore &, Answer<T>)> begin, Answer<T> done)
{
    const quint64 number = ++m_last;
    m_waiting->emplace(number, [done = std::move(done)](const void *result) { done(*static_cast<const SecretResult<T> *>(result)); });
    m_hereBox.post([this, number, begin = std::move(begin)] {
        m_calls[number] = begin(m_store, [this, number](SecretResult<T> result) {
            m_calls.erase(number);
            m_thereBox.post([waiting = m_waiting.get(), number, result = std::move(result)] {
                if (auto call = waiting->extract(number))
                    call.mapped()(&result);
            });
        });
    });
    return CallHandle([this, waiting = std::weak_ptr(m_waiting), number] {
        const auto known = waiting.lock();
        if (known && known->erase(number) > 0)
            m_hereBox.post([this, number] { m_calls.erase(number); });
    });
}

CallHandle RelayedSecretStore::read(const QByteArray &name, std::function<void(SecretResult<QByteArray>)> done)
{
    return ask<QByteArray>([name](SecretStore &store, Answer<QByteArray> answer) { return store.read(name, std::move(answer)); }, std::move(done));
}

CallHandle RelayedSecretStore::write(const QByteArray &name, const QByteArray &secret, std::function<void(SecretResult<SecretPlace>)> done)
{
    return ask<SecretPlace>([name, secret](SecretStore &store, Answer<SecretPlace> answer) { return store.write(name, secret, std::move(answer)); },
                            std::move(done));
}

CallHandle RelayedSecretStore::remove(const QByteArray &name, std::function<void(SecretResult<void>)> done)
{
    return ask<void>([name](SecretStore &store, Answer<void> answer) { return store.remove(name, std::move(answer)); }, std::move(done));
}

}  // namespace packmule
