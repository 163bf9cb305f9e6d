#pragma once

#include "core/base/Mailbox.h"
#include "core/settings/SecretStore.h"

#include <map>

class QThread;

namespace packmule {

/// A secret store of this thread, for an engine on another: the keyring is asked here, whoever asks lives there.
/// Thread: made and destroyed here, together with the store behind it; everything else there. moveTo() once, before that
/// thread starts; destroy it when that thread has ended.
class RelayedSecretStore final : public SecretStore
{
    Q_OBJECT

public:
    explicit RelayedSecretStore(SecretStore &store);
    ~RelayedSecretStore() override;

    void moveTo(QThread &there);

    CallHandle read(const QByteArray &name, std::function<void(SecretResult<QByteArray>)> done) override;
    CallHandle write(const QByteArray &name, const QByteArray &secret, std::function<void(SecretResult<SecretPlace>)> done) override;
    CallHandle remove(const QByteArray &name, std::function<void(SecretResult<void>)> done) override;

private:
    template<typename T>
    using Answer = std::function<void(SecretResult<T>)>;
    using Waiting = std::map<quint64, std::function<void(const void *)>>;

    template<typename T>
    CallHandle ask(std::function<CallHandle(SecretStore &, Answer<T>)> begin, Answer<T> done);

    SecretStore &m_store;
    Mailbox m_hereBox, m_thereBox;
    std::map<quint64, CallHandle> m_calls;                          ///< here
    std::shared_ptr<Waiting> m_waiting = std::make_shared<Waiting>();  ///< there; shared with the handles
    quint64 m_last = 0;                                             ///< there
};

}  // namespace packmule
