#include "app/cli/ProgressLines.h"

#include "app/cli/TextValues.h"

#include <algorithm>

namespace packmule {

namespace {

constexpr int kMaxNameColumns = 40;
constexpr int kMinNameColumns = 8;

bool isWide(char32_t c)
{
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF)
        || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) || (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF)
        || (c >= 0x20000 && c <= 0x3FFFD);
}

int columnsOf(char32_t c)
{
    return isWide(c) ? 2 : 1;
}

QString percentText(ByteCount sent, ByteCount size)
{
    const qint64 whole = std::max<qint64>(size.value(), 1);
    const double share = static_cast<double>(sent.value()) * 100.0 / static_cast<double>(whole);
    return QStringLiteral("%1 %").arg(std::clamp(static_cast<int>(share), 0, 99), 2);
}

QString rateText(double bytesPerSecond)
{
    return bytesPerSecond >= 1 ? byteCountText(ByteCount(static_cast<qint64>(bytesPerSecond))) + QLatin1String("/s") : QStringLiteral("-");
}

QString etaText(const std::optional<std::chrono::seconds> &eta)
{
    return eta ? durationText(*eta) + QLatin1String(" left") : QString();
}

QString joined(const QStringList &columns)
{
    QStringList present = columns;
    present.removeAll(QString());
    return present.join(QLatin1String("  "));
}

QString rowText(const ProgressRow &row)
{
    const QString parts = row.parts > 1 ? QStringLiteral("%1/%2 parts").arg(QString::number(row.confirmedParts), QString::number(row.parts)) : QString();
    if (row.isVerifying)
        return joined({percentText(row.size, row.size), parts, QStringLiteral("verifying")});
    if (!row.waiting.isEmpty())
        return joined({percentText(row.sent, row.size), parts, row.waiting});
    return joined({percentText(row.sent, row.size), parts, rateText(row.rate), etaText(row.eta)});
}

QString totalText(const ProgressTotals &totals)
{
    const QString failed = totals.failed > 0 ? QStringLiteral("%1 failed").arg(totals.failed) : QString();
    return joined({QStringLiteral("%1 of %2 files").arg(QString::number(totals.ended), QString::number(totals.files)),
                   QStringLiteral("%1 of %2").arg(byteCountText(totals.sent), byteCountText(totals.size)),
                   percentText(totals.sent, totals.size), rateText(totals.rate), etaText(totals.eta), failed});
}

QString fitted(const QString &text, int width)
{
    return columnCount(text) <= width ? text : elidedMiddle(text, width);
}

}  // namespace

int columnCount(const QString &text)
{
    int columns = 0;
    for (const char32_t c : text.toUcs4())
        columns += columnsOf(c);
    return columns;
}

QString elidedMiddle(const QString &text, int columns)
{
    if (columnCount(text) <= columns)
        return text;
    if (columns <= 1)
        return QStringLiteral("…").left(std::max(columns, 0));
    const QList<uint> characters = [&text] { const auto ucs4 = text.toUcs4(); return QList<uint>(ucs4.begin(), ucs4.end()); }();
    const int tailColumns = (columns - 1) / 2;
    qsizetype tailAt = characters.size();
    for (int used = 0; tailAt > 0 && used + columnsOf(characters.at(tailAt - 1)) <= tailColumns; --tailAt)
        used += columnsOf(characters.at(tailAt - 1));
    qsizetype headEnd = 0;
    int taken = 0;
    for (qsizetype i = tailAt; i < characters.size(); ++i)
        taken += columnsOf(characters.at(i));
    for (int room = columns - 1 - taken; headEnd < tailAt && columnsOf(characters.at(headEnd)) <= room; ++headEnd)
        room -= columnsOf(characters.at(headEnd));
    const auto piece = [&characters](qsizetype from, qsizetype to) {
        QString out;
        for (qsizetype i = from; i < to; ++i) {
            const char32_t c = characters.at(i);
            out += QString::fromUcs4(&c, 1);
        }
        return out;
    };
    return piece(0, headEnd) + QStringLiteral("…") + piece(tailAt, characters.size());
}

QStringList progressLines(const QList<ProgressRow> &rows, const ProgressTotals &totals, int width, int maxRows)
{
    const int usable = std::max(width - 1, 20);  // the last column makes some terminals wrap
    QStringList lines;
    int nameColumns = 0;
    const qsizetype shown = std::min<qsizetype>(rows.size(), std::max(maxRows, 1));
    for (qsizetype i = 0; i < shown; ++i)
        nameColumns = std::max(nameColumns, std::min(columnCount(rows.at(i).name), kMaxNameColumns));
    for (qsizetype i = 0; i < shown; ++i) {
        const QString rest = rowText(rows.at(i));
        const int room = std::clamp(usable - 2 - columnCount(rest), kMinNameColumns, std::max(nameColumns, kMinNameColumns));
        const QString name = elidedMiddle(rows.at(i).name, room);
        const QString padding(std::max(0, std::min(room, nameColumns) - columnCount(name)), QLatin1Char(' '));
        lines.append(fitted(name + padding + QLatin1String("  ") + rest, usable));
    }
    if (rows.size() > shown)
        lines.append(fitted(QStringLiteral("and %1 more").arg(rows.size() - shown), usable));
    if (totals.files > 1)
        lines.append(fitted(QStringLiteral("Total  ") + totalText(totals), usable));
    return lines;
}

}  // namespace packmule
