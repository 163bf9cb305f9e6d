#pragma once

#include "tests/integration/store_behaviours/BehaviourReport.h"
#include "tests/integration/store_behaviours/UploadStory.h"

#include <QObject>

namespace packmule {

/// Keys that are hard to carry: each lives through put, get, list, delete and an upload of parts.
/// Thread: the test's; session and report outlive it.
class KeyBehaviours : public QObject
{
    Q_OBJECT

public:
    KeyBehaviours(StoreSession &store, BehaviourReport &report) : m_store(store), m_report(report) {}

private Q_SLOTS:
    void aKeyIsKeptByteForByte_data();
    void aKeyIsKeptByteForByte();
    void composedAndDecomposedAreTwoKeys();
    void aFolderAndItsMarkerAreTwoKeys();
    void aKeyTooLongIsRefused();

private:
    /// What went otherwise than it should, step by step; "kept" if nothing did.
    QByteArray lifeOf(const QByteArray &key);
    QByteArray lifeAsObject(const QByteArray &key);
    QByteArray lifeAsUpload(const QByteArray &key);

    StoreSession &m_store;
    BehaviourReport &m_report;
};

}  // namespace packmule
