#pragma once

#include "tests/integration/store_behaviours/BehaviourReport.h"
#include "tests/integration/store_behaviours/UploadStory.h"

#include <QObject>

namespace packmule {

/// ListObjectsV2 and ListMultipartUploads. Thread: the test's; session and report outlive it.
class ListingBehaviours : public QObject
{
    Q_OBJECT

public:
    ListingBehaviours(StoreSession &store, BehaviourReport &report) : m_store(store), m_report(report) {}

private Q_SLOTS:
    void initTestCase();
    void objectsAreListedInPages();
    void objectsAreListedInTheOrderOfTheirBytes();
    void aPrefixSelects();
    void aDelimiterFoldsFolders();
    void foldersAndObjectsShareThePages();
    void aListedObjectIsDescribed();
    void aPrefixOfNothingListsNothing();
    void uploadsAreListedInPages();
    void uploadsOfOneKeyAreToldApart();
    void aPrefixSelectsUploads();

private:
    /// The pages of two, each "key key, prefix/"; or the refusal.
    QByteArray objectPages(const QByteArray &prefix, const QByteArray &delimiter);

    StoreSession &m_store;
    BehaviourReport &m_report;
};

}  // namespace packmule
