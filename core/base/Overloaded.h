#pragma once

namespace packmule {

/// For std::visit: one visitor of several lambdas.
template<class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

}  // namespace packmule
