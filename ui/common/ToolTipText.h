#pragma once

#include <QString>

namespace packmule {

/// Foreign text as a tool tip. Tool tips guess whether they are markup; escaped inside a paragraph it can only be text.
inline QString toolTipText(const QString &plain)
{
    return plain.isEmpty() ? QString() : QStringLiteral("<p>%1</p>").arg(plain.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")));
}

}  // namespace packmule
