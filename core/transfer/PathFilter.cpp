#include "core/transfer/PathFilter.h"

#include <QStringDecoder>

#include <algorithm>
#include <optional>

namespace packmule {

namespace {

/// Bytes that are no UTF-8 become code points beyond Unicode, so that they equal only themselves.
constexpr char32_t kRawByteBase = 0x110000;

QList<char32_t> codePoints(QByteArrayView bytes)
{
    QList<char32_t> points;
    points.reserve(bytes.size());
    for (qsizetype i = 0; i < bytes.size();) {
        const auto lead = static_cast<unsigned char>(bytes[i]);
        const qsizetype length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        const QByteArrayView one = bytes.sliced(i, std::min(length, bytes.size() - i));
        QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
        const QString text = lead < 0x80 ? QString() : QString(decoder(one));
        if (lead < 0x80) {
            points.append(lead);
            ++i;
        } else if (decoder.hasError() || text.toUcs4().size() != 1) {
            points.append(kRawByteBase + lead);
            ++i;
        } else {
            points.append(static_cast<char32_t>(text.toUcs4().first()));
            i += length;
        }
    }
    return points;
}

struct SetMatch {
    bool isMatch = false;
    qsizetype end = 0;  ///< behind the ']'
};

/// A '[…]' at `begin`; nullopt if it is never closed (then '[' stands for itself).
std::optional<SetMatch> matchSet(const QList<char32_t> &pattern, qsizetype begin, char32_t point)
{
    qsizetype i = begin + 1;
    const bool isNegated = i < pattern.size() && pattern[i] == U'!';
    if (isNegated)
        ++i;
    bool isIn = false;
    for (const qsizetype first = i; i < pattern.size(); ++i) {
        if (pattern[i] == U']' && i > first)
            return SetMatch{isIn != isNegated, i + 1};
        char32_t last = pattern[i];
        const char32_t from = last;
        if (i + 2 < pattern.size() && pattern[i + 1] == U'-' && pattern[i + 2] != U']') {
            last = pattern[i + 2];
            i += 2;
        }
        isIn = isIn || (from <= point && point <= last);
    }
    return std::nullopt;
}

/// The position behind what matches `point`, or nullopt. `at` is not a '*'.
std::optional<qsizetype> matchOne(const QList<char32_t> &pattern, qsizetype at, char32_t point)
{
    if (pattern[at] == U'?')
        return at + 1;
    if (pattern[at] == U'[') {
        if (const auto set = matchSet(pattern, at, point))
            return set->isMatch ? std::optional(set->end) : std::nullopt;
    }
    return pattern[at] == point ? std::optional(at + 1) : std::nullopt;
}

}  // namespace

PathFilter::PathFilter(const QList<NameFilter> &filters)
{
    for (const NameFilter &filter : filters)
        m_steps.prepend({filter.effect, codePoints(filter.pattern)});
}

bool PathFilter::admits(const QByteArray &relativePath) const
{
    if (m_steps.isEmpty())
        return true;
    const QList<char32_t> name = codePoints(relativePath);
    const auto last = std::ranges::find_if(m_steps, [&name](const Step &step) { return matchesPattern(step.pattern, name); });
    return last == m_steps.cend() || last->effect == NameFilter::Effect::Include;
}

bool matchesPattern(const QList<char32_t> &pattern, const QList<char32_t> &name)
{
    // One step back to the last '*' suffices; it makes the match linear for one star and never exponential.
    qsizetype p = 0, n = 0, starPattern = -1, starName = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == U'*') {
            starPattern = ++p;
            starName = n;
            continue;
        }
        const auto next = p < pattern.size() ? matchOne(pattern, p, name[n]) : std::nullopt;
        if (next) {
            p = *next;
            ++n;
        } else if (starPattern >= 0) {
            p = starPattern;
            n = ++starName;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == U'*')
        ++p;
    return p == pattern.size();
}

}  // namespace packmule
