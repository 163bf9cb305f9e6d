#include "app/cli/Completion.h"

#include <CLI/CLI.hpp>

namespace packmule {

namespace {

/// The set behind CLI::IsMember shows itself only in the type's name: "TEXT:{restart,verify,fail}".
QList<QByteArray> knownValues(const CLI::Option &option)
{
    const QByteArray type = QByteArray::fromStdString(option.get_type_name());
    const qsizetype open = type.indexOf('{'), close = type.lastIndexOf('}');
    if (open < 0 || close < open)
        return {};
    return type.mid(open + 1, close - open - 1).split(',');
}

CompletionNode::Option completionOption(const CLI::Option &option)
{
    CompletionNode::Option out;
    for (const std::string &name : option.get_snames())
        out.names.append('-' + QByteArray::fromStdString(name));
    for (const std::string &name : option.get_lnames())
        out.names.append("--" + QByteArray::fromStdString(name));
    out.summary = QByteArray::fromStdString(option.get_description());
    out.takesValue = option.get_items_expected_max() > 0;
    out.values = knownValues(option);
    return out;
}

QList<CompletionNode::Option> optionsOf(const CLI::App &app)
{
    QList<CompletionNode::Option> options;
    for (const CLI::Option *option : app.get_options()) {
        if (option->nonpositional())
            options.append(completionOption(*option));
    }
    return options;
}

void addNodes(const CLI::App &app, const QByteArray &path, const QList<CompletionNode::Option> &everywhere, QList<CompletionNode> &nodes)
{
    CompletionNode node;
    node.path = path;
    node.summary = QByteArray::fromStdString(app.get_description());
    node.options = optionsOf(app);
    if (!path.isEmpty())
        node.options += everywhere;
    const auto children = app.get_subcommands([](const CLI::App *) { return true; });
    for (const CLI::App *child : children)
        node.commands.append(QByteArray::fromStdString(child->get_name()));
    nodes.append(node);
    for (const CLI::App *child : children)
        addNodes(*child, (path.isEmpty() ? QByteArray() : path + ' ') + QByteArray::fromStdString(child->get_name()), everywhere, nodes);
}

QByteArray singleQuoted(QByteArray text)
{
    return '\'' + text.replace("'", "'\\''") + '\'';
}

QByteArray joinedNames(const CompletionNode &node)
{
    QByteArray words;
    for (const auto &option : node.options) {
        for (const QByteArray &name : option.names)
            words += name + ' ';
    }
    return words.trimmed();
}

/// Every option that takes a value, as a case pattern: "--region|--profile".
QByteArray valuePattern(const CompletionNode &node, bool withKnownValues)
{
    QList<QByteArray> names;
    for (const auto &option : node.options) {
        if (option.takesValue && option.values.isEmpty() != withKnownValues)
            names += option.names;
    }
    return names.join('|');
}

QByteArray bashCase(const CompletionNode &node)
{
    QByteArray out = "    " + singleQuoted(node.path) + ")\n";
    out += "      case \"$prev\" in\n";
    for (const auto &option : node.options) {
        if (!option.values.isEmpty())
            out += "        " + option.names.join('|') + ") COMPREPLY=($(compgen -W " + singleQuoted(option.values.join(' ')) + " -- \"$cur\")); return;;\n";
    }
    if (const QByteArray pattern = valuePattern(node, false); !pattern.isEmpty())
        out += "        " + pattern + ") COMPREPLY=($(compgen -f -- \"$cur\")); return;;\n";
    out += "      esac\n";
    out += "      words=" + singleQuoted(node.commands.join(' ')) + "; options=" + singleQuoted(joinedNames(node)) + ";;\n";
    return out;
}

QByteArray bashScript(const QList<CompletionNode> &nodes)
{
    QByteArray known;
    for (const CompletionNode &node : nodes) {
        if (!node.path.isEmpty())
            known += (known.isEmpty() ? "" : "|") + singleQuoted(node.path);
    }
    QByteArray out = "# bash completion for packmule; made by \"packmule completion bash\"\n"
                     "_packmule() {\n"
                     "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path='' words='' options='' i next\n"
                     "  COMPREPLY=()\n"
                     "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                     "    next=\"${path:+$path }${COMP_WORDS[i]}\"\n"
                     "    case \"$next\" in\n"
                     "      " + known + ") path=$next;;\n"
                     "    esac\n"
                     "  done\n"
                     "  case \"$path\" in\n";
    for (const CompletionNode &node : nodes)
        out += bashCase(node);
    out += "  esac\n"
           "  if [[ $cur == -* ]]; then\n"
           "    COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
           "  elif [[ -n $words ]]; then\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
           "  else\n"
           "    COMPREPLY=($(compgen -f -- \"$cur\"))\n"
           "  fi\n"
           "}\n"
           "complete -o filenames -F _packmule packmule\n";
    return out;
}

QByteArray zshText(QByteArray text)
{
    for (const char c : {'[', ']', ':'})
        text.replace(c, QByteArray("\\").append(c));
    return text;
}

QByteArray zshOption(const CompletionNode::Option &option)
{
    QByteArray out;
    for (const QByteArray &name : option.names) {
        QByteArray spec = name + '[' + zshText(option.summary) + ']';
        if (option.takesValue)
            spec += option.values.isEmpty() ? QByteArray(":value:_files") : ":value:(" + option.values.join(' ') + ')';
        out += " \\\n        " + singleQuoted(spec);
    }
    return out;
}

QByteArray zshScript(const QList<CompletionNode> &nodes)
{
    QByteArray known;
    for (const CompletionNode &node : nodes) {
        if (!node.path.isEmpty())
            known += (known.isEmpty() ? "" : "|") + singleQuoted(node.path);
    }
    QByteArray out = "#compdef packmule\n"
                     "# zsh completion for packmule; made by \"packmule completion zsh\"\n"
                     "_packmule() {\n"
                     "  local place='' next i\n"
                     "  for ((i = 2; i < CURRENT; i++)); do\n"
                     "    next=\"${place:+$place }${words[i]}\"\n"
                     "    case \"$next\" in\n"
                     "      (" + known + ") place=$next;;\n"
                     "    esac\n"
                     "  done\n"
                     "  case \"$place\" in\n";
    for (const CompletionNode &node : nodes) {
        out += "    (" + singleQuoted(node.path) + ")\n";
        if (!node.commands.isEmpty())
            out += "      [[ $PREFIX != -* ]] && { compadd -- " + node.commands.join(' ') + "; return }\n";
        out += "      _arguments -S";
        for (const auto &option : node.options)
            out += zshOption(option);
        out += " \\\n        '*:file:_files';;\n";
    }
    out += "  esac\n"
           "}\n"
           "compdef _packmule packmule\n";
    return out;
}

QByteArray fishCondition(const CompletionNode &node)
{
    if (node.path.isEmpty())
        return "__fish_use_subcommand";
    QByteArray condition;
    for (const QByteArray &word : node.path.split(' '))
        condition += (condition.isEmpty() ? "" : "; and ") + QByteArray("__fish_seen_subcommand_from ") + word;
    return condition;
}

QByteArray fishScript(const QList<CompletionNode> &nodes)
{
    QByteArray out = "# fish completion for packmule; made by \"packmule completion fish\"\n";
    for (const CompletionNode &node : nodes) {
        const QByteArray condition = " -n " + singleQuoted(fishCondition(node));
        for (const QByteArray &command : node.commands)
            out += "complete -c packmule" + condition + " -f -a " + singleQuoted(command) + "\n";
        for (const auto &option : node.options) {
            out += "complete -c packmule" + condition;
            for (const QByteArray &name : option.names)
                out += name.startsWith("--") ? " -l " + name.mid(2) : " -s " + name.mid(1);
            if (option.takesValue)
                out += option.values.isEmpty() ? QByteArray(" -r") : " -x -a " + singleQuoted(option.values.join(' '));
            out += " -d " + singleQuoted(option.summary) + "\n";
        }
    }
    return out;
}

}  // namespace

std::optional<Shell> shellFromName(const std::string &name)
{
    if (name == "bash")
        return Shell::Bash;
    if (name == "zsh")
        return Shell::Zsh;
    if (name == "fish")
        return Shell::Fish;
    return std::nullopt;
}

QList<CompletionNode> completionNodes(const CLI::App &root)
{
    QList<CompletionNode> nodes;
    QList<CompletionNode::Option> everywhere = optionsOf(root);
    everywhere.removeIf([](const CompletionNode::Option &option) { return option.names.contains("--help") || option.names.contains("--version"); });
    addNodes(root, {}, everywhere, nodes);
    return nodes;
}

QByteArray completionScript(Shell shell, const QList<CompletionNode> &nodes)
{
    switch (shell) {
    case Shell::Bash: return bashScript(nodes);
    case Shell::Zsh: return zshScript(nodes);
    case Shell::Fish: return fishScript(nodes);
    }
    return {};
}

}  // namespace packmule
