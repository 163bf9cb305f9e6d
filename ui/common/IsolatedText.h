#pragma once

#include <QString>
#include <Qt>

namespace packmule {

/// Foreign text among words that run from right to left, in its own direction: without this "/home/ada" would show its slash
/// at the other end. For what is painted only; names hold no directional characters of their own (displayName).
inline QString isolatedText(const QString &text, Qt::LayoutDirection direction)
{
    return direction == Qt::RightToLeft && !text.isEmpty() ? QChar(0x2068) + text + QChar(0x2069) : text;
}

}  // namespace packmule
