#include "ui/settings/BandwidthPage.h"

#include <QCheckBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>
#include <QTableWidget>
#include <QTimeEdit>

#include <algorithm>

namespace packmule {

namespace {

constexpr double kKib = 1024.0;
constexpr double kLargestKib = 100.0 * 1024 * 1024;

ByteCount fromKib(double kib)
{
    return ByteCount(static_cast<qint64>(kib * kKib));
}

QDoubleSpinBox *rateBox(QWidget *parent)
{
    auto *box = new QDoubleSpinBox(parent);
    box->setDecimals(0);
    box->setRange(1, kLargestKib);
    box->setSingleStep(128);
    box->setGroupSeparatorShown(true);
    return box;
}

}  // namespace

BandwidthPage::BandwidthPage(SettingsStore &store, QWidget *parent) : SettingsPage(store, parent)
{
    addFlag("limited", tr("Limit the speed of uploads"), &AppSettings::isLimited);
    auto *oneLimit = new QRadioButton(tr("Always to"), this);
    oneLimit->setObjectName(QStringLiteral("oneLimit"));
    auto *limit = rateBox(this);
    limit->setObjectName(QStringLiteral("limit"));
    limit->setAccessibleName(tr("Limit"));
    limit->setSuffix(tr(" KiB/s"));
    form().addRow(oneLimit, limit);
    auto *byTime = new QRadioButton(tr("By the time of day"), this);
    byTime->setObjectName(QStringLiteral("useTimetable"));
    form().addRow(byTime);
    connect(limit, &QDoubleSpinBox::valueChanged, this, [this](double kib) { change([&](AppSettings &settings) { settings.bandwidthLimit = fromKib(kib); }); });
    connect(byTime, &QRadioButton::toggled, this, [this](bool isOn) { change([&](AppSettings &settings) { settings.followsTimetable = isOn; }); });
    addTimetable();
    follow([this, oneLimit, limit, byTime](const AppSettings &settings) {
        limit->setValue(std::max(1.0, static_cast<double>(settings.bandwidthLimit.value()) / kKib));
        (settings.followsTimetable ? byTime : oneLimit)->setChecked(true);
        limit->setEnabled(!settings.followsTimetable);
        m_table->setEnabled(settings.followsTimetable);
        fill(settings.timetable);
    });
}

void BandwidthPage::addTimetable()
{
    m_table = new QTableWidget(0, 2, this);
    m_table->setObjectName(QStringLiteral("timetable"));
    m_table->setAccessibleName(tr("Timetable"));
    m_table->setHorizontalHeaderLabels({tr("From", "time of day"), tr("Limit in KiB/s; 0 for none")});
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->verticalHeader()->hide();
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setTabKeyNavigation(false);
    m_table->setMinimumHeight(m_table->fontMetrics().height() * 8);
    form().addRow(m_table);
    auto *buttons = new QHBoxLayout;
    auto *add = new QPushButton(tr("Add a time"), this);
    add->setObjectName(QStringLiteral("addPeriod"));
    m_remove = new QPushButton(tr("Remove the time"), this);
    m_remove->setObjectName(QStringLiteral("removePeriod"));
    buttons->addWidget(add);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    form().addRow(buttons);
    addNote(tr("Before the first time of the day, the last one of the day before holds."));
    connect(add, &QPushButton::clicked, this, &BandwidthPage::addPeriod);
    connect(m_remove, &QPushButton::clicked, this, &BandwidthPage::removePeriod);
}

/// Rows are kept as they are where only a value changed, so that the field one types in stays.
void BandwidthPage::fill(const QList<BandwidthPeriod> &timetable)
{
    m_table->setRowCount(static_cast<int>(timetable.size()));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        auto *from = qobject_cast<QTimeEdit *>(m_table->cellWidget(row, 0));
        auto *rate = qobject_cast<QDoubleSpinBox *>(m_table->cellWidget(row, 1));
        if (!from) {
            from = new QTimeEdit(m_table);
            from->setDisplayFormat(locale().timeFormat(QLocale::ShortFormat));
            from->setAccessibleName(tr("From", "time of day"));
            rate = rateBox(m_table);
            rate->setMinimum(0);
            rate->setSpecialValueText(tr("no limit"));
            rate->setAccessibleName(tr("Limit in KiB/s"));
            m_table->setCellWidget(row, 0, from);
            m_table->setCellWidget(row, 1, rate);
            connect(from, &QTimeEdit::editingFinished, this, &BandwidthPage::readTable);
            connect(rate, &QDoubleSpinBox::editingFinished, this, &BandwidthPage::readTable);
        }
        const BandwidthPeriod &period = timetable.at(row);
        from->setTime(QTime(period.minuteOfDay / 60, period.minuteOfDay % 60));
        rate->setValue(static_cast<double>(period.perSecond.value()) / kKib);
    }
    m_remove->setEnabled(m_table->rowCount() > 0);
}

void BandwidthPage::readTable()
{
    QList<BandwidthPeriod> timetable;
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const auto *from = qobject_cast<QTimeEdit *>(m_table->cellWidget(row, 0));
        const auto *rate = qobject_cast<QDoubleSpinBox *>(m_table->cellWidget(row, 1));
        const int minute = from->time().hour() * 60 + from->time().minute();
        const bool isTaken = std::ranges::any_of(timetable, [minute](const BandwidthPeriod &period) { return period.minuteOfDay == minute; });
        if (!isTaken)
            timetable.append({minute, fromKib(rate->value())});
    }
    std::ranges::sort(timetable, {}, &BandwidthPeriod::minuteOfDay);
    change([&](AppSettings &settings) { settings.timetable = timetable; });
}

void BandwidthPage::addPeriod()
{
    QList<BandwidthPeriod> timetable = store().settings().timetable;
    const auto isTaken = [&timetable](int minute) { return std::ranges::any_of(timetable, [minute](const BandwidthPeriod &period) { return period.minuteOfDay == minute; }); };
    int minute = timetable.isEmpty() ? 8 * 60 : (timetable.last().minuteOfDay + 60) % (24 * 60);
    while (isTaken(minute) && timetable.size() < 24 * 60)
        minute = (minute + 1) % (24 * 60);
    timetable.append({minute, store().settings().bandwidthLimit});
    std::ranges::sort(timetable, {}, &BandwidthPeriod::minuteOfDay);
    change([&](AppSettings &settings) {
        settings.timetable = timetable;
        settings.followsTimetable = true;
    });
}

void BandwidthPage::removePeriod()
{
    QList<BandwidthPeriod> timetable = store().settings().timetable;
    const int row = m_table->currentRow() < 0 ? m_table->rowCount() - 1 : m_table->currentRow();
    if (row < 0 || row >= timetable.size())
        return;
    timetable.removeAt(row);
    change([&](AppSettings &settings) { settings.timetable = timetable; });
}

}  // namespace packmule
