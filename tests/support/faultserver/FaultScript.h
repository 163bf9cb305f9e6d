#pragma once

#include "core/base/Result.h"
#include "core/localstore/LocalStore.h"

#include <QByteArray>
#include <QJsonObject>
#include <QList>

#include <optional>
#include <random>

namespace packmule {

/// One scripted fault: which calls it strikes, and what happens to them.
/// As JSON: {"operation":"UploadPart","part":3,"key":"k","occurrence":1,"times":2,"every":10,"percent":30,
///  "act":"ResetAt","offset":16384,"status":503,"code":"SlowDown","headers":{…},"body":"…","delayMs":100}
/// Body and headers may name {bucket}, {key}, {uploadId}, {partNumber}.
struct FaultRule {
    std::optional<LocalStoreCall::Operation> operation;  ///< empty: any
    QByteArray key;       ///< empty: any
    int part = 0;         ///< 0: any
    int occurrence = 1;   ///< the first of the matching calls that is struck, counted from 1
    int times = 1;        ///< how many matching calls from there on; 0: all
    int every = 1;        ///< of those, only each n-th (the first, the n+1st, …)
    int percent = 100;    ///< of those, by chance (seeded)
    LocalStoreFault fault;

    static Result<FaultRule> fromJson(const QJsonObject &json);
};

QByteArray operationName(LocalStoreCall::Operation operation);
std::optional<LocalStoreCall::Operation> operationFromName(const QByteArray &name);

/// The rules in order; the first one that strikes a call decides it, and every rule counts the calls it matches.
class FaultScript
{
public:
    explicit FaultScript(quint32 seed = 1) : m_random(seed) {}

    void add(const FaultRule &rule) { m_entries.append({rule, 0, 0}); }
    void clear() { m_entries.clear(); }
    /// A JSON list of rules in place of those that are there. Errors: InvalidRequest, naming the rule.
    Result<void> replace(const QByteArray &json);
    LocalStoreFault next(const LocalStoreCall &call);
    /// How often rules have struck.
    int struckCount() const;

private:
    struct Entry {
        FaultRule rule;
        int matched = 0;
        int struck = 0;
    };
    bool strikes(Entry &entry);

    QList<Entry> m_entries;
    std::mt19937 m_random;
};

}  // namespace packmule
