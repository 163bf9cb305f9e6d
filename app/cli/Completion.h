#pragma once

#include <QByteArray>
#include <QList>

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace packmule {

enum class Shell { Bash, Zsh, Fish };

std::optional<Shell> shellFromName(const std::string &name);

/// One command as a completion script needs it.
struct CompletionNode {
    struct Option {
        QList<QByteArray> names;    ///< "-r", "--recursive"
        QByteArray summary;
        bool takesValue = false;
        QList<QByteArray> values;   ///< the only ones, if they are known
    };
    QByteArray path;                ///< "" for the root, "queue ls"
    QByteArray summary;
    QList<Option> options;
    QList<QByteArray> commands;     ///< names of the commands below
};

/// Walks the CLI11 tree; the root's own options are added to every command, because they are accepted there.
QList<CompletionNode> completionNodes(const CLI::App &root);

/// The whole script, for `source <(packmule completion bash)` and its like. Pure.
QByteArray completionScript(Shell shell, const QList<CompletionNode> &nodes);

}  // namespace packmule
