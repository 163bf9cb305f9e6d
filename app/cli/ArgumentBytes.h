#pragma once

#include <QByteArray>

#include <string>

namespace packmule {

/// CLI11 2.4 takes a positional "[a,b]" apart into a list and a lone "{}" for an empty one, so files of such names would
/// be lost. They travel behind a byte of their own, which argumentBytes() takes off again.
std::string shieldedArgument(const std::string &argument);

/// An argument's bytes, as they were before CLI11 saw them. Use it for every free-form value.
QByteArray argumentBytes(const std::string &value);

}  // namespace packmule
