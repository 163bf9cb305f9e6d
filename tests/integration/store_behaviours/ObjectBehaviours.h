#pragma once

#include "tests/integration/store_behaviours/BehaviourReport.h"
#include "tests/integration/store_behaviours/StoreSession.h"

#include <QObject>

namespace packmule {

/// PutObject, HeadObject, GetObject, DeleteObject. Thread: the test's; session and report outlive it.
class ObjectBehaviours : public QObject
{
    Q_OBJECT

public:
    ObjectBehaviours(StoreSession &store, BehaviourReport &report) : m_store(store), m_report(report) {}

private Q_SLOTS:
    void aPutObjectComesBackByteForByte();
    void anEmptyObjectIsAnObject();
    void aSecondPutReplacesTheFirst();
    void aRangeBringsItsBytesOnly_data();
    void aRangeBringsItsBytesOnly();
    void aRangeBehindTheEndIsRefused();
    void checksumsAreEchoedAndKept_data();
    void checksumsAreEchoedAndKept();
    void aWrongDigestIsRefusedAndStoresNothing_data();
    void aWrongDigestIsRefusedAndStoresNothing();
    void aPutThatMustNotOverwriteDoesNot();
    void aDeletedObjectIsGone();
    void deletingWhatIsNotThereIsNoError();
    void whatIsNotThereIsNamed();
    void theClientTokenComesBack();
    void metadataBeyondAsciiComesBack();
    void aWrongSecretIsRefused();

private:
    StoreSession &m_store;
    BehaviourReport &m_report;
};

}  // namespace packmule
