#pragma once

#include <QByteArray>
#include <QByteArrayList>

namespace packmule {

/// Where a stream lies below the root: names of folders and of the file, none of them empty, "." or "..".
struct StreamPath {
    QByteArrayList names;    ///< raw bytes; empty for the root itself
    bool isFolder = false;   ///< the request's path ended in '/'

    /// "/a/b", raw bytes: the key of a stream in memory and on disk.
    QByteArray text() const { return '/' + names.join('/'); }
    /// "/a/b%20c", fit for a URL.
    QByteArray encoded() const;
};

/// What a request's path means to us.
struct JudgedPath {
    enum class Kind {
        Good,
        Unclean,  ///< has "//", "." or "..": answered with 301 to `path`, as httpfstream's mux does
        Refused,  ///< cannot be decoded, or holds NUL, an encoded separator, our own folder's name, or too long a name
    };
    Kind kind = Kind::Refused;
    StreamPath path;
};

/// @param rawPath of the request target, still percent-encoded, without the query.
JudgedPath judgedPath(QByteArrayView rawPath);

/// Our own folder in every root; nothing of it is ever served.
inline constexpr char kRecordFolder[] = ".packmule";

}  // namespace packmule
