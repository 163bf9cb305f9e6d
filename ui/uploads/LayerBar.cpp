#include "ui/uploads/LayerBar.h"

#include "core/transfer/EngineClient.h"
#include "ui/common/AmountText.h"
#include "ui/common/Palette.h"
#include "ui/uploads/PartPainting.h"

#include <QPainter>
#include <QStyle>

namespace packmule {

LayerBar::LayerBar(QWidget *parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("layers"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void LayerBar::show(const TransferSnapshot &transfer)
{
    const TransferRecord &record = transfer.record;
    const ByteCount size = record.source.size;
    const bool isVerified = record.state == TransferState::Done && record.isVerified;
    const auto layer = [size](const QString &name, ByteCount bytes, bool isWhole) {
        const double fraction = isWhole ? 1 : size.value() > 0 ? static_cast<double>(bytes.value()) / static_cast<double>(size.value()) : 0;
        return Layer{name, tr("%1 of %2", "two sizes").arg(AmountText::bytes(bytes), AmountText::bytes(size)), std::min(fraction, 1.0)};
    };
    const bool isDone = record.state == TransferState::Done;
    m_layers = {layer(tr("Sent"), isDone ? size : transfer.sent, isDone),
                layer(tr("Acknowledged"), isDone ? size : transfer.confirmed, isDone),
                layer(tr("Verified"), isVerified ? size : ByteCount(), isVerified)};
    QStringList sentences;
    for (const Layer &each : std::as_const(m_layers))
        sentences.append(tr("%1: %2", "caption and its value").arg(each.name, each.amount));
    setAccessibleName(sentences.join(QLatin1String(", ")));
    update();
}

QSize LayerBar::sizeHint() const
{
    return {300, 3 * (fontMetrics().height() + 8)};
}

void LayerBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const auto leading = static_cast<int>(QStyle::visualAlignment(layoutDirection(), Qt::AlignLeading | Qt::AlignVCenter)) | Qt::TextSingleLine;
    int nameWidth = 0, amountWidth = 0;
    for (const Layer &layer : std::as_const(m_layers)) {
        nameWidth = std::max(nameWidth, fontMetrics().horizontalAdvance(layer.name) + 12);
        amountWidth = std::max(amountWidth, fontMetrics().horizontalAdvance(layer.amount) + 12);
    }
    const int step = fontMetrics().height() + 8;
    const QList<PartStanding> standings{PartStanding::Sending, PartStanding::Confirmed, PartStanding::Verified};
    for (int i = 0; i < m_layers.size(); ++i) {
        const QRect line(0, i * step, width(), step);
        const auto place = [&](const QRect &rect) { return QStyle::visualRect(layoutDirection(), line, rect); };
        const int barWidth = std::clamp(line.width() - nameWidth - amountWidth, 40, 520);
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(place({0, line.top(), nameWidth, step}), leading, m_layers.at(i).name);
        paintFraction(painter, place({nameWidth, line.top() + 4, barWidth, step - 8}), m_layers.at(i).fraction, standings.at(i), palette(), layoutDirection());
        painter.setPen(tone(Tone::Quiet, palette()));
        painter.drawText(place({nameWidth + barWidth + 10, line.top(), amountWidth, step}), leading, m_layers.at(i).amount);
    }
}

}  // namespace packmule
