#pragma once

#include <QColor>
#include <QPalette>

namespace packmule {

/// Light, dark, or as the desktop says.
enum class ColourScheme { System, Light, Dark };

/// What is painted by hand. The colours of the parts differ in lightness too, and in their pattern (PartPainting), so that
/// they can be told apart without hue.
enum class Tone {
    PartQueued, PartSending, PartConfirmed, PartVerified, PartRetrying, PartEdge,
    Quiet,        ///< second-rank text
    Good, Warning, Bad,
    Accent, AccentSoft, Line,
};

/// The program's own palettes over the Fusion style: a platform theme has no say. Contrast of text: 7 to 1 or more.
QPalette lightPalette();
QPalette darkPalette();
/// Judged by the palette's own window colour, so that a widget needs to know nothing of settings.
bool isDark(const QPalette &palette);
QColor tone(Tone tone, const QPalette &palette);

}  // namespace packmule
