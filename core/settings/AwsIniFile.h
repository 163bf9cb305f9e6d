#pragma once

#include "core/base/Result.h"

#include <QByteArray>
#include <QMap>
#include <QString>

namespace packmule {

/// One of AWS's two shared files, parsed as botocore parses them: `[section]`, `key = value` or `key: value`, whole-line
/// comments with # or ;, indented lines under an empty value are nested settings ("s3 ="), under a value a continuation.
/// Keys are lower-cased; a section or key that comes twice is merged, the later value wins.
/// Thread: any; a value.
class AwsIniFile
{
public:
    struct Value {
        QByteArray text;
        QMap<QByteArray, QByteArray> nested;
        int line = 0;
    };
    using Section = QMap<QByteArray, Value>;

    /// Errors: InvalidRequest, its sentence names `fileName` and the line.
    static Result<AwsIniFile> parse(const QByteArray &text, const QString &fileName);
    /// A file that is absent is empty. Errors: InvalidRequest as parse, LocalIo when it exists and cannot be read.
    static Result<AwsIniFile> read(const QString &fileName);

    const QString &fileName() const { return m_fileName; }
    const QMap<QByteArray, Section> &sections() const { return m_sections; }

private:
    QString m_fileName;
    QMap<QByteArray, Section> m_sections;
};

}  // namespace packmule
