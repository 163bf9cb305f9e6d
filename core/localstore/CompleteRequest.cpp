#include "core/localstore/CompleteRequest.h"

#include "core/integrity/Digest.h"
#include "core/localstore/ChecksumHeaders.h"

#include <QXmlStreamReader>

namespace packmule {

namespace {

constexpr int kDeepest = 3;  // CompleteMultipartUpload, Part, PartNumber

std::unexpected<S3Refusal> malformed()
{
    return refusal("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
}

/// One element of a Part, by its name.
void setField(NamedPart &part, const QString &name, const QByteArray &text)
{
    if (name == QLatin1String("PartNumber"))
        part.number = text.toInt();
    else if (name == QLatin1String("ETag"))
        part.eTag = QByteArray(text).replace('"', "");
    else if (name.startsWith(QLatin1String("Checksum"))) {
        const auto algorithm = storeChecksumFromName(name.mid(8).toLatin1());
        if (algorithm)
            part.checksums.append({.algorithm = *algorithm, .rawBytes = QByteArray::fromBase64(text)});
    }
}

}  // namespace

S3Outcome<QList<NamedPart>> partsFromXml(const QByteArray &document)
{
    QXmlStreamReader xml(document.trimmed());
    QList<NamedPart> parts;
    QString fieldName;
    QByteArray text;
    int depth = 0;
    while (!xml.atEnd()) {
        const QXmlStreamReader::TokenType token = xml.readNext();
        if (token == QXmlStreamReader::DTD)
            return malformed();
        if (token == QXmlStreamReader::StartElement) {
            ++depth;
            fieldName = xml.name().toString();
            text.clear();
            if (depth > kDeepest || (depth == 1 && fieldName != QLatin1String("CompleteMultipartUpload")))
                return malformed();
            if (depth == 2 && fieldName == QLatin1String("Part"))
                parts.append(NamedPart());
            if (parts.size() > PartNumber::kMax)
                return malformed();
        } else if (token == QXmlStreamReader::Characters) {
            text += xml.text().toUtf8();
        } else if (token == QXmlStreamReader::EndElement) {
            if (depth == kDeepest && !parts.isEmpty())
                setField(parts.last(), fieldName, text.trimmed());
            --depth;
        }
    }
    if (xml.hasError() || parts.isEmpty())
        return malformed();
    for (const NamedPart &part : std::as_const(parts)) {
        if (!PartNumber::from(part.number) || part.eTag.isEmpty())
            return malformed();
    }
    return parts;
}

QByteArray completionOf(const QList<NamedPart> &parts)
{
    QByteArray list;
    for (const NamedPart &part : parts)
        list += QByteArray::number(part.number) + ':' + part.eTag + '\n';
    return sha256(list).toHex();
}

}  // namespace packmule
