#include "app/cli/ArgumentBytes.h"

namespace packmule {

namespace {
constexpr char kShield = '\x01';
}

std::string shieldedArgument(const std::string &argument)
{
    const bool looksLikeList = argument.size() >= 2 && argument.front() == '[' && argument.back() == ']';
    const bool startsWithShield = !argument.empty() && argument.front() == kShield;
    return looksLikeList || argument == "{}" || startsWithShield ? kShield + argument : argument;
}

QByteArray argumentBytes(const std::string &value)
{
    const bool isShielded = !value.empty() && value.front() == kShield;
    return QByteArray::fromStdString(isShielded ? value.substr(1) : value);
}

}  // namespace packmule
