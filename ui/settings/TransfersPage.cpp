#include "ui/settings/TransfersPage.h"

#include "ui/common/AmountText.h"

#include <QComboBox>
#include <QFormLayout>
#include <QSpinBox>

namespace packmule {

namespace {
constexpr qint64 kPartSizesMib[] = {5, 8, 16, 32, 64, 128, 256, 512, 1024};
}

TransfersPage::TransfersPage(SettingsStore &store, QWidget *parent) : SettingsPage(store, parent)
{
    auto *slotCount = new QSpinBox(this);
    slotCount->setObjectName(QStringLiteral("slots"));
    slotCount->setAccessibleName(tr("Parts at the same time"));
    slotCount->setRange(1, AppSettings::kMaxSlots);
    form().addRow(tr("Parts at the same time"), slotCount);
    connect(slotCount, &QSpinBox::valueChanged, this, [this](int value) { change([&](AppSettings &settings) { settings.slots = value; }); });
    follow([slotCount](const AppSettings &settings) { slotCount->setValue(settings.slots); });
    addPartSize();
    using WhenChanged = AppSettings::WhenChanged;
    addChoice("whenChanged", tr("A file changed since its upload began"),
              {{tr("Ask"), static_cast<int>(WhenChanged::Ask)}, {tr("Upload it anew"), static_cast<int>(WhenChanged::Restart)},
               {tr("Compare it part by part and carry on"), static_cast<int>(WhenChanged::Verify)}},
              [](const AppSettings &settings) { return static_cast<int>(settings.whenChanged); },
              [](AppSettings &settings, int value) { settings.whenChanged = static_cast<WhenChanged>(value); });
    using Conflict = AppSettings::Conflict;
    addChoice("conflict", tr("An object of that name is there already"),
              {{tr("Ask"), static_cast<int>(Conflict::Ask)}, {tr("Skip the file"), static_cast<int>(Conflict::Skip)},
               {tr("Replace it"), static_cast<int>(Conflict::Overwrite)}, {tr("Replace it if the size differs"), static_cast<int>(Conflict::IfSizeDiffers)},
               {tr("Replace it if the file is newer"), static_cast<int>(Conflict::IfNewer)}},
              [](const AppSettings &settings) { return static_cast<int>(settings.conflict); },
              [](AppSettings &settings, int value) { settings.conflict = static_cast<Conflict>(value); });
}

/// The usual sizes, and the one that was chosen elsewhere.
void TransfersPage::addPartSize()
{
    auto *box = new QComboBox(this);
    box->setObjectName(QStringLiteral("partSize"));
    box->setAccessibleName(tr("Size of parts"));
    form().addRow(tr("Size of parts"), box);
    connect(box, &QComboBox::currentIndexChanged, this, [this, box] {
        const qint64 bytes = box->currentData().toLongLong();
        change([&](AppSettings &settings) { settings.partSize = bytes > 0 ? std::optional(ByteCount(bytes)) : std::nullopt; });
    });
    follow([box](const AppSettings &settings) {
        if (box->count() == 0) {
            box->addItem(tr("By the file's size"), qint64{0});
            for (const qint64 size : kPartSizesMib)
                box->addItem(AmountText::bytes(ByteCount(size << 20)), size << 20);
        }
        const qint64 chosen = settings.partSize ? settings.partSize->value() : 0;
        if (box->findData(chosen) < 0)
            box->addItem(AmountText::bytes(ByteCount(chosen)), chosen);
        box->setCurrentIndex(box->findData(chosen));
    });
    addNote(tr("Larger parts suit fast lines and very large files; smaller ones lose less when a line breaks. Uploads that have begun keep theirs."));
}

}  // namespace packmule
