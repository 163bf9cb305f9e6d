#include "ui/common/ElidedLabel.h"

#include "ui/common/IsolatedText.h"
#include "ui/common/ToolTipText.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QPainter>
#include <QStyle>

namespace packmule {

ElidedLabel::ElidedLabel(QWidget *parent) : QFrame(parent)
{
    setFrameShape(QFrame::NoFrame);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ElidedLabel::setText(const QString &text)
{
    if (text == m_text)
        return;
    m_text = text;
    describe();
    updateGeometry();
    update();
}

void ElidedLabel::setCaption(const QString &caption)
{
    m_caption = caption;
    describe();
}

void ElidedLabel::describe()
{
    setToolTip(toolTipText(m_text));
    setAccessibleName(m_caption.isEmpty() ? m_text : tr("%1: %2", "caption and its value").arg(m_caption, m_text));
}

QSize ElidedLabel::sizeHint() const
{
    return {std::min(fontMetrics().horizontalAdvance(m_text) + 4, 600), fontMetrics().height() + 2};
}

QSize ElidedLabel::minimumSizeHint() const
{
    return {fontMetrics().averageCharWidth() * 6, fontMetrics().height() + 2};
}

void ElidedLabel::paintEvent(QPaintEvent *event)
{
    QFrame::paintEvent(event);
    QPainter painter(this);
    const QRect inside = contentsRect();
    const QString shown = isolatedText(fontMetrics().elidedText(m_text, Qt::ElideMiddle, inside.width()), layoutDirection());
    const Qt::Alignment alignment = QStyle::visualAlignment(layoutDirection(), Qt::AlignLeading | Qt::AlignVCenter);
    painter.drawText(inside, static_cast<int>(alignment) | Qt::TextSingleLine, shown);
}

void ElidedLabel::contextMenuEvent(QContextMenuEvent *event)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy"), this, [this] { QGuiApplication::clipboard()->setText(m_text); });
    menu->popup(event->globalPos());
}

}  // namespace packmule
