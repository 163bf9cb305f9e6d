#include "app/gui/ConflictCheck.h"

#include "core/transfer/KeyNaming.h"

#include <utility>

namespace packmule {

ConflictCheck::ConflictCheck(StoreClient &client, Scheduler &scheduler, const ConnectionRecord &connection, const ObjectAddress &prefix,
                             const UploadSources &sources, std::function<void(Conflicts)> done)
    : m_client(client), m_connection(connection), m_prefix(prefix), m_done(std::move(done))
{
    m_patience = scheduler.after(kPatience, [this] {
        m_found.isUnknown = true;
        conclude();
    });
    constexpr qsizetype kMostFolders = kMostHeads;
    m_open = 1;
    for (const QByteArray &folder : sources.folders.first(std::min(sources.folders.size(), kMostFolders)))
        lookInto(m_prefix.key + lastNameOf(folder) + '/');
    m_found.isUnknown = sources.folders.size() > kMostFolders;
    if (sources.files.size() <= kMostHeads) {
        for (const QByteArray &file : sources.files)
            head(m_prefix.key + lastNameOf(file));
    } else {
        for (const QByteArray &file : sources.files)
            m_wanted.insert(m_prefix.key + lastNameOf(file));
        readPage({}, 1);
    }
    m_calls.push_back(scheduler.after(Milliseconds(0), [this] { finishOne(); }));
}

void ConflictCheck::head(const QByteArray &key)
{
    ++m_open;
    m_calls.push_back(m_client.head(m_connection, {m_prefix.bucket, key}, [this, key](const Result<ObjectHead> &answer) {
        if (answer)
            note(key);
        else if (answer.error().kind != ErrorKind::NoSuchKey)
            m_found.isUnknown = true;
        finishOne();
    }));
}

void ConflictCheck::readPage(const QByteArray &token, int page)
{
    ++m_open;
    m_calls.push_back(m_client.page(m_connection, m_prefix, token, [this, page](const Result<ObjectPage> &answer) {
        if (!answer) {
            m_found.isUnknown = true;
        } else {
            for (const ObjectSummary &object : answer->objects) {
                if (m_wanted.contains(object.key))
                    note(object.key);
            }
            if (!answer->nextToken.isEmpty() && page < kMostPages)
                readPage(answer->nextToken, page + 1);
            else if (!answer->nextToken.isEmpty())
                m_found.isUnknown = true;
        }
        finishOne();
    }));
}

void ConflictCheck::lookInto(const QByteArray &folderPrefix)
{
    ++m_open;
    m_calls.push_back(m_client.page(m_connection, {m_prefix.bucket, folderPrefix}, {}, [this, folderPrefix](const Result<ObjectPage> &answer) {
        if (!answer)
            m_found.isUnknown = true;
        else if (!answer->objects.isEmpty() || !answer->commonPrefixes.isEmpty())
            m_found.folders.append(folderPrefix);
        finishOne();
    }));
}

void ConflictCheck::note(const QByteArray &key)
{
    ++m_found.count;
    if (m_found.keys.size() < Conflicts::kMostKeys)
        m_found.keys.append(key);
}

void ConflictCheck::finishOne()
{
    if (--m_open == 0)
        conclude();
}

void ConflictCheck::conclude()
{
    m_patience.cancel();
    if (const auto done = std::exchange(m_done, nullptr)) {
        // Whoever is told may destroy this; so nothing follows.
        done(std::move(m_found));
    }
}

}  // namespace packmule
