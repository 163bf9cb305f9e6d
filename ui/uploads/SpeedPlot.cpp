#include "ui/uploads/SpeedPlot.h"

#include "ui/common/AmountText.h"
#include "ui/common/Palette.h"
#include "ui/uploads/SpeedHistory.h"

#include <QPainter>
#include <QPainterPath>
#include <QStyle>

#include <algorithm>

namespace packmule {

namespace {

constexpr int kLines = 4;

double topOfScale(const QList<double> &samples)
{
    const double most = samples.isEmpty() ? 0 : *std::ranges::max_element(samples);
    double top = 64 * 1024;
    while (top < most)
        top *= 2;
    return top;
}

}  // namespace

SpeedPlot::SpeedPlot(SpeedHistory &history, QWidget *parent) : QWidget(parent), m_history(history)
{
    setObjectName(QStringLiteral("speedPlot"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&history, &SpeedHistory::sampled, this, [this] {
        if (!isVisible())
            return;
        describe();
        update();
    });
    describe();
}

void SpeedPlot::setTransfer(qint64 transfer)
{
    m_transfer = transfer;
    describe();
    update();
}

void SpeedPlot::describe()
{
    const QString rate = AmountText::rate(m_history.total());
    setAccessibleName(tr("Speed over the last five minutes"));
    setAccessibleDescription(rate.isEmpty() ? tr("Nothing is being sent") : tr("All transfers together: %1").arg(rate));
}

void SpeedPlot::paintLine(QPainter &painter, const QRect &plot, const QList<double> &samples, double top, bool isFilled) const
{
    if (samples.size() < 2)
        return;
    const bool isMirrored = layoutDirection() == Qt::RightToLeft;
    const double step = static_cast<double>(plot.width()) / (SpeedHistory::kSamples - 1);
    const auto point = [&](qsizetype i) {
        const double age = static_cast<double>(samples.size() - 1 - i) * step;
        const double x = isMirrored ? plot.left() + age : plot.right() - age;
        return QPointF(x, plot.bottom() - samples.at(i) / top * plot.height());
    };
    QPainterPath path(point(0));
    for (qsizetype i = 1; i < samples.size(); ++i)
        path.lineTo(point(i));
    if (isFilled) {
        QPainterPath area = path;
        area.lineTo(point(samples.size() - 1).x(), plot.bottom());
        area.lineTo(point(0).x(), plot.bottom());
        QColor fill = tone(Tone::Accent, palette());
        fill.setAlphaF(0.18F);
        painter.fillPath(area, fill);
    }
    painter.setPen(QPen(tone(isFilled ? Tone::Accent : Tone::Quiet, palette()), isFilled ? 1.8 : 1.1, isFilled ? Qt::SolidLine : Qt::DashLine));
    painter.drawPath(path);
}

void SpeedPlot::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const QList<double> all = m_history.totalSamples(), own = m_history.samples(m_transfer);
    const double top = topOfScale(all);
    const int labelWidth = fontMetrics().horizontalAdvance(AmountText::rate(1023.9 * 1024 * 1024)) + 8;
    const int line = fontMetrics().height();
    const QRect whole = rect().adjusted(8, 6, -8, -6);
    const QRect plot = QStyle::visualRect(layoutDirection(), whole, whole.adjusted(labelWidth, line / 2, 0, -line - 2));
    painter.setFont(font());
    for (int i = 0; i <= kLines; ++i) {
        const int y = plot.bottom() - plot.height() * i / kLines;
        painter.setPen(tone(Tone::Line, palette()));
        painter.drawLine(plot.left(), y, plot.right(), y);
        const QRect label = QStyle::visualRect(layoutDirection(), whole, QRect(whole.left(), y - line / 2, labelWidth - 6, line));
        painter.setPen(tone(Tone::Quiet, palette()));
        painter.drawText(label, Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine, i == 0 ? QStringLiteral("0") : AmountText::rate(top * i / kLines));
    }
    painter.drawText(QRect(plot.left(), plot.bottom() + 3, plot.width(), line), static_cast<int>(QStyle::visualAlignment(layoutDirection(), Qt::AlignLeading)) | Qt::TextSingleLine, tr("5 min ago"));
    painter.drawText(QRect(plot.left(), plot.bottom() + 3, plot.width(), line), static_cast<int>(QStyle::visualAlignment(layoutDirection(), Qt::AlignTrailing)) | Qt::TextSingleLine, tr("now"));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setClipRect(plot.adjusted(0, -1, 1, 1));
    paintLine(painter, plot, all, top, own.isEmpty());
    paintLine(painter, plot, own, top, true);
    if (all.isEmpty()) {
        painter.setPen(tone(Tone::Quiet, palette()));
        painter.drawText(plot, Qt::AlignCenter | Qt::TextWordWrap, tr("Nothing has been sent yet."));
    }
}

}  // namespace packmule
