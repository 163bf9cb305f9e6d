// The window's event loop with a long list: a timer every 5 ms in the window's thread, and how late it comes.
// bench_window ROWS SECONDS [idle]: fake clients in the same thread, four transfers that tell progress ten times a second and
// a part now and then, the part map or the speed plot shown, the list scrolled and sorted. Run it with
// QT_QPA_PLATFORM=offscreen or under Xvfb; the machine's load is printed, because the figures mean little without it.
#include "core/base/Clock.h"
#include "tests/support/fakes/FakeEngineClient.h"
#include "tests/support/fakes/FakeTransferList.h"
#include "tests/support/fakes/FakeUserPrompts.h"
#include "tests/support/fakes/FakeWindowState.h"
#include "ui/MainWindow.h"
#include "ui/common/Appearance.h"
#include "ui/uploads/TransferTable.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QTabWidget>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

/// Four transfers under way: what the engine tells of them.
class Traffic
{
public:
    Traffic(FakeTransferList &list, FakeEngineClient &engine) : m_list(list), m_engine(engine)
    {
        for (int i = 1; i <= 4; ++i) {
            TransferSnapshot &transfer = list.add(kFirst + i, kFirst + i, "/home/ada/big-" + QByteArray::number(i) + ".img", TransferState::Sending);
            transfer.record.source.size = ByteCount(kParts * kPartSize);
            transfer.record.partSize = ByteCount(kPartSize);
            transfer.parts = kParts;
        }
    }

    void tell()
    {
        ++m_turn;
        for (int i = 1; i <= 4; ++i) {
            const TransferId id = kFirst + i;
            TransferSnapshot &transfer = m_list.at(id);
            const ByteCount sent((m_turn * kPartSize / 2) % (kParts * kPartSize));
            if (m_turn % 2 == 0) {
                const int part = m_turn / 2 % kParts;
                m_engine.tell(id, id, PartEvent{.partNumber = PartNumber::fromIndex(part), .size = ByteCount(kPartSize), .attempt = 1, .eTag = {}});
                transfer.confirmedParts = part;
            }
            transfer.sent = transfer.confirmed = sent;
            m_engine.tell(id, id, ProgressEvent{.sent = sent, .confirmed = sent, .size = transfer.record.source.size, .rate = 8e7 + m_turn % 17 * 1e6, .eta = {}});
        }
    }

private:
    static constexpr TransferId kFirst = 10'000'000;
    static constexpr int kParts = 10'000;
    static constexpr qint64 kPartSize = 8 << 20;

    FakeTransferList &m_list;
    FakeEngineClient &m_engine;
    int m_turn = 0;
};

double at(const std::vector<double> &sorted, double share)
{
    return sorted.empty() ? 0 : sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(static_cast<double>(sorted.size()) * share))];
}

}  // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    const int rows = argc > 1 ? std::atoi(argv[1]) : 100'000, seconds = argc > 2 ? std::atoi(argv[2]) : 20;
    const bool isIdle = argc > 3;
    Appearance appearance(application);
    SystemClock clock;
    QtScheduler scheduler;
    FakeTransferList list(scheduler);
    FakeEngineClient engine(scheduler);
    FakeUserPrompts prompts;
    FakeWindowState state;
    list.pretend(rows);
    Traffic traffic(list, engine);

    QElapsedTimer opening;
    opening.start();
    MainWindow window(WindowServices{list, engine, prompts, state, clock, scheduler}, nullptr, nullptr);
    window.resize(1920, 1080);
    window.show();
    QObject::connect(&window.uploads().list(), &TransferListModel::orderApplied, &window, [&opening](bool wasReset) {
        if (wasReset)
            std::printf("opened after %lld ms\n", static_cast<long long>(opening.elapsed()));
    });

    auto *table = window.findChild<TransferTable *>(QStringLiteral("transferTable"));
    auto *tabs = window.findChild<QTabWidget *>(QStringLiteral("detailPane"));
    std::vector<double> late;
    QElapsedTimer since;
    QTimer probe, talk, play;
    probe.setTimerType(Qt::PreciseTimer);
    QObject::connect(&probe, &QTimer::timeout, &window, [&] { late.push_back(static_cast<double>(since.nsecsElapsed()) / 1e6 - 5.0); since.restart(); });
    QObject::connect(&talk, &QTimer::timeout, &window, [&] { traffic.tell(); });
    int step = 0;
    QObject::connect(&play, &QTimer::timeout, &window, [&] {
        ++step;
        if (step % 4 == 0)
            tabs->setCurrentIndex(step / 4 % 4);
        table->verticalScrollBar()->setValue(step % 3 == 0 ? 0 : step * 37 % std::max(1, table->verticalScrollBar()->maximum()));
    });
    QTimer::singleShot(3s, &window, [&] {
        table->setCurrentIndex(table->model()->index(0, 0));
        since.start();
        probe.start(5);
        if (!isIdle) {
            talk.start(100);
            play.start(700);
        }
    });
    QTimer::singleShot(std::chrono::seconds(3 + seconds), &application, &QApplication::quit);
    const int result = QApplication::exec();

    std::ranges::sort(late);
    double load = 0;
    if (getloadavg(&load, 1) != 1)
        load = -1;
    std::printf("%d rows, %zu probes: late by p50 %.2f ms, p99 %.2f ms, max %.2f ms; load %.1f\n", rows, late.size(), at(late, 0.5), at(late, 0.99), late.empty() ? 0 : late.back(), load);
    return result;
}
