#include "ui/common/Palette.h"

namespace packmule {

namespace {

struct Base {
    QRgb window, windowText, base, alternate, text, button, buttonText, brightText, highlight, highlightedText, link, visited,
        toolTip, toolTipText, placeholder, light, midlight, mid, dark, shadow, disabledText, disabledHighlight;
};

QPalette paletteOf(const Base &b)
{
    QPalette palette;
    const auto set = [&palette](QPalette::ColorRole role, QRgb rgb) { palette.setColor(role, QColor(rgb)); };
    set(QPalette::Window, b.window);
    set(QPalette::WindowText, b.windowText);
    set(QPalette::Base, b.base);
    set(QPalette::AlternateBase, b.alternate);
    set(QPalette::Text, b.text);
    set(QPalette::Button, b.button);
    set(QPalette::ButtonText, b.buttonText);
    set(QPalette::BrightText, b.brightText);
    set(QPalette::Highlight, b.highlight);
    set(QPalette::HighlightedText, b.highlightedText);
    set(QPalette::Accent, b.highlight);
    set(QPalette::Link, b.link);
    set(QPalette::LinkVisited, b.visited);
    set(QPalette::ToolTipBase, b.toolTip);
    set(QPalette::ToolTipText, b.toolTipText);
    set(QPalette::PlaceholderText, b.placeholder);
    set(QPalette::Light, b.light);
    set(QPalette::Midlight, b.midlight);
    set(QPalette::Mid, b.mid);
    set(QPalette::Dark, b.dark);
    set(QPalette::Shadow, b.shadow);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, QColor(b.disabledText));
    palette.setColor(QPalette::Disabled, QPalette::Highlight, QColor(b.disabledHighlight));
    palette.setColor(QPalette::Disabled, QPalette::Base, QColor(b.window));
    return palette;
}

}  // namespace

QPalette lightPalette()
{
    return paletteOf({.window = 0xf4f5f7, .windowText = 0x1d2127, .base = 0xffffff, .alternate = 0xf6f8fa, .text = 0x1d2127,
                      .button = 0xeceef1, .buttonText = 0x1d2127, .brightText = 0xffffff, .highlight = 0x1f5fbf,
                      .highlightedText = 0xffffff, .link = 0x1a56b0, .visited = 0x6b3fa0, .toolTip = 0x2a2f37,
                      .toolTipText = 0xf2f4f7, .placeholder = 0x636b76, .light = 0xffffff, .midlight = 0xf0f1f4, .mid = 0xc3c8cf,
                      .dark = 0x9aa1ab, .shadow = 0x6b727c, .disabledText = 0x8b929c, .disabledHighlight = 0xc9d2df});
}

QPalette darkPalette()
{
    return paletteOf({.window = 0x23262b, .windowText = 0xe6e8eb, .base = 0x1a1d21, .alternate = 0x1f2227, .text = 0xe6e8eb,
                      .button = 0x2e3239, .buttonText = 0xe6e8eb, .brightText = 0xffffff, .highlight = 0x2f6fd0,
                      .highlightedText = 0xffffff, .link = 0x7fb2ff, .visited = 0xc4a3f0, .toolTip = 0x3a3f47,
                      .toolTipText = 0xf2f4f7, .placeholder = 0x9aa3af, .light = 0x474d57, .midlight = 0x3a3f47, .mid = 0x3f454e,
                      .dark = 0x15171a, .shadow = 0x0b0c0e, .disabledText = 0x787f89, .disabledHighlight = 0x3a4656});
}

bool isDark(const QPalette &palette)
{
    return palette.color(QPalette::Window).lightness() < 128;
}

QColor tone(Tone tone, const QPalette &palette)
{
    const auto choose = [dark = isDark(palette)](QRgb light, QRgb night) { return QColor(dark ? night : light); };
    switch (tone) {
    case Tone::PartQueued: return choose(0xe1e5ea, 0x343a42);
    case Tone::PartSending: return choose(0xf0a92e, 0xf2b84b);
    case Tone::PartConfirmed: return choose(0x6ea3e0, 0x4a82c9);
    case Tone::PartVerified: return choose(0x1d6b45, 0x7fd6a4);
    case Tone::PartRetrying: return choose(0xb3261e, 0xff7a70);
    case Tone::PartEdge: return choose(0xaab2bc, 0x565d68);
    case Tone::Quiet: return choose(0x545c67, 0xaab2bd);
    case Tone::Good: return choose(0x1d6b45, 0x7fd6a4);
    case Tone::Warning: return choose(0x8a5200, 0xf2b84b);
    case Tone::Bad: return choose(0xa81e17, 0xff8f86);
    case Tone::Accent: return choose(0x1f5fbf, 0x7fb2ff);
    case Tone::AccentSoft: return choose(0xdfeafb, 0x233a5c);
    case Tone::Line: return choose(0xd3d8de, 0x3f454e);
    }
    return {};
}

}  // namespace packmule
