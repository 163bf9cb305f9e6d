#pragma once

#include "tests/integration/store_behaviours/BehaviourReport.h"
#include "tests/integration/store_behaviours/UploadStory.h"

#include <QObject>

namespace packmule {

/// Create, UploadPart, ListParts, Complete, Abort. Thread: the test's; session and report outlive it.
class MultipartBehaviours : public QObject
{
    Q_OBJECT

public:
    MultipartBehaviours(StoreSession &store, BehaviourReport &report) : m_store(store), m_report(report) {}

private Q_SLOTS:
    void initTestCase();
    void partsBecomeOneObject();
    void partNumbersMayHaveGaps();
    void checksumsGoThroughAWholeUpload_data();
    void checksumsGoThroughAWholeUpload();
    void aWrongChecksumOfAPartIsRefused_data();
    void aWrongChecksumOfAPartIsRefused();
    void aWrongChecksumOfTheObjectIsRefused_data();
    void aWrongChecksumOfTheObjectIsRefused();
    void ofAPartSentTwiceTheLastOneCounts_data();
    void ofAPartSentTwiceTheLastOneCounts();
    void partsMayBeSentAgain_data();
    void partsMayBeSentAgain();
    void aCompleteThatCannotBeIsRefusedAndSpoilsNothing_data();
    void aCompleteThatCannotBeIsRefusedAndSpoilsNothing();
    void partsTooSmallAreRefusedAtTheEnd();
    void theSameCompleteAgainIsAnsweredAgain();
    void aCompletedUploadIsNoUploadAnyMore();
    void anAbortedUploadIsGone();
    void anUnknownUploadIsNamed();
    void anUploadBelongsToItsKey();
    void theOldObjectStandsUntilComplete();
    void aCompleteThatMustNotOverwriteDoesNot();
    void partsAreListedInPages();
    void theClientTokenComesBack();

private:
    /// Which steps of one upload, completed by this, told its checksums.
    QByteArray whoTold(UploadStory &upload, const PartReceipt &first, const Checksum &whole);

    StoreSession &m_store;
    BehaviourReport &m_report;
    QByteArray m_one, m_two, m_last;
};

}  // namespace packmule
