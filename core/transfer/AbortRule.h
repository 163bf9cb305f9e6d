#pragma once

#include "core/base/Clock.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace packmule {

/// A rule of the bucket that deletes unfinished multipart uploads.
struct AbortRule {
    QByteArray prefix;   ///< of the keys it holds for; empty: all
    int days = 0;        ///< after the upload began, at least 1
    bool operator==(const AbortRule &) const = default;
};

/// Those of a bucket's lifecycle configuration that are enabled. What is no such document has none.
/// Source: S3 API, GetBucketLifecycleConfiguration: a rule's prefix stands in Filter, in Filter/And, or (old form) beside it.
QList<AbortRule> abortRulesFrom(const QByteArray &lifecycleXml);

/// The fewest days of the rules that hold for the key; nullopt: none does.
std::optional<int> daysUntilAbort(const QList<AbortRule> &rules, const QByteArray &key);

/// When the first of the rules that hold for the key deletes an upload begun then; nullopt: none does.
/// Source: S3 user guide, "Lifecycle configuration elements": days are counted and rounded up to the next midnight UTC.
std::optional<WallTime> abortTime(const QList<AbortRule> &rules, const QByteArray &key, WallTime initiated);

}  // namespace packmule
