#pragma once

#include "core/s3/Types.h"

#include <QByteArray>
#include <QCoreApplication>
#include <QList>
#include <QString>

namespace packmule {

/// What the connection dialog knows of a provider before anything is typed.
struct ProviderCard {
    QByteArray provider;       ///< name of core's provider profile; addressing and limits follow from it
    QString title, summary;
    QByteArray endpointForm;   ///< "https://s3.{region}.wasabisys.com"; empty: AWS, by region; "{account}": typed by the person
    QByteArray region;         ///< to begin with
    bool hasRegion = true;     ///< false: the store has none, or one that never changes
};

/// Thread: GUI.
class ProviderCards
{
    Q_DECLARE_TR_FUNCTIONS(ProviderCards)

public:
    static QList<ProviderCard> all();
    /// The card of that provider profile; "other" for one without a card.
    static ProviderCard of(const QString &provider);
    /// The address that the card's form gives for this region; empty where the form asks for more than a region.
    static QByteArray endpointFor(const ProviderCard &card, const QByteArray &region);
};

}  // namespace packmule
