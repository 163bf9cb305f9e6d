#include "app/gui/Destinations.h"

#include "app/SavedConnections.h"
#include "core/base/Redaction.h"
#include "ui/destination/DestinationDialog.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <utility>

namespace packmule {

namespace {

const QLatin1String kStateName("uploads/destination");
const QLatin1String kConnection("connection"), kBucket("bucket"), kPrefix("prefix"), kSilent("silent");

}  // namespace

Destinations::Destinations(const Services &services, QObject *parent) : QObject(parent), m_services(services)
{
    restore();
    connect(&m_services.settings, &SettingsStore::connectionsChanged, this, &Destinations::changed);
    connect(&m_services.connections, &ConnectionDesk::saved, this, &Destinations::takeConnection);
    connect(&m_services.connections, &ConnectionDesk::abandoned, this, [this] {
        if (std::exchange(m_awaitsConnection, false))
            conclude(std::nullopt);
    });
}

void Destinations::restore()
{
    const QJsonObject kept = QJsonDocument::fromJson(m_services.state.kept(kStateName)).object();
    // Base64: a prefix is bytes.
    const auto bytes = [&](QLatin1String name) { return QByteArray::fromBase64(kept.value(name).toString().toLatin1()); };
    m_last = {bytes(kConnection), bytes(kBucket), bytes(kPrefix)};
    m_isSilent = kept.value(kSilent).toBool();
}

void Destinations::remember(const UploadDestination &destination, bool isSilent)
{
    m_last = destination;
    m_isSilent = isSilent;
    const auto text = [](const QByteArray &bytes) { return QString::fromLatin1(bytes.toBase64()); };
    const QJsonObject kept{{kConnection, text(destination.connectionId)}, {kBucket, text(destination.bucket)},
                           {kPrefix, text(destination.prefix)}, {kSilent, isSilent}};
    m_services.state.keep(kStateName, QJsonDocument(kept).toJson(QJsonDocument::Compact));
    Q_EMIT changed();
}

QString Destinations::text() const
{
    const auto profile = m_services.settings.connection(m_last.connectionId);
    if (!profile || m_last.bucket.isEmpty())
        return {};
    return tr("s3://%1/%2 on %3", "bucket, prefix, connection").arg(displayName(m_last.bucket), displayName(m_last.prefix), profile->name);
}

CallHandle Destinations::choose(const UploadSources &sources, std::function<void(std::optional<UploadDestination>)> chosen)
{
    m_sources = sources;
    m_chosen = std::move(chosen);
    m_next = m_services.scheduler.after(Milliseconds(0), [this] {
        if (m_services.settings.connections().isEmpty())
            askForConnection();
        else if (m_isSilent && !text().isEmpty())
            conclude(m_last);
        else
            showDialog();
    });
    return CallHandle([self = QPointer(this)] {
        if (self)
            self->m_chosen = nullptr;
    });
}

void Destinations::change()
{
    if (m_dialog)
        m_dialog->raise();
    else if (m_services.settings.connections().isEmpty())
        askForConnection();
    else
        showDialog();
}

CallHandle Destinations::open(const QByteArray &connectionId, std::function<void(Result<ConnectionRecord>)> done)
{
    return m_services.connections.ready(connectionId, std::move(done));
}

void Destinations::askForConnection()
{
    m_awaitsConnection = true;
    m_services.connections.add();
}

/// What was just made is where this upload is meant to go; without a bucket the dialog asks for it.
void Destinations::takeConnection(const ConnectionProfile &profile)
{
    if (!std::exchange(m_awaitsConnection, false))
        return;
    const UploadDestination there{profile.id, profile.bucket, profile.prefix};
    remember(there, false);
    if (there.bucket.isEmpty())
        showDialog();
    else
        conclude(there);
}

void Destinations::showDialog()
{
    m_dialog = new DestinationDialog({m_services.settings.connections(), m_last, m_sources.files.size(), m_sources.folders.size()},
                                     [this](const ConnectionProfile &profile, std::function<void(Result<QList<BucketSummary>>)> done) {
                                         return m_services.store.buckets(recordOf(profile), std::move(done));
                                     },
                                     m_window);
    connect(m_dialog, &QDialog::accepted, this, [this, dialog = m_dialog.data()] {
        const UploadDestination chosen = dialog->destination();
        remember(chosen, dialog->isRemembered());
        conclude(chosen);
    });
    connect(m_dialog, &QDialog::rejected, this, [this] { conclude(std::nullopt); });
    connect(m_dialog, &DestinationDialog::newConnectionRequested, this, [this, dialog = m_dialog.data()] {
        dialog->disconnect(this);
        dialog->close();
        askForConnection();
    });
    m_dialog->open();
}

void Destinations::conclude(const std::optional<UploadDestination> &destination)
{
    m_sources = {};
    if (const auto chosen = std::exchange(m_chosen, nullptr))
        chosen(destination);
}

}  // namespace packmule
