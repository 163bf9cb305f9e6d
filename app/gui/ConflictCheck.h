#pragma once

#include "app/gui/UploadSources.h"
#include "core/base/CallHandle.h"
#include "core/base/Scheduler.h"
#include "core/transfer/StoreClient.h"

#include <QByteArray>
#include <QList>
#include <QSet>

#include <functional>
#include <vector>

namespace packmule {

/// What uploading these would replace.
struct Conflicts {
    QList<QByteArray> keys;      ///< of objects that are there; the first kMostKeys
    qsizetype count = 0;         ///< of them
    QList<QByteArray> folders;   ///< prefixes of dropped folders that hold something: what exactly, nobody looked up
    bool isUnknown = false;      ///< the store could not be asked, or it would take too long

    static constexpr qsizetype kMostKeys = 3;

    bool areNone() const { return count == 0 && folders.isEmpty() && !isUnknown; }
};

/// Finds out before an upload what it would replace: a few files by a HEAD each, many by the first pages of the listing,
/// a folder by whether its prefix holds anything. Never more than kMostPages pages or kPatience: then it is "unknown".
/// Thread: that of the client. Dropping it ends the questions.
class ConflictCheck final
{
public:
    static constexpr qsizetype kMostHeads = 12;
    static constexpr int kMostPages = 4;
    static constexpr Milliseconds kPatience{8'000};

    /// @param prefix of the destination, empty or ending in '/'.   `done` runs once, later.
    ConflictCheck(StoreClient &client, Scheduler &scheduler, const ConnectionRecord &connection, const ObjectAddress &prefix,
                  const UploadSources &sources, std::function<void(Conflicts)> done);

private:
    void head(const QByteArray &key);
    void readPage(const QByteArray &token, int page);
    void lookInto(const QByteArray &folderPrefix);
    void note(const QByteArray &key);
    void finishOne();
    void conclude();

    StoreClient &m_client;
    const ConnectionRecord m_connection;
    const ObjectAddress m_prefix;
    QSet<QByteArray> m_wanted;               ///< keys, where a listing is read
    std::function<void(Conflicts)> m_done;
    Conflicts m_found;
    int m_open = 0;
    std::vector<CallHandle> m_calls;
    CallHandle m_patience;
};

}  // namespace packmule
