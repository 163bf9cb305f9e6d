#pragma once

#include "tests/support/fakes/FakeScheduler.h"
#include "tests/support/fakes/FakeStoreClient.h"
#include "tests/support/fakes/FakeUserPrompts.h"
#include "tests/support/fakes/FakeWindowState.h"
#include "ui/browse/NamedConnection.h"
#include "ui/browse/StorePageServices.h"

#include <QAction>
#include <QDir>
#include <QLabel>
#include <QTest>
#include <QWidget>

namespace packmule {

/// Stores in memory, and everything that a page stands on.
struct StoreBench {
    FakeClock clock;
    FakeScheduler scheduler{clock};
    FakeStoreClient stores{scheduler};
    FakeUserPrompts prompts;
    FakeWindowState state;
    StorePageServices services{stores, prompts, state, clock, scheduler};

    static NamedConnection connection(const QByteArray &id = "c1", const QString &name = QStringLiteral("Studio"))
    {
        NamedConnection made{.id = id, .name = name, .record = {}, .bucket = {}, .prefix = {}};
        made.record.id = id;
        return made;
    }
    void settle() { scheduler.runDue(); }
};

/// A picture for whoever looks at pages, if PACKMULE_SHOTS names a folder.
inline void shoot(QWidget &widget, const QString &name)
{
    const QString folder = qEnvironmentVariable("PACKMULE_SHOTS");
    QTest::qWait(0);   // what was added is laid out
    if (!folder.isEmpty())
        widget.grab().save(QDir(folder).filePath(name + QLatin1String(".png")));
}

template<typename T>
T *childNamed(QWidget &page, const char *name)
{
    return page.findChild<T *>(QString::fromLatin1(name));
}

inline void trigger(QWidget &page, const char *name)
{
    childNamed<QAction>(page, name)->trigger();
}

inline QString labelText(QWidget &page, const char *name)
{
    return childNamed<QLabel>(page, name)->text();
}

}  // namespace packmule
