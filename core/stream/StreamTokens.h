#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace packmule {

/// Who may do what from where, read from a file with one token a line; '#' begins a comment:
///
///     TOKEN  follow|append|both  /path/prefix  2027-01-01T00:00:00Z|never
///
/// Only digests of the tokens stay in memory. Thread: any one.
class StreamTokens
{
public:
    enum class Verdict { Granted, Unknown, Expired, Forbidden };

    /// Errors: InvalidRequest, with the number of the line and nothing of its text.
    static Result<StreamTokens> read(const QByteArray &text);

    /// @param path "/a/b", decoded. All tokens are compared, each in constant time.
    Verdict judge(const QByteArray &token, bool wantsAppend, const QByteArray &path, WallTime now) const;
    bool isEmpty() const { return m_rows.isEmpty(); }

private:
    struct Row {
        QByteArray digest;  ///< SHA-256 of the token
        bool mayFollow = false;
        bool mayAppend = false;
        QByteArray prefix;  ///< "/" or without a slash at its end
        std::optional<WallTime> expires;
    };
    static std::optional<Row> rowFrom(const QByteArrayList &words);

    QList<Row> m_rows;
};

}  // namespace packmule
