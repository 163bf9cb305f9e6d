#include "ui/uploads/DropOverlay.h"

#include "ui/common/Icons.h"
#include "ui/common/Palette.h"

#include <QPainter>

namespace packmule {

DropOverlay::DropOverlay(QWidget *covered) : QWidget(covered)
{
    setObjectName(QStringLiteral("dropOverlay"));
    setAttribute(Qt::WA_TransparentForMouseEvents);
    hide();
}

void DropOverlay::showDestination(const QString &destination, qsizetype files)
{
    showOver(tr("Drop to upload %n item(s)", "files and folders", static_cast<int>(files)),
             destination.isEmpty() ? tr("You are asked where to.") : tr("To %1", "destination").arg(destination), false);
}

void DropOverlay::showRefusal(const QString &reason)
{
    showOver(tr("This cannot be uploaded"), reason, true);
}

void DropOverlay::showOver(const QString &headline, const QString &line, bool isRefusal)
{
    m_headline = headline;
    m_line = line;
    m_isRefusal = isRefusal;
    setAccessibleName(tr("%1. %2", "two sentences").arg(headline, line));
    setGeometry(parentWidget()->rect());
    raise();
    show();
    update();
}

void DropOverlay::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = palette().color(QPalette::Window);
    veil.setAlphaF(0.93F);
    painter.fillRect(rect(), veil);
    const QColor edge = tone(m_isRefusal ? Tone::Bad : Tone::Accent, palette());
    painter.setPen(QPen(edge, 2, Qt::DashLine));
    painter.drawRoundedRect(rect().adjusted(12, 12, -12, -12), 10, 10);

    const int middle = height() / 2;
    icon(m_isRefusal ? IconName::Attention : IconName::Drop).paint(&painter, QRect(width() / 2 - 24, middle - 76, 48, 48));
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.5);
    large.setBold(true);
    painter.setFont(large);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRect(24, middle - 18, width() - 48, 32), Qt::AlignCenter | Qt::TextSingleLine, m_headline);
    painter.setFont(font());
    const QRect below(40, middle + 20, width() - 80, 80);
    const QString line = m_isRefusal ? m_line : painter.fontMetrics().elidedText(m_line, Qt::ElideMiddle, below.width());
    painter.drawText(below, Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, line);
}

}  // namespace packmule
