#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QSet>

namespace packmule {

/// One store that does one thing otherwise than S3, and who says so.
struct StoreDifference {
    QByteArrayView store;
    QByteArrayView behaviour;
    QByteArrayView instead;  ///< exactly what is seen; asserted, so that the row falls when the store is mended
    QByteArrayView source;
};

/// The one table of differences (Differences.cpp).
QList<StoreDifference> differencesOf(QByteArrayView store);

/// Judges what a store did by the rule of S3, or by its row in the table of differences, and remembers what differed.
/// Thread: the test's.
class BehaviourReport
{
public:
    /// @param isSurvey nothing is an objection, everything is only listed. For getting to know a store.
    BehaviourReport(const QByteArray &store, bool isSurvey);

    /// Empty if the store did what the rule or its own row says; else a sentence.
    QByteArray objection(const QByteArray &behaviour, const QByteArray &seen, const QByteArray &rule);
    /// What differed, as a table. Ends with a newline.
    QByteArray table() const;
    /// Rows of the table of differences whose behaviour was never asked for: they prove nothing.
    QList<QByteArray> unseenRows() const;

private:
    struct Sighting {
        QByteArray behaviour, rule, seen, source;
    };

    const QByteArray m_store;
    const bool m_isSurvey;
    const QList<StoreDifference> m_differences;
    QList<Sighting> m_sightings;
    QSet<QByteArray> m_asked;
};

/// Ends the test function with a sentence unless the store does what S3 does, or what the table says it does instead.
#define BEHAVES(behaviour, seen, rule)                                                                                 \
    do {                                                                                                               \
        const QByteArray objection = m_report.objection(behaviour, seen, rule);                                        \
        QVERIFY2(objection.isEmpty(), objection.constData());                                                          \
    } while (false)

}  // namespace packmule
