#pragma once

#include <QByteArrayView>

namespace packmule {

/// How many bytes at the end of `bytes` begin a UTF-8 character whose rest has not come: 0 to 3. Bytes that cannot be the
/// beginning of one count as whole, so that what is not UTF-8 is never held back.
qsizetype unfinishedCharacterBytes(QByteArrayView bytes);

}  // namespace packmule
