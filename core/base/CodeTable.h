#pragma once

#include <QtGlobal>

#include <algorithm>
#include <optional>

/// Fixed tables of pairs (value of an enum, its stable name or code), read in both directions: what files, events and
/// messages call a value must not change when the enum does.
namespace packmule {

/// The code of `value`, which must have a row.
template<typename Rows, typename Value>
constexpr auto codeIn(const Rows &rows, Value value)
{
    const auto found = std::ranges::find(rows, value, [](const auto &row) { return row.first; });
    Q_ASSERT(found != rows.end());
    return found->second;
}

/// The value that `code` stands for; null for a code from elsewhere or of another version.
template<typename Rows, typename Code>
constexpr auto valueIn(const Rows &rows, const Code &code) -> std::optional<decltype(rows[0].first)>
{
    const auto found = std::ranges::find_if(rows, [&](const auto &row) { return row.second == code; });
    if (found == rows.end())
        return std::nullopt;
    return found->first;
}

}  // namespace packmule
