#pragma once

#include <QByteArray>
#include <QList>

#include <optional>
#include <utility>

// Percent-encoding exactly as S3 signs it (facts s3.md, A1.3 to A1.5): every byte but A-Z a-z 0-9 - _ . ~ becomes %XX,
// upper-case; a space is %20, never '+'. Bytes go in and out as they are: no Unicode normalisation, ever.

namespace packmule {

enum class SlashEncoding { Keep, Encode };  ///< keep in paths; encode in query names and values

QByteArray uriEncoded(QByteArrayView bytes, SlashEncoding slashes);
/// Undoes %XX once; '+' stays '+'. nullopt if a '%' is not followed by two hex digits.
std::optional<QByteArray> uriDecoded(QByteArrayView encoded);

/// Decoded name and value pairs, in the order of the query string.
using QueryItems = QList<std::pair<QByteArray, QByteArray>>;

/// "name=value&flag": an empty value is written without '=', as S3's sub-resources are ("?uploads").
QByteArray queryString(const QueryItems &items);
/// Splits on '&', then on the first '='. nullopt where percent-encoding is broken.
std::optional<QueryItems> queryItems(QByteArrayView query);

}  // namespace packmule
