#include "app/gui/UploadFlow.h"

namespace packmule {

UploadFlow::UploadFlow(const UploadServices &services, QObject *parent) : QObject(parent), m_services(services)
{
}

UploadFlow::~UploadFlow() = default;

void UploadFlow::begin(const QList<QByteArray> &paths)
{
    add(paths, std::nullopt);
}

void UploadFlow::beginAt(const QList<QByteArray> &paths, const UploadDestination &destination)
{
    add(paths, destination);
}

void UploadFlow::add(const QList<QByteArray> &paths, const std::optional<UploadDestination> &destination)
{
    auto batch = std::make_unique<UploadBatch>(m_services, paths, destination);
    connect(batch.get(), &UploadBatch::said, this, &UploadFlow::said);
    connect(batch.get(), &UploadBatch::refused, this, &UploadFlow::refused);
    connect(batch.get(), &UploadBatch::accepted, this, &UploadFlow::accepted);
    connect(batch.get(), &UploadBatch::over, this, [this] {
        // It is just telling this, so it goes a moment later.
        m_next = m_services.scheduler.after(Milliseconds(0), [this] {
            m_batches.pop_front();
            startNext();
        });
    });
    m_batches.push_back(std::move(batch));
    if (m_batches.size() == 1)
        startNext();
}

void UploadFlow::startNext()
{
    if (!m_batches.empty())
        m_batches.front()->start();
}

}  // namespace packmule
