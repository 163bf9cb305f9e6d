#include "ui/profiles/ConnectionChecklist.h"

#include "ui/common/Palette.h"
#include "ui/profiles/FindingText.h"

#include <QEvent>

namespace packmule {

namespace {
constexpr int kOutcomeRole = Qt::UserRole;
using Outcome = ConnectionFinding::Outcome;

QString markOf(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Passed: return QStringLiteral("✓");
    case Outcome::Failed: return QStringLiteral("✗");
    case Outcome::Unknown: return QStringLiteral("•");
    }
    return {};
}

}  // namespace

ConnectionChecklist::ConnectionChecklist(QWidget *parent) : QListWidget(parent)
{
    setObjectName(QStringLiteral("connectionChecklist"));
    setAccessibleName(tr("What the connection test found"));
    setWordWrap(true);
    setUniformItemSizes(false);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTextElideMode(Qt::ElideNone);
    setResizeMode(QListView::Adjust);
    setSpacing(1);
}

void ConnectionChecklist::begin()
{
    clear();
    m_failures = 0;
}

void ConnectionChecklist::add(const ConnectionFinding &finding)
{
    addLine(finding.outcome, tr("%1: %2", "what was looked at, what was found").arg(FindingText::title(finding.check), FindingText::sentence(finding)));
}

void ConnectionChecklist::addFailure(const QString &sentence)
{
    addLine(Outcome::Failed, sentence);
}

void ConnectionChecklist::addLine(Outcome outcome, const QString &text)
{
    if (outcome == Outcome::Failed)
        ++m_failures;
    auto *item = new QListWidgetItem(QStringLiteral("%1  %2").arg(markOf(outcome), text), this);
    item->setData(kOutcomeRole, static_cast<int>(outcome));
    item->setData(Qt::AccessibleTextRole, tr("%1. %2", "outcome of a check, what was found").arg(FindingText::outcome(outcome), text));
    item->setToolTip(QStringLiteral("<p>%1</p>").arg(text.toHtmlEscaped()));
    colour(*item, outcome);
    scrollToItem(item);
}

void ConnectionChecklist::colour(QListWidgetItem &item, Outcome outcome) const
{
    switch (outcome) {
    case Outcome::Passed:
        item.setForeground(palette().color(QPalette::Text));
        return;
    case Outcome::Failed:
        item.setForeground(tone(Tone::Bad, palette()));
        return;
    case Outcome::Unknown:
        item.setForeground(tone(Tone::Warning, palette()));
        return;
    }
}

void ConnectionChecklist::changeEvent(QEvent *event)
{
    QListWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange)
        return;
    for (int row = 0; row < count(); ++row)
        colour(*item(row), static_cast<Outcome>(item(row)->data(kOutcomeRole).toInt()));
}

}  // namespace packmule
