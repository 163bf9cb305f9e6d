#pragma once

#include <QByteArray>
#include <QByteArrayList>

namespace packmule {

/// Writes S3's small XML from raw bytes. Not QXmlStreamWriter, because keys may hold bytes that are not UTF-8 and control
/// characters: those become U+FFFD and character references, as stores do that were asked without encoding-type=url.
class XmlText
{
public:
    /// @param nameSpace empty for error documents, which have none.
    explicit XmlText(const QByteArray &rootName, bool hasNameSpace = true);

    void open(const QByteArray &name);
    void close();
    void element(const QByteArray &name, const QByteArray &text);
    /// Closes what is open.
    QByteArray finish();

private:
    QByteArray m_text;
    QByteArrayList m_open;
};

}  // namespace packmule
