#pragma once

#include <QByteArray>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

/// A folder that vanishes with the test, filled by raw names (Qt can neither make nor remove what is not UTF-8).
/// Every maker answers the absolute path.
class FileTree
{
public:
    FileTree()
    {
        QByteArray pattern = QByteArray::fromStdString(std::filesystem::temp_directory_path().string()) + "/packmule-test-XXXXXX";
        if (!::mkdtemp(pattern.data()))
            qFatal("cannot make %s", pattern.constData());
        m_root = pattern;
    }
    ~FileTree()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_root.toStdString(), ignored);
    }
    FileTree(const FileTree &) = delete;
    FileTree &operator=(const FileTree &) = delete;

    QByteArray root() const { return m_root; }
    QByteArray path(const QByteArray &name) const { return root() + '/' + name; }

    QByteArray file(const QByteArray &name, const QByteArray &content = "content") const
    {
        const int descriptor = ::open(path(name).constData(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (descriptor < 0 || ::write(descriptor, content.constData(), size_t(content.size())) != content.size())
            qFatal("cannot write %s", path(name).constData());
        ::close(descriptor);
        return path(name);
    }
    QByteArray folder(const QByteArray &name) const { return made(::mkdir(path(name).constData(), 0700), name); }
    QByteArray pipe(const QByteArray &name) const { return made(::mkfifo(path(name).constData(), 0600), name); }
    /// @param target as it shall stand in the link.
    QByteArray link(const QByteArray &name, const QByteArray &target) const
    {
        return made(::symlink(target.constData(), path(name).constData()), name);
    }
    QByteArray socket(const QByteArray &name) const
    {
        const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path(name).constData(), sizeof address.sun_path - 1);
        const int failed = ::bind(descriptor, reinterpret_cast<sockaddr *>(&address), sizeof address);
        ::close(descriptor);
        return made(failed, name);
    }
    void append(const QByteArray &name, const QByteArray &more) const
    {
        const int descriptor = ::open(path(name).constData(), O_WRONLY | O_APPEND);
        made(::write(descriptor, more.constData(), size_t(more.size())) == more.size() ? 0 : -1, name);
        ::close(descriptor);
    }
    void truncate(const QByteArray &name, qint64 size) const { made(::truncate(path(name).constData(), size), name); }
    void remove(const QByteArray &name) const { made(::unlink(path(name).constData()), name); }
    void rename(const QByteArray &from, const QByteArray &to) const
    {
        made(::rename(path(from).constData(), path(to).constData()), from);
    }
    /// Sets the modification time; nanoseconds since 1970.
    void touch(const QByteArray &name, qint64 modifiedNs) const
    {
        const timespec time{.tv_sec = modifiedNs / 1'000'000'000, .tv_nsec = modifiedNs % 1'000'000'000};
        const timespec times[2] = {time, time};
        made(::utimensat(AT_FDCWD, path(name).constData(), times, 0), name);
    }

private:
    QByteArray made(int failed, const QByteArray &name) const
    {
        if (failed)
            qFatal("%s: %s", path(name).constData(), std::strerror(errno));
        return path(name);
    }

    QByteArray m_root;
};
