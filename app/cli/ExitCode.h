#pragma once

namespace packmule {

/// The exit statuses of cli.md, "When a command ends". Plain ints outside, because that is what a process returns.
namespace ExitCode {
inline constexpr int kDone = 0;
inline constexpr int kSomeFailed = 1;       ///< some transfers failed, or the one file could not be read; verify: not the same
inline constexpr int kSomeSkipped = 2;
inline constexpr int kInterrupted = 130;    ///< resumable
inline constexpr int kUsage = 252;
inline constexpr int kConfiguration = 253;  ///< configuration or credentials missing or unusable on this side
inline constexpr int kServiceRefused = 254;
inline constexpr int kOther = 255;
}  // namespace ExitCode

}  // namespace packmule
