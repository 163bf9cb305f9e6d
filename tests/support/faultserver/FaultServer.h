#pragma once

#include "core/localstore/LocalStore.h"
#include "tests/support/faultserver/FaultScript.h"
#include "tests/support/faultserver/StoreCounters.h"

#include <QByteArray>
#include <QObject>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>

namespace packmule {

/// What a test expects of one object when all is over.
struct AwaitedObject {
    ObjectAddress address;
    QByteArray sha256;             ///< raw, of the source
    ByteCount size;
    int partCount = 0;             ///< 0: a PutObject
    bool mayBeMissing = false;     ///< the transfer was ended on purpose
    ByteCount excusedBytes{};      ///< sent again because of scripted faults
    int excusedRequests = 0;       ///< made again because of scripted faults; ListParts pages of a resume
};

/// A LocalStore in a temporary folder that acts out a script of faults and counts what it is asked.
/// Thread: the one that made it, whose event loop it needs.
class FaultServer : public QObject
{
    Q_OBJECT

public:
    static constexpr char kAccessKeyId[] = "AKIATEST";
    static constexpr char kSecretAccessKey[] = "secrettest";
    static constexpr char kBucket[] = "bucket";  ///< there from the start

    /// @param options root: empty for a temporary folder; keys: empty for the fixed ones.
    explicit FaultServer(LocalStoreOptions options = {}, QObject *parent = nullptr);
    ~FaultServer() override;

    /// Errors: those of LocalStore::listen.
    Result<void> start();
    /// The store goes, its folder stays: connections die, ports are refused. start() serves the same objects at the same port.
    void stop();
    quint16 port() const { return m_port; }
    /// "http://127.0.0.1:40000"
    QByteArray endpoint() const;
    LocalStore &store() { return *m_store; }

    FaultScript &script() { return m_script; }
    const StoreCounters &counters() const { return m_counters; }
    void resetCounters() { m_counters = {}; }

    /// The invariants I1 to I4 (facts/faults.md) over everything since the last reset; a sentence for each that is broken.
    QStringList brokenInvariants(const QList<AwaitedObject> &expected) const;

private:
    QStringList brokenByObject(const AwaitedObject &expected) const;

    QTemporaryDir m_folder;
    LocalStoreOptions m_options;
    std::unique_ptr<LocalStore> m_store;
    FaultScript m_script;
    StoreCounters m_counters;
    quint16 m_port = 0;
};

}  // namespace packmule
