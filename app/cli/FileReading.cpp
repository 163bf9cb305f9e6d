#include "app/cli/FileReading.h"

namespace packmule {

namespace {
constexpr qsizetype kStepBytes = 4 * 1024 * 1024;
}

FileReading::FileReading(std::shared_ptr<SourceFile> file, Scheduler &scheduler) : m_file(std::move(file)), m_scheduler(scheduler), m_buffer(kStepBytes, Qt::Uninitialized)
{
}

void FileReading::start(std::function<void(QByteArrayView)> sink, std::function<void(Result<void>)> done)
{
    m_sink = std::move(sink);
    m_done = std::move(done);
    m_next = m_scheduler.after(Milliseconds(0), [this] { step(); });
}

void FileReading::step()
{
    const auto got = m_file->read(m_buffer.data(), m_buffer.size(), m_offset);
    if (!got) {
        auto done = std::move(m_done);
        done(std::unexpected(got.error()));
        return;
    }
    if (*got == 0) {
        auto done = std::move(m_done);
        done(m_file->check());
        return;
    }
    m_offset += *got;
    m_sink(QByteArrayView(m_buffer).first(*got));
    m_next = m_scheduler.after(Milliseconds(0), [this] { step(); });
}

}  // namespace packmule
