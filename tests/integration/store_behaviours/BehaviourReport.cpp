#include "tests/integration/store_behaviours/BehaviourReport.h"

#include <algorithm>

namespace packmule {

BehaviourReport::BehaviourReport(const QByteArray &store, bool isSurvey)
    : m_store(store), m_isSurvey(isSurvey), m_differences(differencesOf(store))
{
}

QByteArray BehaviourReport::objection(const QByteArray &behaviour, const QByteArray &seen, const QByteArray &rule)
{
    m_asked.insert(behaviour);
    const auto row = std::ranges::find(m_differences, QByteArrayView(behaviour), &StoreDifference::behaviour);
    const bool isKnown = row != m_differences.end();
    const bool isAsExpected = isKnown ? seen == row->instead : seen == rule;
    if (seen != rule) {
        const QByteArray source = isAsExpected ? row->source.toByteArray() : QByteArray("not as documented");
        m_sightings.append({behaviour, rule, seen, source});
    }
    if (isAsExpected || m_isSurvey)
        return {};
    if (isKnown && seen == rule)
        return m_store + ", " + behaviour + ": it does now what S3 does (" + rule + "); its row in Differences.cpp can go";
    if (isKnown)
        return m_store + ", " + behaviour + ": seen \"" + seen + "\", documented \"" + row->instead.toByteArray() + "\", S3 \"" + rule + '"';
    return m_store + ", " + behaviour + ": seen \"" + seen + "\", S3 \"" + rule + '"';
}

QByteArray BehaviourReport::table() const
{
    if (m_sightings.isEmpty())
        return "No difference from S3 was seen of the store " + m_store + ".\n";
    QByteArray text = "Where the store " + m_store + " differs (" + QByteArray::number(m_sightings.size()) + "):\n";
    for (const Sighting &sighting : m_sightings) {
        text += "  " + sighting.behaviour + "\n    S3:   " + sighting.rule + "\n    here: " + sighting.seen
            + "\n    by:   " + sighting.source + '\n';
    }
    return text;
}

QList<QByteArray> BehaviourReport::unseenRows() const
{
    QList<QByteArray> unseen;
    for (const StoreDifference &row : m_differences) {
        if (!m_asked.contains(row.behaviour.toByteArray()))
            unseen.append(row.behaviour.toByteArray());
    }
    return unseen;
}

}  // namespace packmule
