#pragma once

#include <QIcon>

namespace packmule {

enum class IconName {
    AddFiles, AddFolder, Start, Pause, Retry, Remove, Turtle, Search, MoveUp, MoveDown, MoveTop, MoveBottom, Folder, Copy, Settings,
    AllTransfers, Uploading, Waiting, Paused, Verifying, Done, Attention, Connection, Online, Offline, Drop, Broom, Details, File, Bucket,
};

/// A line drawing in the palette's text colour of the moment, sharp at any size: the application may change its palette and
/// every icon follows. Disabled and selected icons take the palette's colours for those.
QIcon icon(IconName name);

}  // namespace packmule
