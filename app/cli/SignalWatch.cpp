#include "app/cli/SignalWatch.h"

#include "app/cli/ExitCode.h"

#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace packmule {

namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

// Only what a signal handler may touch.
int s_pipe[2] = {-1, -1};
volatile std::sig_atomic_t s_count = 0;

extern "C" void noteSignal(int signalNumber)
{
    if (s_count > 0)
        ::_exit(ExitCode::kInterrupted);
    s_count = 1;
    const char byte = static_cast<char>(signalNumber);
    [[maybe_unused]] const ssize_t written = ::write(s_pipe[1], &byte, 1);
}

}  // namespace

SignalWatch::SignalWatch(QObject *parent) : QObject(parent)
{
    if (::pipe2(s_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        return;  // out of descriptors: the signals keep their default, which is to end the process
    m_notifier = std::make_unique<QSocketNotifier>(s_pipe[0], QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, &SignalWatch::readPipe);
    struct sigaction action = {};
    action.sa_handler = noteSignal;
    sigfillset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    for (const int number : kSignals) {
        struct sigaction before = {};
        // nohup and background shells ignore some of them on purpose.
        if (::sigaction(number, nullptr, &before) == 0 && before.sa_handler != SIG_IGN)
            ::sigaction(number, &action, nullptr);
    }
}

SignalWatch::~SignalWatch()
{
    for (const int number : kSignals) {
        struct sigaction now = {};
        if (::sigaction(number, nullptr, &now) == 0 && now.sa_handler == noteSignal)
            std::signal(number, SIG_DFL);
    }
    m_notifier.reset();
    for (int &end : s_pipe) {
        if (end >= 0)
            ::close(end);
        end = -1;
    }
}

void SignalWatch::readPipe()
{
    char byte = 0;
    while (::read(s_pipe[0], &byte, 1) == 1)
        Q_EMIT endAsked(byte);
}

}  // namespace packmule
