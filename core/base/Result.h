#pragma once

#include "core/base/Error.h"

#include <expected>

namespace packmule {

/// A value or the Error that stands in its place. No exception crosses a function of ours.
template<typename T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> failure(ErrorKind kind, const QString &detail)
{
    return std::unexpected(Error::make(kind, detail));
}

}  // namespace packmule
