#include "core/stream/StreamTokens.h"

#include "core/integrity/Digest.h"

#include <QDateTime>

namespace packmule {

namespace {

constexpr qsizetype kShortestToken = 16;

/// Takes the same time whichever bytes differ.
bool isSame(const QByteArray &left, const QByteArray &right)
{
    int difference = left.size() == right.size() ? 0 : 1;
    for (qsizetype i = 0; i < std::min(left.size(), right.size()); ++i)
        difference |= left.at(i) ^ right.at(i);
    return difference == 0;
}

}  // namespace

std::optional<StreamTokens::Row> StreamTokens::rowFrom(const QByteArrayList &words)
{
    constexpr qsizetype kWords = 4;
    if (words.size() != kWords || words.at(0).size() < kShortestToken || !words.at(2).startsWith('/'))
        return std::nullopt;
    Row row;
    row.digest = sha256(words.at(0));
    row.mayFollow = words.at(1) == "follow" || words.at(1) == "both";
    row.mayAppend = words.at(1) == "append" || words.at(1) == "both";
    row.prefix = words.at(2);
    while (row.prefix.size() > 1 && row.prefix.endsWith('/'))
        row.prefix.chop(1);
    if (words.at(3) != "never") {
        const QDateTime expires = QDateTime::fromString(QString::fromLatin1(words.at(3)), Qt::ISODate);
        if (!expires.isValid() || !words.at(3).endsWith('Z'))
            return std::nullopt;
        row.expires = WallTime(Milliseconds(expires.toMSecsSinceEpoch()));
    }
    return row.mayFollow || row.mayAppend ? std::optional(row) : std::nullopt;
}

Result<StreamTokens> StreamTokens::read(const QByteArray &text)
{
    StreamTokens tokens;
    int number = 0;
    for (const QByteArray &raw : text.split('\n')) {
        ++number;
        const QByteArray line = raw.simplified();
        if (line.isEmpty() || line.startsWith('#'))
            continue;
        const auto row = rowFrom(line.split(' '));
        if (!row)
            return failure(ErrorKind::InvalidRequest,
                           QStringLiteral("Line %1 of the token file is not \"TOKEN follow|append|both /PREFIX 2027-01-01T00:00:00Z|never\" with a token of at least %2 characters")
                               .arg(QString::number(number), QString::number(kShortestToken)));
        tokens.m_rows.append(*row);
    }
    return tokens;
}

StreamTokens::Verdict StreamTokens::judge(const QByteArray &token, bool wantsAppend, const QByteArray &path, WallTime now) const
{
    const QByteArray digest = sha256(token);
    auto verdict = Verdict::Unknown;
    const auto better = [&verdict](Verdict found) {
        if (verdict == Verdict::Unknown || found == Verdict::Granted || (found == Verdict::Forbidden && verdict == Verdict::Expired))
            verdict = found;
    };
    for (const Row &row : m_rows) {
        if (!isSame(row.digest, digest))
            continue;
        const bool isBelow = row.prefix == "/" || path == row.prefix || path.startsWith(QByteArray(row.prefix + '/'));
        if (row.expires && *row.expires <= now)
            better(Verdict::Expired);
        else
            better(isBelow && (wantsAppend ? row.mayAppend : row.mayFollow) ? Verdict::Granted : Verdict::Forbidden);
    }
    return verdict;
}

}  // namespace packmule
