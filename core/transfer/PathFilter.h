#pragma once

#include <QByteArray>
#include <QList>
#include <QStringList>

namespace packmule {

/// --include and --exclude as `aws s3`: every file is in; each pattern that matches its relative path decides anew, the
/// later one wins. The command line gives all excludes before the includes that make exceptions from them.
/// Patterns are fnmatch's: '*' (slashes too), '?', '[abc]', '[!abc]', '[a-z]'; no escapes. Pure. Thread: any.
class PathFilter
{
public:
    PathFilter(const QStringList &exclude, const QStringList &include);

    /// @param relativePath raw bytes; what is not UTF-8 matches byte by byte.
    bool admits(const QByteArray &relativePath) const;

private:
    QList<QList<char32_t>> m_exclude, m_include;
};

/// One pattern against one name, both as code points.
bool matchesPattern(const QList<char32_t> &pattern, const QList<char32_t> &name);

}  // namespace packmule
