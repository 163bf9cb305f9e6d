#pragma once

#include "core/base/ByteCount.h"

#include <QList>
#include <QString>

#include <optional>

namespace packmule {

/// From this minute of the local day on, so many bytes a second; 0 = without limit.
struct BandwidthPeriod {
    int minuteOfDay = 0;
    ByteCount perSecond;
    bool operator==(const BandwidthPeriod &) const = default;
};

/// What the user has chosen, with what holds until then. A value; SettingKeys knows its fields by name.
struct AppSettings {
    enum class Theme { System, Light, Dark };
    enum class WhenChanged { Restart, Verify, Ask };          ///< a file that is not the one its upload began with
    enum class Conflict { Ask, Skip, Overwrite, IfSizeDiffers, IfNewer };
    enum class Transport { Direct, Qt };
    enum class OnClose { Ask, KeepRunning, Quit };
    enum class StartAtLogin { NotAsked, Yes, No };

    static constexpr int kMaxSlots = 64;
    static constexpr ByteCount kMinPartSize{5LL << 20};       ///< S3 user guide, "Multipart upload limits"
    static constexpr ByteCount kMaxPartSize{5LL << 30};

    Theme theme = Theme::System;
    QString language;                                         ///< "de", "zh_CN"; "" = the system's
    OnClose onClose = OnClose::Ask;                           ///< the window, while transfers are active
    StartAtLogin startAtLogin = StartAtLogin::NotAsked;

    int slots = 4;                                           ///< parts in flight over all transfers
    std::optional<ByteCount> partSize;                        ///< nullopt = by file size
    WhenChanged whenChanged = WhenChanged::Ask;
    Conflict conflict = Conflict::Ask;

    bool isLimited = false;                                   ///< the turtle
    ByteCount bandwidthLimit{1LL << 20};                      ///< a second, while the turtle is on and no timetable holds
    bool followsTimetable = false;
    QList<BandwidthPeriod> timetable;                         ///< in order of the day

    bool inhibitsSleep = true;                                ///< while something is sent
    bool inhibitsSleepOnBattery = false;

    bool notifiesDone = true;
    bool notifiesAttention = true;
    bool notifiesBackOnline = true;

    Transport transport = Transport::Direct;
    double pricePerGibMonth = 0.023;                          ///< US dollars, AWS S3 Standard: what unfinished uploads are said to cost
    bool keepsSecretsInFile = false;                          ///< the user agreed to a 0600 file where no keyring answers

    bool operator==(const AppSettings &) const = default;

    /// What the turtle, the limit and the timetable amount to; empty = without limit.
    QList<BandwidthPeriod> bandwidth() const;
};

}  // namespace packmule
