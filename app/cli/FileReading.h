#pragma once

#include "core/base/Scheduler.h"
#include "core/files/SourceFile.h"

#include <QByteArray>

#include <functional>
#include <memory>

namespace packmule {

/// Reads a file once from its beginning, 4 MiB on each turn of the event loop, so that Ctrl-C is heard in between.
/// Thread: the one that made it.
class FileReading
{
public:
    FileReading(std::shared_ptr<SourceFile> file, Scheduler &scheduler);

    /// `sink` gets every piece, then `done` runs once. Dropping this object ends the reading.
    void start(std::function<void(QByteArrayView)> sink, std::function<void(Result<void>)> done);

private:
    void step();

    std::shared_ptr<SourceFile> m_file;
    Scheduler &m_scheduler;
    std::function<void(QByteArrayView)> m_sink;
    std::function<void(Result<void>)> m_done;
    QByteArray m_buffer;
    qint64 m_offset = 0;
    CallHandle m_next;
};

}  // namespace packmule
