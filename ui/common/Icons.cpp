#include "ui/common/Icons.h"

#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPalette>
#include <QPixmap>
#include <QStringList>

namespace packmule {

namespace {

/// On a grid of 24 by 24. M x y: move, L x y: line, Q cx cy x y: curve, Z: close, O x y r: circle, R x y w h: rectangle.
const char *drawing(IconName name)
{
    switch (name) {
    case IconName::AddFiles: return "M 13 3 L 5 3 L 5 21 L 12 21 M 13 3 L 19 9 L 19 12 M 13 3 L 13 9 L 19 9 M 18 15 L 18 22 M 14.5 18.5 L 21.5 18.5";
    case IconName::AddFolder: return "M 12 20 L 3 20 L 3 5 L 9 5 L 11.5 8 L 21 8 L 21 13 M 18 15 L 18 22 M 14.5 18.5 L 21.5 18.5";
    case IconName::Start: return "M 7 4 L 20 12 L 7 20 Z";
    case IconName::Pause: return "R 6 4 4 16 R 14 4 4 16";
    case IconName::Retry: return "M 20 12 Q 20 20 12 20 Q 4 20 4 12 Q 4 4 12 4 Q 16 4 19 7 M 19 3 L 19 7.5 L 14.5 7.5";
    case IconName::Remove: return "M 4 6 L 20 6 M 9 6 L 9 3 L 15 3 L 15 6 M 6 6 L 7 21 L 17 21 L 18 6 M 10 10 L 10.4 17 M 14 10 L 13.6 17";
    case IconName::Turtle: return "M 4 15 Q 4 7 11 7 Q 18 7 18 15 Z M 18 13 Q 22 13 22 10 Q 20 8 18 11 M 7 15 L 7 18 M 15 15 L 15 18 M 9 7.5 L 8 15 M 13 7.5 L 14 15";
    case IconName::Search: return "O 10 10 6 M 14.5 14.5 L 21 21";
    case IconName::MoveUp: return "M 12 20 L 12 5 M 6 11 L 12 5 L 18 11";
    case IconName::MoveDown: return "M 12 4 L 12 19 M 6 13 L 12 19 L 18 13";
    case IconName::MoveTop: return "M 5 3 L 19 3 M 12 21 L 12 7 M 6 13 L 12 7 L 18 13";
    case IconName::MoveBottom: return "M 5 21 L 19 21 M 12 3 L 12 17 M 6 11 L 12 17 L 18 11";
    case IconName::Folder: return "M 3 20 L 3 5 L 9 5 L 11.5 8 L 21 8 L 21 20 Z";
    case IconName::Copy: return "R 9 9 11 12 M 15 9 L 15 3 L 4 3 L 4 15 L 9 15";
    case IconName::Settings: return "O 12 12 3 O 12 12 7 M 12 2 L 12 5 M 12 19 L 12 22 M 2 12 L 5 12 M 19 12 L 22 12 M 5 5 L 7 7 M 17 17 L 19 19 M 5 19 L 7 17 M 17 7 L 19 5";
    case IconName::AllTransfers: return "M 4 6 L 20 6 M 4 12 L 20 12 M 4 18 L 20 18";
    case IconName::Uploading: return "M 12 20 L 12 4 M 6 10 L 12 4 L 18 10";
    case IconName::Waiting: return "O 12 12 9 M 12 6.5 L 12 12 L 16 14.5";
    case IconName::Paused: return "M 9 5 L 9 19 M 15 5 L 15 19";
    case IconName::Verifying: return "O 10 10 6.5 M 15 15 L 21 21 M 7 10 L 9.5 12.5 L 13.5 7.5";
    case IconName::Done: return "M 4 13 L 10 19 L 20 6";
    case IconName::Attention: return "M 12 3 L 22 20 L 2 20 Z M 12 9 L 12 14 M 12 16.6 L 12 17.4";
    case IconName::Connection: return "M 7 18 Q 2 18 2.5 13.5 Q 3.2 10 7 10 Q 8 5 13 5 Q 18.5 5.3 18.5 10.5 Q 22 11 21.8 14.5 Q 21.5 18 18 18 Z";
    case IconName::Online: return "O 12 18.5 1 M 8 14.5 Q 12 11 16 14.5 M 5 11 Q 12 4.5 19 11";
    case IconName::Offline: return "O 12 18.5 1 M 8 14.5 Q 12 11 16 14.5 M 5 11 Q 12 4.5 19 11 M 4 20 L 20 4";
    case IconName::Drop: return "M 12 3 L 12 15 M 7 10 L 12 15 L 17 10 M 3 15 L 3 21 L 21 21 L 21 15";
    case IconName::Broom: return "M 19 3 L 12 12 M 8 10 L 15 15 L 11 21 L 3 17 Z M 7 19 L 9.5 15";
    case IconName::File: return "M 14 3 L 6 3 L 6 21 L 19 21 L 19 8 Z M 14 3 L 14 8 L 19 8";
    case IconName::Bucket: return "M 4 6 Q 4 9 12 9 Q 20 9 20 6 Q 20 3 12 3 Q 4 3 4 6 M 4 6 L 6 19 Q 6 21 12 21 Q 18 21 18 19 L 20 6";
    case IconName::Details: return "O 12 12 9 M 12 11 L 12 17 M 12 7 L 12 7.6";
    }
    return "";
}

QPainterPath pathOf(IconName name)
{
    QPainterPath path;
    const QStringList words = QString::fromLatin1(drawing(name)).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    qsizetype at = 0;
    const auto number = [&] { return words.value(++at).toDouble(); };
    const auto point = [&] { const double x = number(); return QPointF(x, number()); };
    for (; at < words.size(); ++at) {
        switch (words.at(at).front().toLatin1()) {
        case 'M': path.moveTo(point()); break;
        case 'L': path.lineTo(point()); break;
        case 'Q': { const QPointF control = point(); path.quadTo(control, point()); break; }
        case 'Z': path.closeSubpath(); break;
        case 'O': { const QPointF centre = point(); const double radius = number(); path.addEllipse(centre, radius, radius); break; }
        case 'R': { const QPointF corner = point(), size = point(); path.addRect(QRectF(corner, QSizeF(size.x(), size.y()))); break; }
        }
    }
    return path;
}

class LineIconEngine final : public QIconEngine
{
public:
    explicit LineIconEngine(IconName name) : m_name(name) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State) override
    {
        const QPalette palette = QGuiApplication::palette();
        const QColor colour = mode == QIcon::Disabled ? palette.color(QPalette::Disabled, QPalette::ButtonText)
            : mode == QIcon::Selected                 ? palette.color(QPalette::HighlightedText)
                                                      : palette.color(QPalette::ButtonText);
        const double side = std::min(rect.width(), rect.height());
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(rect.center().x() + 0.5 - side / 2, rect.center().y() + 0.5 - side / 2);
        painter->scale(side / 24, side / 24);
        painter->strokePath(pathOf(m_name), QPen(colour, 1.9, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->restore();
    }

    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override { return scaledPixmap(size, mode, state, 1); }

    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }

    QIconEngine *clone() const override { return new LineIconEngine(m_name); }
    QString key() const override { return QStringLiteral("packmule"); }

private:
    IconName m_name;
};

}  // namespace

QIcon icon(IconName name)
{
    return QIcon(new LineIconEngine(name));
}

}  // namespace packmule
