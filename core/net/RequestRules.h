#pragma once

#include "core/net/HttpTransport.h"

#include <optional>

namespace packmule {

/// Why no transport may send this request: a header or method that would break out of its line or contradict what the
/// transport writes itself, a body that is not there or cannot be rewound. Kind: InvalidRequest. Pure.
std::optional<Error> objectionToRequest(const HttpRequest &request);

}  // namespace packmule
