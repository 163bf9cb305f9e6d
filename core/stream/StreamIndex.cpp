#include "core/stream/StreamIndex.h"

#include "core/base/Redaction.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace packmule {

QByteArray indexHtml(const QByteArray &title, const QList<StreamIndexRow> &rows)
{
    const QByteArray heading = QString::fromUtf8(title).toHtmlEscaped().toUtf8();
    QByteArray page = "<!doctype html>\n<meta charset=\"utf-8\">\n<title>" + heading + "</title>\n<h1>" + heading + "</h1>\n<ul>\n";
    for (const StreamIndexRow &row : rows) {
        const QByteArray end = row.entry.isFolder ? "/" : "";
        const QByteArray name = displayName(row.entry.name).toHtmlEscaped().toUtf8();
        page += "<li><a href=\"./" + row.entry.name.toPercentEncoding() + end + "\">" + name + end + "</a>";
        if (!row.entry.isFolder)
            page += ' ' + QByteArray::number(row.entry.size) + " bytes " + row.state;
        page += "</li>\n";
    }
    return page + "</ul>\n";
}

QByteArray indexJson(const QList<StreamIndexRow> &rows)
{
    QJsonArray list;
    for (const StreamIndexRow &row : rows) {
        QJsonObject object{{QLatin1String("name"), displayName(row.entry.name)}, {QLatin1String("folder"), row.entry.isFolder}};
        if (!row.entry.name.isValidUtf8())
            object.insert(QLatin1String("nameBytes"), QLatin1String(row.entry.name.toBase64()));
        if (!row.entry.isFolder) {
            object.insert(QLatin1String("size"), row.entry.size);
            object.insert(QLatin1String("modified"), row.entry.modifiedSeconds);
            object.insert(QLatin1String("state"), QLatin1String(row.state));
        }
        list.append(object);
    }
    return QJsonDocument(list).toJson(QJsonDocument::Compact) + '\n';
}

}  // namespace packmule
