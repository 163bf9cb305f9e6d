#pragma once

#include <QByteArray>
#include <QList>

namespace packmule {

/// One --include or --exclude.
struct NameFilter {
    enum class Effect { Exclude, Include };
    Effect effect = Effect::Exclude;
    QByteArray pattern;  ///< raw bytes, as typed

    bool operator==(const NameFilter &) const = default;
};

/// --include and --exclude as `aws s3`: every file is in; each pattern that matches its relative path decides anew, so
/// their order counts and the last that matches wins.
/// Patterns are fnmatch's: '*' (slashes too), '?', '[abc]', '[!abc]', '[a-z]'; no escapes. Pure. Thread: any.
class PathFilter
{
public:
    /// @param filters in the order of the command line.
    explicit PathFilter(const QList<NameFilter> &filters);

    /// @param relativePath raw bytes; what is not UTF-8 matches byte by byte.
    bool admits(const QByteArray &relativePath) const;

private:
    struct Step {
        NameFilter::Effect effect;
        QList<char32_t> pattern;
    };
    QList<Step> m_steps;  ///< the last first
};

/// One pattern against one name, both as code points.
bool matchesPattern(const QList<char32_t> &pattern, const QList<char32_t> &name);

}  // namespace packmule
